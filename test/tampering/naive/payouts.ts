import { type EventType, type Leaf, type ShowRules } from '@qingpai/wire';
import { leftOf } from './afterSale.js';
import { owedBack } from './clawbacks.js';
import { isDepositTxn } from './deposits.js';
import { entriesOf } from './books.js';
import { canonicalText } from './json.js';
import { all, type Past, type Sale, salesOf, saysAgain } from './past.js';
import { type World } from './rules.js';
import { rootOf } from './tree.js';

type Of<T extends EventType> = Extract<Leaf, { type: T }>;

/** What is left of a sale for its grower and for the township, counted anew from the whole past. */
export function shares(past: Past, sale: Sale, { feePercent = 0 }: ShowRules) {
  const stayedFen = sale.paid ? sale.units * sale.unitPriceFen - sale.backFen : 0;
  let feeFen = 0;
  // A percent of each whole hundred fen, and of the rest what whole fen come of it.
  feeFen += Math.trunc(stayedFen / 100) * feePercent;
  feeFen += Math.trunc(((stayedFen % 100) * feePercent) / 100);
  return { growerFen: stayedFen - feeFen + forfeitedFor(past, sale), feeFen };
}

/** Of its buyer's deposit. */
const forfeitedFor = (past: Past, { sale }: Sale): number =>
  all(past, 'deposit.forfeited').reduce(
    (fen, { body }) => fen + (body.sale === sale ? body.amountFen : 0),
    0,
  );

/** Whether its grower is still to get something of it, now or later. */
export function waitsFor({ past, rules }: Pick<World, 'past' | 'rules'>, sale: Sale): boolean {
  if (sale.voided || all(past, 'payout.made').some(({ body }) => body.sale === sale.sale)) return false;
  if (!sale.paid && !sale.defaulted) return true;
  return shares(past, sale, rules).growerFen > 0;
}

export const growerOf = (past: Past, lot: string): string => {
  const told = past.filter((leaf) => 'grower' in leaf.body && 'lot' in leaf.body && leaf.body.lot === lot);
  return (told.at(-1)!.body as { grower: string }).grower;
};

/** Each sale once, to its own grower, to the fen, when nobody may complain any more; a transfer is one person's. */
export function wrongPayout({ past, rules }: World, { t, body }: Of<'payout.made'>): string | null {
  const sale = salesOf(past).find((one) => one.sale === body.sale);
  const closed = all(past, 'show.closed')[0];
  const isAgain = saysAgain(past);
  if (!sale || sale.voided || (!closed && !isAgain)) return 'no sale of a closed show';
  if (!sale.paid && forfeitedFor(past, sale) === 0) return 'nothing came in';
  const earlier = all(past, 'payout.made');
  if (earlier.some((one) => one.body.sale === sale.sale)) return 'paid out twice';
  if (closed && t < closed.t + rules.complaintMs) return 'complaints are still heard';
  if (!isAgain && leftOf(past, rules, sale, t)) return 'its money may go back';
  if (growerOf(past, sale.lot) !== body.grower) return 'another grower';
  const { growerFen, feeFen } = shares(past, sale, rules);
  if (growerFen <= 0 || body.amountFen !== growerFen || (body.feeFen ?? 0) !== feeFen) return 'amount';
  const others = [...all(past, 'sale.paid'), ...all(past, 'sale.refunded'), ...all(past, 'clawback.repaid')];
  if (isDepositTxn(past, body.txn)) return 'txn of a deposit';
  if (others.some((one) => one.body.txn === body.txn)) return 'txn of other money';
  const mixed = earlier.some(({ body: one }) => {
    const isOne = one.payout === body.payout;
    if (isOne !== (one.txn === body.txn)) return true;
    return isOne && (one.grower !== body.grower || one.channel !== body.channel);
  });
  return mixed ? 'two growers or two transfers in one' : null;
}

/** What a settlement says of growers; null: one of them is not paid yet. */
export function growersTotals(past: Past, rules: ShowRules, leaf: Of<'show.settled'>): object | null {
  const paidOut = all(past, 'payout.made').map(({ body }) => body.sale);
  if (rules.feePercent === undefined && paidOut.length === 0) return {};
  const isStrict = rules.growerDues === 'settled';
  const sales = salesOf(past).filter(({ voided }) => !voided);
  const wait = ({ paid }: Sale) => paid || isStrict;
  const isLeft = (sale: Sale) => shares(past, sale, rules).growerFen > 0 && !paidOut.includes(sale.sale);
  if (sales.some((sale) => wait(sale) && isLeft(sale))) return null;
  if (isStrict && sales.some((sale) => owedBack({ past, rules }, sale) > 0)) return null;
  // A forfeited deposit counts when it went to him.
  const counted = sales.filter(({ sale, paid }) => paid || paidOut.includes(sale));
  const sum = (of: 'growerFen' | 'feeFen') =>
    counted.reduce((total, sale) => total + shares(past, sale, rules)[of], 0);
  const carriedFen = all(past, 'clawback.carried').reduce((fen, { body }) => fen + body.amountFen, 0);
  return {
    payableFen: sum('growerFen'),
    ...(sum('feeFen') > 0 && { feeFen: sum('feeFen') }),
    ...(carriedFen > 0 && { carriedFen }),
    books: leaf.body.books ?? 'owed',
  };
}

/** The books that a settlement commits to are those of the leaves before it. */
export function wrongBooksRoot(
  { past, rules }: World,
  leaf: Of<'show.closed' | 'show.settled'>,
): string | null {
  if (leaf.type !== 'show.settled' || leaf.body.books === undefined) return null;
  const root = rootOf(entriesOf(past, rules).map((entry) => canonicalText(entry)!));
  return root.toString('base64') === leaf.body.books ? null : 'root of the books';
}
