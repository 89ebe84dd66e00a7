import { type MatchRow, type MatchState, type StatementKind, type StatementReport } from '@qingpai/wire';

/** A bank's or a provider's statement, and what of it the ledger knows. Nothing is guessed. */
export interface StatementLine {
  row: number;
  /** '2026-11-25', as the statement says. */
  day: string;
  /** In is above nothing, out below. */
  amountFen: number;
  /** Empty: it has none. */
  reference: string;
}

/** Names of columns by which statements are read; the first that is there counts. */
const names = {
  day: ['交易日期', '记账日期', '日期', 'created_utc', 'created', 'created (utc)', 'available_on'],
  amount: ['交易金额', '发生额', '金额', '金额(元)', 'gross', 'amount'],
  credit: ['贷方发生额', '收入', '收入金额', '贷方'],
  debit: ['借方发生额', '支出', '支出金额', '借方'],
  reference: ['交易流水号', '流水号', '参考号', '凭证号', 'payment_intent_id', 'source_id', 'source', 'id'],
  currency: ['币种', 'currency'],
} as const;

/** @param cells the rows of the file, its head first. Answers what was read, and of each other row why not. */
export function readStatement(cells: readonly (readonly string[])[]): {
  lines: StatementLine[];
  refused: StatementReport['refused'];
} {
  const [head = [], ...rows] = cells;
  const column = (which: readonly string[]) =>
    which.map((name) => head.findIndex((cell) => cell.trim().toLowerCase() === name)).find((at) => at >= 0);
  const at = {
    ...{ day: column(names.day), amount: column(names.amount), credit: column(names.credit) },
    ...{ debit: column(names.debit), reference: column(names.reference), currency: column(names.currency) },
  };
  const lines: StatementLine[] = [];
  const refused: StatementReport['refused'] = [];
  for (const [k, cells] of rows.entries()) {
    const row = k + 2;
    const cell = (which: number | undefined) => (which === undefined ? '' : (cells[which] ?? '').trim());
    const day = dayOf(cell(at.day));
    const amountFen = amountOf(cell(at.amount), cell(at.credit), cell(at.debit));
    const isYuan = /^(|cny|人民币|rmb|156)$/i.test(cell(at.currency));
    if (!isYuan) refused.push({ row, problem: 'not-yuan' });
    else if (day === null) refused.push({ row, problem: 'no-day' });
    else if (amountFen === null || amountFen === 0) refused.push({ row, problem: 'no-amount' });
    else lines.push({ row, day, amountFen, reference: cell(at.reference) });
  }
  return { lines, refused };
}

/** '2026-11-25', '2026/11/25', '20261125', each with or without a time. */
function dayOf(text: string): string | null {
  const found = /^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})/.exec(text);
  if (!found) return null;
  const [, year, month, day] = found;
  const iso = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  return Number.isNaN(Date.parse(iso)) ? null : iso;
}

/** One signed column, or one for what came and one for what went. */
function amountOf(amount: string, credit: string, debit: string): number | null {
  if (amount !== '') return fenOf(amount);
  const [came, went] = [fenOf(credit) ?? 0, fenOf(debit) ?? 0];
  return came !== 0 && went !== 0 ? null : came - Math.abs(went);
}

/** No floats on the way. */
function fenOf(text: string): number | null {
  const found = /^([+-]?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text.replace(/[¥￥,\s]/g, ''));
  if (!found) return null;
  const fen = Number(found[2]) * 100 + Number((found[3] ?? '').padEnd(2, '0'));
  return found[1] === '-' ? -fen : fen;
}

// ---------------------------------------------------------------- matching

/** What the ledger says of one transfer: all its leaves together. */
export interface Movement {
  kind: 'paid' | 'refunded' | 'paidOut';
  channel: string;
  /** SHA-256 of the reference, base64. */
  txn: string;
  amountFen: number;
  /** By the township's clock. */
  day: string;
  sales: string[];
  /** Of a payout: its number. */
  payout?: string;
}
/** A line with the hash of its reference ('' where it has none). */
export type HashedLine = Omit<StatementLine, 'row' | 'reference'> & { kind: StatementKind; txn: string };
/** What was recorded beside the ledger under a reference: payments, orders and payouts. */
export type Records = ReadonlyMap<string, number>;

