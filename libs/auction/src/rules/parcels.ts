import { type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { entry } from './show.js';
import { isTakingOver } from './takenOver.js';

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/*
 * The way of the goods: paid → packed → shipped → received. Only what is paid for leaves the house; money that goes back
 * later changes nothing about where the goods are.
 */

export function pack(state: ShowState, { by, sale: id }: Of<'pack'>): Decision {
  const sale = entry(state.sales, id);
  if (!sale) return refuse('unknown-sale');
  if (sale.phase !== 'paid') return refuse('not-paid');
  if (sale.goods) return refuse('already-packed');
  return happens(by, { type: 'sale.packed', body: { sale: id } });
}

/** Into a courier's hands. A parcel goes to one buyer, so one number is never on two buyers' goods. */
export function ship(state: ShowState, { by, body }: Of<'ship'>): Decision {
  const sale = entry(state.sales, body.sale);
  if (!sale) return refuse('unknown-sale');
  if (sale.phase !== 'paid') return refuse('not-paid');
  if (sale.goods?.shipped !== undefined) return refuse('already-shipped');
  if (sale.goods?.received !== undefined) return refuse('already-received');
  if (!sale.goods) return refuse('not-packed');
  const isUsed = Object.values(state.sales).some(
    ({ bidder, goods }) => goods?.tracking === body.tracking && bidder !== sale.bidder,
  );
  if (isUsed) return refuse('tracking-used');
  return happens(by, { type: 'sale.shipped', body });
}

/** Who takes his goods along has received them although nobody shipped them. */
export function receive(state: ShowState, { by, body }: Of<'receive'>, nowMs: number): Decision {
  const sale = entry(state.sales, body.sale);
  if (!sale) return refuse('unknown-sale');
  const { shipped, received } = sale.goods ?? {};
  if (received !== undefined) return refuse('already-received');
  if (body.cause === 'pickup') {
    if (shipped !== undefined) return refuse('already-shipped');
    if (sale.phase !== 'paid') return refuse('not-paid');
  } else if (shipped === undefined) {
    return refuse('not-shipped');
  } else if (body.cause === 'lapse') {
    const lapseAfterMs = state.rules.afterSale?.lapseAfterMs ?? Infinity;
    // What is told again had lapsed in the log before.
    if (nowMs < shipped + lapseAfterMs && !isTakingOver(state)) return refuse('still-underway');
  } else if (body.cause === 'buyer') {
    if (body.bidder !== sale.bidder) return refuse('not-allowed');
  }
  return happens(by, { type: 'sale.received', body });
}

/** Sales that were shipped so long ago that they count as received. */
export const lapsedSales = (state: ShowState, nowMs: number): string[] =>
  Object.values(state.sales).flatMap(({ sale, goods }) => {
    const { afterSale } = state.rules;
    const isOut = goods?.shipped !== undefined && goods.received === undefined;
    return isOut && afterSale && nowMs >= goods.shipped! + afterSale.lapseAfterMs ? [sale] : [];
  });
