import { journalOf, journalRoot, type MoneyFact } from '@qingpai/ledger/rules';
import {
  type GrowerSale,
  type PayoutState,
  type SaleState,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { mayGoBack } from './claims.js';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { saleTotalFen } from './sales.js';
import { entry } from './show.js';
import { isTakingOver, soldLot } from './takenOver.js';

/**
 * What a grower is owed for a sale, and when (RULES §5). Nothing is advanced: a sale that nobody paid is owed by nobody,
 * and costs its grower nothing either.
 */
export const nextPayoutStates: Record<PayoutState, readonly PayoutState[]> = {
  unpaid: ['held', 'payable', 'none'],
  held: ['payable', 'none'],
  payable: ['paid', 'none'],
  paid: [],
  none: [],
};

/** What came in for a sale and stayed, fen. */
export const keptFen = (sale: SaleState): number =>
  sale.phase === 'paid' || sale.phase === 'refunded' ? saleTotalFen(sale) - sale.refundedFen : 0;

/** The township's share of what stayed, fen: rounded down, so that a doubtful fen is the grower's. */
export const feeOfFen = ({ feePercent = 0 }: Pick<ShowRules, 'feePercent'>, amountFen: number): number =>
  Math.floor((amountFen * feePercent) / 100);

/**
 * The grower's part of the parcel, fen. Nothing: freight is the buyer's, on top of the hammer. Where a rule puts a part
 * of it on the grower one day, it is taken off here, and slip, sheet and payout follow.
 */
export const freightShareFen = (_sale: SaleState): number => 0;

/**
 * What the grower gets of a sale as it stands, fen: paid − given back − fee − his part of the freight; of a sale in default
 * what was forfeited to him of the deposit, whole: the township takes no share of a loss.
 */
export const growersFen = (rules: ShowRules, sale: SaleState): number =>
  keptFen(sale) - feeOfFen(rules, keptFen(sale)) - freightShareFen(sale) + (sale.forfeitFen ?? 0);

/** What was given back after the grower had been paid, and has not come back from him, fen: he owes it. */
export const clawbackFen = (rules: ShowRules, sale: SaleState): number =>
  sale.payout ? sale.payout.amountFen - growersFen(rules, sale) - (sale.payout.backFen ?? 0) : 0;

/**
 * Before this no sale is paid out, ms UTC: the time to complain runs. Null: the show is not closed yet. Whose goods travel
 * or are claimed for waits on until that is over (`mayGoBack`).
 */
export const releasedAtMs = ({ closedAt, rules }: ShowState): number | null =>
  closedAt === null ? null : closedAt + rules.complaintMs;

export function payoutStateOf(state: ShowState, sale: SaleState, nowMs: number): PayoutState {
  if (sale.payout) return 'paid';
  if (sale.phase === 'awaiting') return 'unpaid';
  if (growersFen(state.rules, sale) <= 0) return 'none';
  const atMs = releasedAtMs(state);
  return atMs !== null && nowMs >= atMs && !mayGoBack(state, sale, nowMs) ? 'payable' : 'held';
}

/** What one sale comes to for its grower, as things stand. */
export function growerSaleOf(state: ShowState, sale: SaleState, nowMs: number): GrowerSale {
  const { number, title, unit } = soldLot(state, sale);
  return {
    ...{ sale: sale.sale, lot: sale.lot, number, title, unit, units: sale.units },
    ...{ hammerFen: saleTotalFen(sale), refundedFen: sale.refundedFen, forfeitFen: sale.forfeitFen ?? 0 },
    ...{ feeFen: feeOfFen(state.rules, keptFen(sale)), freightFen: freightShareFen(sale) },
    amountFen: growersFen(state.rules, sale),
    clawbackFen: clawbackFen(state.rules, sale),
    takenFen: sale.payout?.backFen ?? 0,
    state: payoutStateOf(state, sale, nowMs),
    ...{ payout: sale.payout?.payout ?? null, paidAtMs: sale.payout?.t ?? null },
  };
}

/** A grower is paid for one sale: once, to the fen, and never more than came in for it. */
export function payOut(
  state: ShowState,
  { by, body }: Extract<Command, { name: 'payOut' }>,
  nowMs: number,
): Decision {
  const sale = entry(state.sales, body.sale);
  if (!sale || sale.phase === 'voided') return refuse('unknown-sale');
  if (sale.payout) return refuse('paid-out');
  const isPayable = isTakingOver(state)
    ? growersFen(state.rules, sale) > 0
    : payoutStateOf(state, sale, nowMs) === 'payable';
  if (!isPayable) return refuse('not-payable');
  if (growerOf(state, sale) !== body.grower || isOthersPayout(state, body)) return refuse('other-grower');
  const isExact =
    body.amountFen === growersFen(state.rules, sale) &&
    (body.feeFen ?? 0) === feeOfFen(state.rules, keptFen(sale));
  return isExact ? happens(by, { type: 'payout.made', body }) : refuse('amount-differs');
}

export const growerOf = (state: ShowState, sale: SaleState): string => soldLot(state, sale).grower;

type PayOutBody = Extract<Command, { name: 'payOut' }>['body'];

/** One payout is one transfer to one grower, by one channel and under one reference. */
const isOthersPayout = ({ sales }: ShowState, { payout, grower, channel, txn }: PayOutBody): boolean =>
  Object.values(sales).some(
    ({ payout: other }) =>
      other?.payout === payout && (other.grower !== grower || other.channel !== channel || other.txn !== txn),
  );

// ---------------------------------------------------------------- at the settlement

/** Whether the growers of this show are paid from these books. */
export const paysGrowers = ({ rules, sales }: ShowState): boolean =>
  rules.feePercent !== undefined || Object.values(sales).some(({ payout }) => payout !== undefined);

/** Whether somebody is still to be paid; what was forfeited to him counts where the rules wait for it. */
export const isPayoutLeft = (state: ShowState, nowMs: number): boolean =>
  Object.values(state.sales).some(
    (sale) =>
      (sale.forfeitFen === undefined || state.rules.growerDues === 'settled') &&
      payoutStateOf(state, sale, nowMs) === 'payable',
  );

/** Whether a grower owes something back, where the rules wait for it. */
export const isClawbackLeft = ({ rules, sales }: ShowState): boolean =>
  rules.growerDues === 'settled' && Object.values(sales).some((sale) => clawbackFen(rules, sale) > 0);

const sumOf = ({ sales }: ShowState, of: (sale: SaleState) => number): number =>
  Object.values(sales).reduce((sum, sale) => sum + of(sale), 0);

/** What the growers keep, and the township, fen; what was forfeited counts when it has been paid out. */
export const growersTotalFen = (state: ShowState): number =>
  sumOf(state, (sale) => (sale.forfeitFen !== undefined && !sale.payout ? 0 : growersFen(state.rules, sale)));
export const feeTotalFen = (state: ShowState): number =>
  sumOf(state, (sale) => feeOfFen(state.rules, keptFen(sale)));

/** Root of the books that follow from these facts: what the settlement commits to. */
export const booksRootOf = (facts: Iterable<MoneyFact>): string => journalRoot(journalOf(facts));
