import {
  reasons,
  type Bid,
  type BidAnswer,
  bidId,
  lotId,
  nickname,
  offerId,
  type OfferAnswered,
  positiveFen,
  unitCount,
} from '@qingpai/wire';
import { z } from 'zod';
import { type Language } from './language.js';

const count = z.string().regex(/^\d{1,15}$/).transform(Number); // prettier-ignore

/** The plain form of the room, as a browser sends it: every value is text. */
export const formBid = z.strictObject({
  bidId,
  lot: lotId,
  offering: count.pipe(z.int().positive()),
  amountFen: count.pipe(positiveFen),
  run: count.optional(),
  units: count.pipe(unitCount).optional(),
  lang: z.enum(['zh', 'en']).optional(),
  /** A guest's: with it the server asks the host to admit him. */
  nickname: nickname.optional(),
});
export type FormBid = z.infer<typeof formBid>;

export function bidOf({ bidId: id, lot, offering, amountFen, run, units }: FormBid): Bid {
  return {
    ...{ bidId: id, lot, offering, amountFen },
    ...(run !== undefined && { run }),
    ...(units !== undefined && { units }),
  };
}

/** The plain form that answers an offer to one person; each of its buttons has its own `answer`. */
export const formOffer = z.strictObject({
  offer: offerId,
  answer: z.enum(['accept', 'decline']),
  lang: z.enum(['zh', 'en']).optional(),
});
export type FormOffer = z.infer<typeof formOffer>;

const zh = {
  accepted: (price: string, i: number) => `出价 ${price} 已接受，账本序号 ${i}`,
  taken: (price: string, units: number, i: number) => `按 ${price} 要到 ${units} 份，账本序号 ${i}`,
  bought: (i: number) => `已买下，账本序号 ${i}`,
  declined: '已谢绝，不再保留',
  asked: '已请主播放行，放行后刷新本页再出价',
};
const en: typeof zh = {
  accepted: (price, i) => `Your bid of ${price} is accepted, entry ${i} of the log`,
  taken: (price, units, i) => `You took ${units} at ${price}, entry ${i} of the log`,
  bought: (i) => `It is yours, entry ${i} of the log`,
  declined: 'Declined: it is not kept for you any more',
  asked: 'The host was asked to admit you; refresh this page and bid when admitted',
};

/** What the page says of the form that was just sent. */
export function noticeOf(answer: BidAnswer, language: Language): string {
  if (!answer.ok) return answer.message[language];
  const words = language === 'zh' ? zh : en;
  const price = `¥${answer.amountFen % 100 ? (answer.amountFen / 100).toFixed(2) : answer.amountFen / 100}`;
  return answer.sale === undefined || answer.units === undefined
    ? words.accepted(price, answer.i)
    : words.taken(price, answer.units, answer.i);
}

export function offerNotice(answer: OfferAnswered, language: Language): string {
  if (!answer.ok) return answer.message[language];
  const words = language === 'zh' ? zh : en;
  return answer.sale === undefined ? words.declined : words.bought(answer.i);
}

export const askedNotice = (language: Language): string => (language === 'zh' ? zh : en).asked;
export const reasonNotice = (reason: keyof typeof reasons, language: Language): string =>
  reasons[reason][language];
