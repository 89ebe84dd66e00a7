import { growerSaleOf, releasedAtMs } from '@qingpai/auction/rules';
import { type GrowerSale, type LotState, type ShowState } from '@qingpai/wire';
import { type Language } from './language.js';

/** What a lot brings its grower, line by line, and when he gets it: the same on page, PDF and picture. */
export interface SlipMoney {
  title: string;
  lines: { name: string; value: string }[];
  /** His own, in large type. */
  yours: { name: string; value: string };
  /** held until …, payable, paid on … */
  when: string;
  /** What he owed back for other lots, and came off the transfer. */
  off?: { name: string; value: string };
}

const zh = {
  title: '货款',
  hammer: '落槌价',
  refunded: '退给买家',
  fee: (percent: number) => `服务费 ${percent}%`,
  freight: '运费分摊',
  forfeit: '买家违约，没收的保证金归您',
  off: '从您的货款里扣回（别的拍品退给了买家）',
  yours: '归您',
  unpaid: '买家还没有付款',
  notClosed: '专场结束后，过了售后期付给您',
  held: (at: string) => `${at} 以后付给您（售后期内先保管）`,
  waits: '货在路上或售后处理中，了结后付给您',
  payable: '可以付了，正在安排',
  paid: (at: string) => `已于 ${at} 付给您`,
  none: '没有货款；不收您任何费用',
  back: (yuan: string) => `付款后又退给买家，您应退回 ${yuan}，从下一笔货款里扣`,
  came: (yuan: string) => `您应退的 ${yuan} 已经扣回、退回或转到下一场`,
};
const en: typeof zh = {
  title: 'Your money',
  hammer: 'Hammer',
  refunded: 'Given back to the buyer',
  fee: (percent) => `Fee ${percent} %`,
  freight: 'Share of freight',
  forfeit: 'Deposit of a buyer who did not pay',
  off: 'Taken off your payout, since another lot was given back',
  yours: 'Yours',
  unpaid: 'The buyer has not paid yet',
  notClosed: 'Paid after the show, when the time to complain is over',
  held: (at) => `Paid to you after ${at}; held while buyers may complain`,
  waits: 'Held until the goods have come and every claim about them is answered',
  payable: 'Ready, on its way to you',
  paid: (at) => `Paid to you on ${at}`,
  none: 'Nothing came in; nothing is taken from you',
  back: (yuan) => `Given back after you were paid: you owe ${yuan}, and it comes off your next payout`,
  came: (yuan) => `${yuan} that you owed back was taken off, repaid or carried on`,
};
const dictionaries = { zh, en };

/** Null: the lot has no sale that stands. */
export function slipMoney(
  state: ShowState,
  { lot }: LotState,
  nowMs: number,
  language: Language,
): SlipMoney | null {
  const w = dictionaries[language];
  const sales = Object.values(state.sales)
    .filter((sale) => sale.lot === lot && sale.phase !== 'voided')
    .map((sale) => growerSaleOf(state, sale, nowMs));
  if (sales.length === 0) return null;
  // What nobody paid brings nothing, and takes nothing.
  const owed = sales.filter((sale) => sale.state !== 'none');
  const sum = (of: (sale: GrowerSale) => number) => owed.reduce((all, sale) => all + of(sale), 0);
  const less = (name: string, amountFen: number) =>
    amountFen > 0 ? [{ name, value: `− ${yuan(amountFen)}` }] : [];
  const forfeitFen = sum((sale) => sale.forfeitFen);
  const hammerFen = sum((sale) => (sale.forfeitFen > 0 ? 0 : sale.hammerFen));
  const lines = [
    ...(hammerFen > 0 || forfeitFen === 0 ? [{ name: w.hammer, value: yuan(hammerFen) }] : []),
    ...(forfeitFen > 0 ? [{ name: w.forfeit, value: yuan(forfeitFen) }] : []),
    ...less(
      w.refunded,
      sum(({ refundedFen }) => refundedFen),
    ),
    ...less(
      w.fee(state.rules.feePercent ?? 0),
      sum(({ feeFen }) => feeFen),
    ),
    ...less(
      w.freight,
      sum(({ freightFen }) => freightFen),
    ),
  ];
  const offFen = takenOffFen(state, sales);
  const expected = sum((sale) => (sale.state === 'unpaid' ? sale.hammerFen : sale.amountFen));
  return {
    title: w.title,
    lines,
    yours: { name: w.yours, value: yuan(expected) },
    when: whenOf(state, sales, nowMs, w),
    ...(offFen > 0 && { off: { name: w.off, value: `− ${yuan(offFen)}` } }),
  };
}

/** Off the transfers by which this lot was paid; they may be of other lots of his too. */
function takenOffFen({ clawbacks }: ShowState, sales: readonly GrowerSale[]): number {
  const payouts = new Set(sales.flatMap(({ payout }) => payout ?? []));
  return [...payouts].reduce((sum, payout) => sum + (clawbacks?.takenFen[payout] ?? 0), 0);
}

function whenOf(state: ShowState, sales: readonly GrowerSale[], nowMs: number, w: typeof zh): string {
  const clawbackFen = sales.reduce((sum, sale) => sum + sale.clawbackFen, 0);
  const said = [...new Set(sales.map((sale) => wordsOf(releasedAtMs(state), sale, nowMs, w)))];
  const takenFen = sales.reduce((sum, sale) => sum + sale.takenFen, 0);
  if (takenFen > 0) said.push(w.came(yuan(takenFen)));
  if (clawbackFen > 0) said.push(w.back(yuan(clawbackFen)));
  return said.join('；');
}

function wordsOf(atMs: number | null, sale: GrowerSale, nowMs: number, w: typeof zh): string {
  switch (sale.state) {
    case 'unpaid':
      return w.unpaid;
    case 'held':
      if (atMs === null) return w.notClosed;
      return nowMs < atMs ? w.held(day(atMs)) : w.waits;
    case 'payable':
      return w.payable;
    case 'paid':
      return w.paid(day(sale.paidAtMs!));
    case 'none':
      return w.none;
  }
}

const yuan = (amountFen: number): string => `¥${(amountFen / 100).toFixed(2)}`;
/** '2026-11-24 20:41' by the township's clock (UTC+8). */
const day = (atMs: number): string =>
  new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
