import { type SaleState, type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { entry } from './show.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** No deadline is moved further than this after the close. */
export const PAY_EXTENSION_MS_MAX = 31 * DAY_MS;

type Payable = Pick<SaleState, 'bidder'> & Partial<Pick<SaleState, 'replaces' | 't'>>;

/**
 * Until when this sale may be paid, ms UTC; from then on it may be put in default. Null: while the show is not closed, and
 * where the sealed rules know no deadline. The only place that says so.
 */
export function payByOf(state: ShowState, sale: Payable): number | null {
  const sealed = sealedPayBy(state, sale);
  return sealed === null ? null : Math.max(sealed, entry(state.payBys, sale.bidder) ?? 0);
}

/** The time of a second chance begins when it was accepted; of all others with the close of the show. */
function sealedPayBy({ closedAt, rules }: ShowState, { replaces, t }: Payable): number | null {
  const { payWithinMs, payBy } = rules;
  if (closedAt === null) return null;
  const fromMs = replaces === undefined || t === undefined ? closedAt : t;
  if (payWithinMs !== undefined) return fromMs + payWithinMs;
  if (payBy === undefined) return null;
  const aheadMs = payBy.utcOffsetMinutes * MINUTE_MS;
  const midnight = Math.floor((fromMs + aheadMs) / DAY_MS) * DAY_MS - aheadMs;
  return midnight + payBy.afterDays * DAY_MS + payBy.minuteOfDay * MINUTE_MS;
}

/** Longer to pay, for all that one buyer owes; also when the old deadline has passed and nobody was put in default yet. */
export function extendPay(
  state: ShowState,
  { by, bidder, payBy, reason }: Extract<Command, { name: 'extendPay' }>,
  nowMs: number,
): Decision {
  const owed = Object.values(state.sales).filter(
    (sale) => sale.bidder === bidder && sale.phase === 'awaiting',
  );
  if (owed.length === 0) return refuse('nothing-owed');
  const before = owed.map((sale) => payByOf(state, sale));
  const latest = (state.closedAt ?? 0) + PAY_EXTENSION_MS_MAX;
  const isLater = before.every((one) => one !== null && payBy > one) && payBy > nowMs && payBy <= latest;
  if (!isLater) return refuse('pay-by-not-later');
  return happens(by, { type: 'pay.extended', body: { bidder, payBy, reason } });
}
