import { isStanding } from '@qingpai/auction/rules';
import type { Bill, LotCard, LotState, ShowCard, ShowState } from '@qingpai/wire';
import { dayAndTime, money, plainNumber } from '../shared/format';
import { allLots, comingLots, lastEnded, salesOf, totals } from './order';
import { resultOf } from './results';
import type { PasteWords } from './words';

/** Texts to paste into group chats. Each is plain text; people are paddle numbers only. */
export type TextKey = 'notice' | 'start' | 'result' | 'sold' | 'reminder';
export interface PasteFrom {
  state: ShowState;
  card: ShowCard;
  cards: Readonly<Record<string, LotCard>>;
  code: string | null;
  /** Of this site, e.g. https://market.example */
  origin: string;
  bills: readonly Bill[];
  words: PasteWords;
  order: readonly string[];
}

/** Those that make sense in this phase of the show, the likeliest first. */
export function pasteTexts(from: PasteFrom): { key: TextKey; text: string }[] {
  const all: Record<TextKey, string | null> = {
    result: resultText(from),
    reminder: reminderText(from),
    sold: soldText(from),
    start: from.state.phase === 'sealed' || from.state.phase === 'open' ? startText(from) : null,
    notice: from.state.phase === 'draft' || from.state.phase === 'sealed' ? noticeText(from) : null,
  };
  return (Object.keys(all) as TextKey[]).flatMap((key) => {
    const text = all[key];
    return text === null ? [] : [{ key, text }];
  });
}

const roomAddress = ({ origin, card }: PasteFrom) => `${origin}/r/${card.showId}`;
const lines = (...parts: (string | null)[]) =>
  parts.filter((part) => part !== null && part !== '').join('\n');
const nameOf = (lot: Pick<LotState, 'number' | 'title'>) => `${plainNumber(lot.number)} ${lot.title}`;

export function noticeText(from: PasteFrom): string {
  const { state, card, code, words } = from;
  const lots = allLots(state);
  const units = lots.reduce((sum, lot) => sum + lot.units, 0);
  return lines(
    words.noticeTitle(card.title),
    words.time(dayAndTime(card.startsAtMs, words.language)),
    words.lots(lots.length, units),
    words.how,
    card.freight,
    code === null ? null : words.code(code),
    roomAddress(from),
  );
}

export function startText(from: PasteFrom): string {
  const next = comingLots(from.state, from.order)[0];
  return lines(
    from.words.startTitle(from.card.title),
    next ? from.words.firstLot(nameOf(next)) : null,
    from.words.howShort,
    roomAddress(from),
  );
}

/** How the last lot ended; null before the first. */
export function resultText(from: PasteFrom): string | null {
  const { state, words } = from;
  const lot = lastEnded(state);
  if (!lot) return null;
  const result = resultOf(state, lot);
  if (result.kind === 'waiting') return lines(words.comesBack(nameOf(lot)), roomAddress(from));
  if (result.kind !== 'sold') return null;
  const sold = salesOf(state, lot.lot).map((sale) =>
    words.soldLine(paddleOf(state, sale.bidder), sale.units, lot.unit, money(sale.unitPriceFen)),
  );
  const village = from.cards[lot.lot]?.village;
  return lines(words.soldTitle(nameOf(lot)), ...sold, village ? words.thanks(village) : null);
}

/** Sold lots by paddle, smallest number first; null while nothing is sold. */
export function soldText(from: PasteFrom): string | null {
  const { state, words } = from;
  const sales = Object.values(state.sales).filter(isStanding);
  if (sales.length === 0) return null;
  const byPaddle = new Map<number, typeof sales>();
  for (const sale of sales) {
    const paddle = state.bidders[sale.bidder]?.paddle ?? 0;
    byPaddle.set(paddle, [...(byPaddle.get(paddle) ?? []), sale]);
  }
  const parts = [...byPaddle]
    .sort(([a], [b]) => a - b)
    .map(([paddle, own]) => {
      const sumFen = own.reduce((sum, sale) => sum + sale.unitPriceFen * sale.units, 0);
      const each = own.map((sale) => {
        const lot = state.lots[sale.lot] ?? sale.before;
        return words.saleLine(
          lot ? nameOf(lot) : sale.lot,
          sale.units,
          lot?.unit ?? '',
          money(sale.unitPriceFen),
        );
      });
      return lines(words.paddleTotal(paddle, money(sumFen)), ...each);
    });
  const sums = totals(state);
  return lines(words.soldListTitle(from.card.title, sums.soldLots, money(sums.hammerFen)), ...parts);
}

/** Who still has to pay, by paddle; null when nobody does. */
export function reminderText(from: PasteFrom): string | null {
  const due = from.bills.filter((bill) => bill.dueFen > 0);
  if (due.length === 0) return null;
  const { words, card } = from;
  const each = [...due]
    .sort((a, b) => a.paddle - b.paddle)
    .map((bill) => words.dueLine(bill.paddle, money(bill.totalDueFen)));
  return lines(words.reminderTitle(card.title), ...each, card.payBy, words.payWhere, roomAddress(from));
}

const paddleOf = (state: ShowState, bidder: string): number => state.bidders[bidder]?.paddle ?? 0;
