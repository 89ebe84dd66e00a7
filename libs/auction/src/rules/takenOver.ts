import { type EventOf, type LoggedEvent, type LotState, type SaleState, type ShowState } from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { present } from './press.js';
import { bidderIn, entry } from './show.js';

/**
 * A log that goes on from another after a restore takes over its people, sales, deposits and claims (LEDGER §5): right
 * after leaf 0 it tells again what the log before says of them, in its order: what growers got and owe back, too. From
 * then on they are paid, sent, given back and settled here, under their own numbers; their lots stay, and are counted,
 * where they were hammered. Nothing of it waits for a time that was over there.
 */

/** What is known of a sold lot, in whichever of the two logs it stands. */
export type SoldLot = Pick<LotState, 'number' | 'title' | 'unit' | 'grower' | 'fresh'>;

export const soldLot = (state: ShowState, { lot, before }: SaleState): SoldLot =>
  before ?? entry(state.lots, lot)!;

/** Of a hammer of this log. */
export const isOwnSale = ({ before }: SaleState): boolean => before === undefined;

/** A lot of the log before whose sale goes on here; its id is no other lot's. */
export const isLotOfBefore = ({ sales }: ShowState, lot: string): boolean =>
  Object.values(sales).some((sale) => sale.lot === lot && !isOwnSale(sale));

/** Commands that also tell again what happened before, beside those that any draft takes. */
export const takesOver: ReadonlySet<Command['name']> = new Set([
  ...(['paid', 'refunded', 'pack', 'ship', 'receive'] as const),
  ...(['fileClaim', 'grantClaim', 'declineClaim', 'closeClaim'] as const),
  ...(['holdDeposit', 'releaseDeposit', 'returnDeposit', 'default'] as const),
  ...(['payOut', 'takeBack', 'repayClawback', 'carryClawback'] as const),
]);

/** Until the first lot is described. */
export const isTakingOver = ({ continues, phase, lots }: ShowState): boolean =>
  continues !== undefined && phase === 'draft' && Object.keys(lots).length === 0;

export function takeOverSale(
  state: ShowState,
  { by, body }: Extract<Command, { name: 'takeOverSale' }>,
): Decision {
  if (!isTakingOver(state)) return refuse('wrong-phase');
  if (entry(state.sales, body.sale)) return refuse('malformed');
  if (!bidderIn(state, body.bidder)) return refuse('no-paddle');
  return happens(by, { type: 'sale.takenOver', body });
}

type TakenOver = EventOf<'sale.takenOver'> & Pick<LoggedEvent, 'i' | 't'>;

export function noteTakenOver({ sales }: ShowState, { i, t, body }: TakenOver): void {
  const { number, title, unit, grower, fresh, ...sold } = body;
  const before = { number, title, unit, grower, ...(fresh === false && { fresh }) };
  const last = Object.values(sales).find((one) => one.phase === 'defaulted' && isOfSameUnits(one, sold));
  // 顺位成交: a unit belongs to its last sale, never to two.
  if (last) last.followedBy = sold.sale;
  sales[sold.sale] = { ...sold, i, t, phase: 'awaiting', paidAt: null, refundedFen: 0, before };
}

type Units = Pick<SaleState, 'lot' | 'firstUnit' | 'units'>;
const isOfSameUnits = (one: SaleState, { lot, firstUnit, units }: Units): boolean =>
  one.followedBy === undefined &&
  one.lot === lot &&
  one.firstUnit < firstUnit + units &&
  firstUnit < one.firstUnit + one.units;

// ---------------------------------------------------------------- what is told again

const toldAgain: ReadonlySet<LoggedEvent['type']> = new Set([
  ...(['bidder.limited', 'sale.takenOver'] as const),
  ...(['sale.paid', 'sale.refunded', 'sale.packed', 'sale.shipped', 'sale.received'] as const),
  ...(['claim.filed', 'claim.proposed', 'claim.granted', 'claim.declined', 'claim.closed'] as const),
  ...(['deposit.held', 'deposit.forfeited', 'deposit.released', 'deposit.returned'] as const),
  ...(['sale.defaulted', 'payout.made'] as const),
  ...(['clawback.taken', 'clawback.repaid', 'clawback.carried'] as const),
]);
const isOfMoney = ({ type }: Pick<LoggedEvent, 'type'>): boolean =>
  toldAgain.has(type) && type !== 'bidder.limited';

/**
 * What a log that goes on from this one tells again, in order, with its authors.
 * @param state after all events of the log before
 */
export function toldAgainOf(state: ShowState, events: readonly LoggedEvent[]): DecidedEvent[] {
  const seen = new Set<string>();
  return events.flatMap((event): DecidedEvent[] => {
    const { type, by, body } = event;
    if (type === 'bidder.registered') {
      if (seen.has(body.bidder)) return [];
      seen.add(body.bidder);
      // A phone makes a key for each log: the old one signs nothing here.
      const { bidder, device, id, kind, paddle } = body;
      return [{ type, by, body: present({ bidder, device, id, kind, paddle }) }];
    }
    if (type === 'lot.hammered' || type === 'sale.accepted') {
      const sale = state.sales[body.sale];
      return sale?.phase === 'voided' || sale === undefined ? [] : [takenOverOf(state, sale)];
    }
    return toldAgain.has(type) ? [{ type, by, body } as DecidedEvent] : [];
  });
}

function takenOverOf(state: ShowState, sale: SaleState): DecidedEvent {
  const { sale: id, lot, offering, bidder, firstUnit, units, unitPriceFen } = sale;
  const { number, title, unit, grower, fresh } = soldLot(state, sale);
  return {
    ...{ type: 'sale.takenOver', by: 'platform' },
    body: {
      ...{ sale: id, lot, offering, bidder, firstUnit, units, unitPriceFen, number, title, unit, grower },
      ...(fresh === false && { fresh }),
    },
  };
}

/** The leaves of a log by which it takes over from the one before: those after leaf 0, up to the first of another kind. */
export function takenOverLeaves(events: readonly LoggedEvent[]): LoggedEvent[] {
  const rest = events.slice(1);
  const end = rest.findIndex((event) => event.type !== 'bidder.registered' && !toldAgain.has(event.type));
  return end < 0 ? rest : rest.slice(0, end);
}

/** Whether something of money was taken over; a log of an earlier version did not. */
export const tookOverMoney = (events: readonly LoggedEvent[]): boolean =>
  takenOverLeaves(events).some(isOfMoney);
