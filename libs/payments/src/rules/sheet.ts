import { type GrowerMoney, type GrowerSale, type SheetFilter } from '@qingpai/wire';
import { inCapitals } from './capitals.js';

/** 签字表: who gets how much for which lots, to be signed or thumbed. The same rows on paper, as PDF and as XLSX. */
export interface SheetLine {
  village: string;
  name: string;
  /** Numbers of the lots, in their order. */
  lots: string;
  amountFen: number;
  /** 没收的保证金: of buyers who did not pay. */
  forfeitFen: number;
  /** Given back, the township's share, a part of the freight, what he owed back (扣回). */
  deductionFen: number;
  netFen: number;
  capitals: string;
  account: string;
}

export interface VillagePart {
  village: string;
  lines: SheetLine[];
  total: SheetTotal;
}
export type SheetTotal = Pick<SheetLine, 'amountFen' | 'forfeitFen' | 'deductionFen' | 'netFen'> & {
  growers: number;
};

export interface Sheet {
  title: string;
  villages: VillagePart[];
  total: SheetTotal;
  capitals: string;
  /** What the rows are: filter, time, the code of the head of the log. */
  foot: string;
}

export const sheetColumns = [
  ...[
    '村',
    '花农',
    '拍品号',
    '货款(元)',
    '保证金(元)',
    '扣款(元)',
    '实付(元)',
    '大写',
    '收款账号',
    '签字或按手印',
  ],
] as const;

const states: Record<NonNullable<SheetFilter['state']>, string> = {
  payable: '待付',
  paid: '已付',
  all: '全部已收款',
};
const counts = ({ state }: GrowerSale, wanted: NonNullable<SheetFilter['state']>): boolean =>
  wanted === 'all' ? state === 'held' || state === 'payable' || state === 'paid' : state === wanted;

/** @param atMs milliseconds since 1970, UTC */
export function sheetOf(
  show: { title: string; code: string; growers: readonly GrowerMoney[] },
  filter: SheetFilter,
  atMs: number,
): Sheet {
  const state = filter.state ?? 'all';
  const lines = show.growers
    .filter(({ village }) => filter.village === undefined || village === filter.village)
    .map((grower) => lineOf(grower, state))
    .filter(({ amountFen, forfeitFen }) => amountFen + forfeitFen > 0);
  const villages = [...new Set(lines.map(({ village }) => village))].map((village) => {
    const his = lines.filter((line) => line.village === village);
    return { village, lines: his, total: totalOf(his) };
  });
  const total = totalOf(lines);
  const wanted = [states[state], ...(filter.village === undefined ? [] : [filter.village])].join(' · ');
  return {
    ...{ title: `${show.title} 花农货款签字表`, villages, total, capitals: inCapitals(total.netFen) },
    foot: `核验码 ${show.code} · ${wanted} · ${townshipTime(atMs)} (UTC+8)`,
  };
}

function lineOf(
  { village, name, account, sales, ...off }: GrowerMoney,
  state: NonNullable<SheetFilter['state']>,
): SheetLine {
  const his = sales.filter((sale) => counts(sale, state));
  const sum = (of: (sale: GrowerSale) => number) => his.reduce((all, sale) => all + of(sale), 0);
  // What nobody paid brought in no more than was forfeited for it.
  const amountFen = sum((sale) => (sale.forfeitFen > 0 ? 0 : sale.hammerFen));
  const forfeitFen = sum((sale) => sale.forfeitFen);
  const offFen =
    (state === 'payable' ? 0 : off.takenFen) + (state === 'paid' ? 0 : off.offFen + off.offInBatchFen);
  const netFen = sum((sale) => sale.amountFen) - offFen;
  return {
    ...{ village, name, amountFen, forfeitFen, netFen, capitals: inCapitals(netFen) },
    deductionFen: amountFen + forfeitFen - netFen,
    lots: his.map(({ number }) => Number(number)).join('、'),
    account: account ? `${account.bank} ${account.number}` : '',
  };
}

function totalOf(lines: readonly SheetLine[]): SheetTotal {
  const sum = (of: (line: SheetLine) => number) => lines.reduce((all, line) => all + of(line), 0);
  return {
    growers: lines.length,
    amountFen: sum((line) => line.amountFen),
    forfeitFen: sum((line) => line.forfeitFen),
    deductionFen: sum((line) => line.deductionFen),
    netFen: sum((line) => line.netFen),
  };
}

/** The rows as cells, sums in their places: one order for every form. Amounts are yuan as text. */
export function sheetRows({ villages, total, capitals }: Sheet): { kind: 'line' | 'sum'; cells: string[] }[] {
  const sums = (name: string, of: SheetTotal, words: string) => ({
    kind: 'sum' as const,
    cells: [
      ...[name, `${of.growers} 人`, '', yuanText(of.amountFen), yuanText(of.forfeitFen)],
      ...[yuanText(of.deductionFen), yuanText(of.netFen), words, '', ''],
    ],
  });
  return [
    ...villages.flatMap(({ village, lines, total: sum }) => [
      ...lines.map((line) => ({
        kind: 'line' as const,
        cells: [
          ...[line.village, line.name, line.lots, yuanText(line.amountFen), yuanText(line.forfeitFen)],
          ...[yuanText(line.deductionFen), yuanText(line.netFen), line.capitals, line.account, ''],
        ],
      })),
      sums(`${village} 小计`, sum, inCapitals(sum.netFen)),
    ]),
    sums('合计', total, capitals),
  ];
}

/** 13400 → '134.00' */
export const yuanText = (amountFen: number): string =>
  `${amountFen < 0 ? '-' : ''}${Math.floor(Math.abs(amountFen) / 100)}.${String(Math.abs(amountFen) % 100).padStart(2, '0')}`;

const TOWNSHIP_OFFSET_MS = 8 * 3_600_000;
/** '2026-11-24 20:41' by the township's clock. */
export const townshipTime = (atMs: number): string =>
  new Date(atMs + TOWNSHIP_OFFSET_MS).toISOString().slice(0, 16).replace('T', ' ');