/** A bank books on the next working day, or the one after. */
const DAYS_APART_MAX = 4;
const order: readonly MatchState[] = [
  ...(['amount-differs', 'ambiguous', 'not-in-statement', 'not-in-ledger', 'not-in-records'] as const),
  ...(['by-amount-and-day', 'matched', 'cash'] as const),
];
export const isDifference = (state: MatchState): boolean => order.indexOf(state) < 5;

/**
 * Ledger = statement = records, differences first. A reference decides; without one an amount within a few days does,
 * where there is exactly one of it on either side. Everything else is a difference that a person looks at.
 */
export function matchOf(
  movements: readonly Movement[],
  lines: readonly HashedLine[],
  records: Records,
): MatchRow[] {
  const free = new Set(lines);
  const rows: MatchRow[] = [];
  const later: Movement[] = [];
  for (const movement of movements) {
    const own = lines.filter((line) => isSameWorld(movement, line) && line.txn === movement.txn);
    if (movement.channel === 'cash') rows.push(rowOf('cash', movement, null, records));
    else if (own.length === 0) later.push(movement);
    else {
      for (const line of own) free.delete(line);
      const statementFen = own.reduce((sum, { amountFen }) => sum + amountFen, 0);
      const state = statementFen === signed(movement) ? 'matched' : 'amount-differs';
      rows.push(rowOf(state, movement, statementFen, records));
    }
  }
  const isLike = (movement: Movement, line: HashedLine) =>
    isSameWorld(movement, line) &&
    line.amountFen === signed(movement) &&
    daysApart(movement, line) <= DAYS_APART_MAX;
  // Who is like whom is looked at before anybody is taken, so that the order of rows decides nothing.
  const candidates = later.map((movement) => [...free].filter((line) => isLike(movement, line)));
  for (const [k, movement] of later.entries()) {
    const like = candidates[k]!;
    const isOnly = like.length === 1 && candidates.filter((others) => others.includes(like[0]!)).length === 1;
    const state = isOnly ? 'by-amount-and-day' : like.length > 0 ? 'ambiguous' : 'not-in-statement';
    if (isOnly) free.delete(like[0]!);
    rows.push(rowOf(state, movement, isOnly ? like[0]!.amountFen : null, records));
  }
  for (const { day, amountFen, kind } of free) {
    const nothing = { ledgerFen: null, recordFen: null, sales: [] };
    rows.push({
      state: 'not-in-ledger',
      kind: 'unknown',
      channel: kind,
      statementFen: amountFen,
      day,
      ...nothing,
    });
  }
  return rows.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || (a.day < b.day ? -1 : 1));
}

const signed = ({ kind, amountFen }: Movement): number => (kind === 'paid' ? amountFen : -amountFen);
const isSameWorld = ({ channel }: Movement, { kind }: HashedLine): boolean =>
  (channel === 'stripe') === (kind === 'provider');
const daysApart = (a: { day: string }, b: { day: string }): number =>
  Math.abs(Date.parse(a.day) - Date.parse(b.day)) / 86_400_000;

/** The third leg: what was recorded and confirmed. Where two legs agree and it does not, that is the difference. */
function rowOf(
  state: MatchState,
  movement: Movement,
  statementFen: number | null,
  records: Records,
): MatchRow {
  const { kind, channel, day, sales, txn } = movement;
  const recorded = records.get(`${kind} ${txn}`);
  // Refunds by hand are recorded by their leaf alone.
  const recordFen = recorded === undefined ? null : kind === 'paid' ? recorded : -recorded;
  const isOff = recordFen === null ? kind === 'paidOut' : recordFen !== signed(movement);
  return {
    state: isOff && !isDifference(state) ? 'not-in-records' : state,
    ...{ kind, channel, ledgerFen: signed(movement), statementFen, recordFen, sales, day },
  };
}
