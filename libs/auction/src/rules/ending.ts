import { type EventBody, type SaleState, type ShowState } from '@qingpai/wire';
import { leftAfterSale } from './claims.js';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { areDepositsSettled } from './deposits.js';
import { freightHeldFen } from './freight.js';
import { isEnded } from './lot.js';
import { carriedTotalFen } from './clawbacks.js';
import { feeTotalFen, growersTotalFen, isClawbackLeft, isPayoutLeft, paysGrowers } from './payouts.js';
import { isStanding, saleTotalFen } from './sales.js';
import { nextChance } from './secondChance.js';
import { sealedLots } from './show.js';
import { isOwnSale } from './takenOver.js';

type Of<N extends Command['name']> = Extract<Command, { name: N }>;
type Units = Pick<EventBody<'show.closed'>, 'soldUnits' | 'passedUnits' | 'withdrawnUnits' | 'carriedUnits'>;

/** Units of the sealed lists by end state, as of now. */
export function unitsByEnd(state: ShowState): Units {
  const sum: Units = { soldUnits: 0, passedUnits: 0, withdrawnUnits: 0, carriedUnits: 0 };
  for (const lot of sealedLots(state)) {
    for (const end of Object.keys(sum) as (keyof Units)[]) sum[end] += lot[end];
  }
  return sum;
}

/**
 * Hammer total of the sales that stand, fen: neither undone nor, after a default, sold again or carried; of this log's own
 * hammers.
 */
export const hammerTotalFen = (state: ShowState): number =>
  Object.values(state.sales)
    .filter((sale) => isStanding(sale) && isOwnSale(sale))
    .reduce((sum, sale) => sum + saleTotalFen(sale), 0);

/** All that came in, fen, refunded or not; of the sales that count, of all where nothing is said. */
export const paidTotalFen = (state: ShowState, counts: (sale: SaleState) => boolean = () => true): number =>
  Object.values(state.sales)
    .filter((sale) => (sale.phase === 'paid' || sale.phase === 'refunded') && counts(sale))
    .reduce((sum, sale) => sum + saleTotalFen(sale), 0);

const refundedTotalFen = (state: ShowState): number =>
  Object.values(state.sales).reduce((sum, sale) => sum + sale.refundedFen, 0);

/** All that was not paid, fen, whatever became of it later: a default stays. */
const defaultedTotalFen = (state: ShowState): number =>
  Object.values(state.sales)
    .filter(({ phase }) => phase === 'defaulted')
    .reduce((sum, sale) => sum + saleTotalFen(sale), 0);

/** The show closes when every sealed lot has its end: none is left behind. */
export function close(state: ShowState, { by }: Of<'close'>): Decision {
  if (state.block !== null) return refuse('lot-on-block');
  const lots = sealedLots(state);
  const left = lots.filter((lot) => !isEnded(lot)).map(({ lot }) => lot);
  if (left.length > 0) return refuse('lots-left', { lots: left });
  const body = { lots: lots.length, ...unitsByEnd(state), hammerFen: hammerTotalFen(state) };
  return happens(by, { type: 'show.closed', body });
}

/**
 * The last leaf: every sale is paid, given back or in default for good, no deposit is left, the time for complaints is
 * over, and every grower is paid where that is done from these books.
 */
export function settle(state: ShowState, { by, books }: Of<'settle'>, nowMs: number): Decision {
  if (Object.values(state.sales).some(({ phase }) => phase === 'awaiting')) return refuse('sales-open');
  if (nextChance(state)) return refuse('sales-open');
  if (!areDepositsSettled(state)) return refuse('deposits-open');
  if (nowMs < (state.closedAt ?? 0) + state.rules.complaintMs) return refuse('complaint-time');
  const left = leftAfterSale(state, nowMs);
  if (left !== null) return refuse(left);
  const pays = paysGrowers(state);
  if (pays && isPayoutLeft(state, nowMs)) return refuse('payouts-left');
  if (isClawbackLeft(state)) return refuse('clawback-left');
  const [refundedFen, defaultedFen] = [refundedTotalFen(state), defaultedTotalFen(state)];
  const [freightFen, carriedFen] = [freightHeldFen(state), carriedTotalFen(state)];
  const body = {
    ...unitsByEnd(state),
    paidFen: paidTotalFen(state),
    ...(refundedFen > 0 && { refundedFen }),
    ...(defaultedFen > 0 && { defaultedFen }),
    ...(freightFen > 0 && { freightFen }),
    ...(carriedFen > 0 && { carriedFen }),
    ...(pays && growersPart(state, books)),
  };
  return happens(by, { type: 'show.settled', body });
}

/** Without a root of its books the leaf is none that anybody could read. */
function growersPart(state: ShowState, books = '') {
  const feeFen = feeTotalFen(state);
  return { payableFen: growersTotalFen(state), ...(feeFen > 0 && { feeFen }), books };
}
