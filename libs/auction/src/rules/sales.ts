import { type EventOf, type SaleState, type ShowState } from '@qingpai/wire';
import { refusalOfRefund } from './claims.js';
import { type Command, type Decision } from './command.js';
import { forfeitAfter } from './deposits.js';
import { happens, refuse } from './decision.js';
import { freightHeldFen, refusalOfFreight } from './freight.js';
import { firstFreeUnit, standingOffer } from './lot.js';
import { payByOf } from './payBy.js';
import { entry, type OnBlock } from './show.js';
import { isTakingOver } from './takenOver.js';

/** What a sale comes to, fen. */
export const saleTotalFen = (sale: Pick<SaleState, 'unitPriceFen' | 'units'>): number =>
  sale.unitPriceFen * sale.units;

/**
 * Sales are numbered in the order of their hammers: S1, S2 … Voided ones keep their number. Second chances go on from
 * there; one that nobody accepted keeps its number too, and so do those that were taken over from the log before.
 */
export function nextSaleId({ sales, chances }: ShowState): string {
  const used = [...Object.keys(sales), ...chances.map(({ sale }) => sale)];
  return `S${used.reduce((most, sale) => Math.max(most, Number(sale.slice(1))), 0) + 1}`;
}

/** Not undone; and not one in default whose units were sold again or carried. A unit has one such sale at most. */
export const isStanding = ({ phase, followedBy }: SaleState): boolean =>
  phase !== 'voided' && followedBy === undefined;

/** The hammer: so many of the free units go to this bidder. */
export const hammer = (
  state: ShowState,
  { lot, offering }: OnBlock,
  bidder: string,
  units: number,
  unitPriceFen: number,
): EventOf<'lot.hammered'> => ({
  type: 'lot.hammered',
  body: {
    lot: lot.lot,
    offering: offering.offering,
    sale: nextSaleId(state),
    bidder,
    firstUnit: firstFreeUnit(lot),
    units,
    unitPriceFen,
  },
});

/**
 * Whether a hammer may still be undone (RULES §4): until the next lot is offered. In a live room that can be the last
 * sale alone. In a timed show lots close one soon after the other, so each that closed since the last offering may be
 * undone for itself; of what was taken from a clock or sold by an offer only the last, since units are sold in their order.
 */
export function isUndoable(state: ShowState, { sale, i, lot, phase }: SaleState): boolean {
  const lots = Object.values(state.lots);
  const offering = entry(state.lots, lot)?.offerings.at(-1);
  const wasClosed = state.rules.timed && offering?.clock === null && offering.result === 'hammered';
  const isSince = state.phase === 'open' && lots.every(({ offerings }) => (offerings.at(-1)?.i ?? -1) < i);
  return state.undoable === sale || (wasClosed === true && isSince && phase !== 'voided');
}

/** Undo of a hammer: unpaid, and while that may be. */
export function undo(state: ShowState, command: Extract<Command, { name: 'undo' }>): Decision {
  const sale = entry(state.sales, command.sale);
  if (!sale) return refuse('unknown-sale');
  if (state.rules.timed ? state.open.includes(sale.lot) : state.block !== null) return refuse('lot-on-block');
  if (!isUndoable(state, sale)) return refuse('nothing-to-undo');
  if (sale.phase !== 'awaiting') return refuse('sale-paid');
  // Its units would come back beside those that are offered, and nobody would be asked about them.
  if (standingOffer(state.lots[sale.lot]!)) return refuse('offer-stands');
  return happens(command.by, { type: 'sale.voided', body: { sale: sale.sale, reason: command.reason } });
}

/** Money came in for a whole sale. That a payment's reference is used once is the books' to see. */
export function paid(state: ShowState, { by, body }: Extract<Command, { name: 'paid' }>): Decision {
  const sale = entry(state.sales, body.sale);
  if (!sale || sale.phase === 'voided') return refuse('unknown-sale');
  if (sale.phase !== 'awaiting') return refuse('already-paid');
  if (body.amountFen !== saleTotalFen(sale)) return refuse('amount-differs');
  const wrong = body.freightFen === undefined ? null : refusalOfFreight(state, sale, body.freightFen);
  if (wrong) return refuse(wrong);
  return happens(by, { type: 'sale.paid', body });
}

/** Not paid when the time to pay was over (`payByOf`). */
export function defaulted(
  state: ShowState,
  { by, sale: id }: Extract<Command, { name: 'default' }>,
  nowMs: number,
): Decision {
  const sale = entry(state.sales, id);
  if (!sale || sale.phase === 'voided') return refuse('unknown-sale');
  if (sale.phase !== 'awaiting') return refuse('already-paid');
  const payBy = payByOf(state, sale);
  if (!isTakingOver(state) && (payBy === null || nowMs < payBy)) return refuse('still-payable');
  const forfeit = forfeitAfter(state, sale);
  const { events } = happens(by, { type: 'sale.defaulted', body: { sale: id } });
  return { ok: true, events: forfeit ? [...events, forfeit] : events };
}

/** Money goes back: never more than came in. That a reference is used once is the books' to see. */
export function refunded(state: ShowState, { by, body }: Extract<Command, { name: 'refunded' }>): Decision {
  const sale = entry(state.sales, body.sale);
  if (!sale || sale.phase === 'voided') return refuse('unknown-sale');
  if (sale.phase !== 'paid' && sale.phase !== 'refunded') return refuse('not-paid');
  const { amountFen, freightFen } = body;
  if (amountFen === 0 && (freightFen === undefined || sale.phase !== 'refunded')) return refuse('malformed');
  if (freightFen !== undefined && freightFen !== freightHeldFen(state, sale.bidder)) {
    return refuse('freight-differs');
  }
  const wrong = refusalOfRefund(state, sale, body);
  if (wrong !== null) return refuse(wrong);
  return happens(by, { type: 'sale.refunded', body });
}
