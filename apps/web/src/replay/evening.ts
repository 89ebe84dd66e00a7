import type { LoggedEvent, ReplayPiece } from '@qingpai/wire';

/** What the replay shows beside the picture, from the log alone. Times are ms UTC. */
export interface Offered {
  lot: string;
  number: string;
  title: string;
  /** The k-th time it was offered. */
  offering: number;
  fromMs: number;
  /** Null: it has not ended. */
  toMs: number | null;
  result: 'open' | 'sold' | 'aside' | 'passed' | 'withdrawn' | 'voided';
  /** Per unit, of the last sale in it. */
  priceFen: number | null;
  sale: string | null;
}
export interface Bidding {
  i: number;
  atMs: number;
  lot: string;
  paddle: number | null;
  amountFen: number;
  isAuto: boolean;
  isHammer: boolean;
}
export interface Evening {
  offered: Offered[];
  bids: Bidding[];
}

const resultOf = { 'lot.setAside': 'aside', 'lot.passed': 'passed', 'lot.withdrawn': 'withdrawn' } as const;

/** @param events of the whole log, in its order */
export function eveningOf(events: readonly LoggedEvent[]): Evening {
  const titles = new Map<string, { number: string; title: string }>();
  const paddles = new Map<string, number>();
  const offered: Offered[] = [];
  const bids: Bidding[] = [];
  const last = (lot: string) => offered.findLast((one) => one.lot === lot);
  for (const { i, t, type, body } of events) {
    if (type === 'lot.catalogued' || type === 'lot.amended') titles.set(body.lot, body);
    else if (type === 'bidder.registered') paddles.set(body.bidder, body.paddle);
    else if (type === 'lot.offered') {
      const { number, title } = titles.get(body.lot)!;
      const { lot, offering } = body;
      const open = { toMs: null, result: 'open' as const, priceFen: null, sale: null };
      offered.push({ lot, number, title, offering, fromMs: t, ...open });
    } else if (type === 'bid.accepted') {
      const paddle = paddles.get(body.bidder) ?? null;
      const { lot, amountFen, auto } = body;
      bids.push({ i, atMs: t, lot, paddle, amountFen, isAuto: auto === true, isHammer: false });
    } else if (type === 'lot.hammered') {
      const one = last(body.lot);
      const { lot, unitPriceFen, sale, bidder } = body;
      const paddle = paddles.get(bidder) ?? null;
      bids.push({ i, atMs: t, lot, paddle, amountFen: unitPriceFen, isAuto: false, isHammer: true });
      if (one) Object.assign(one, { toMs: t, result: 'sold', priceFen: unitPriceFen, sale });
    } else if (type === 'sale.voided') {
      const one = offered.find(({ sale }) => sale === body.sale);
      if (one) Object.assign(one, { result: 'voided', priceFen: null, sale: null });
    } else if (type === 'lot.setAside' || type === 'lot.passed' || type === 'lot.withdrawn') {
      const one = last(body.lot);
      // Units of a clock that were sold before the rest was set aside stay sold.
      if (one?.toMs === null) Object.assign(one, { toMs: t, result: resultOf[type] });
    }
  }
  return { offered, bids };
}

/** Which piece shows this moment; null: none does. */
export function pieceAt(pieces: readonly ReplayPiece[], atMs: number): ReplayPiece | null {
  return pieces.find(({ state, fromMs, toMs }) => state === 'kept' && fromMs <= atMs && atMs < toMs) ?? null;
}

/** The first piece that begins at or after this moment. */
export const pieceAfter = (pieces: readonly ReplayPiece[], atMs: number): ReplayPiece | null =>
  pieces.find(({ state, fromMs }) => state === 'kept' && fromMs >= atMs) ?? null;

/** Less than this between two pieces is no gap that anybody would notice. */
export const GAP_MS = 2_000;

/** Where a jump to this time leads: into it, or to what of it was recorded; null: nothing was. */
export function jumpTo(pieces: readonly ReplayPiece[], one: Pick<Offered, 'fromMs' | 'toMs'>): number | null {
  if (pieceAt(pieces, one.fromMs)) return one.fromMs;
  const next = pieceAfter(pieces, one.fromMs);
  return next && next.fromMs < (one.toMs ?? Infinity) ? next.fromMs : null;
}

/** Whether this offering was filmed in more than one piece. */
export const isInPieces = (pieces: readonly ReplayPiece[], one: Pick<Offered, 'fromMs' | 'toMs'>): boolean =>
  pieces.filter(({ fromMs, toMs }) => fromMs < (one.toMs ?? Infinity) && toMs > one.fromMs).length > 1;

/** The bids of whatever was on the block at this moment, newest first. */
export function bidsAt(
  { offered, bids }: Evening,
  atMs: number,
  max = 30,
): { on: Offered | null; bids: Bidding[] } {
  const on = offered.findLast(({ fromMs }) => fromMs <= atMs) ?? null;
  if (!on) return { on, bids: [] };
  const his = bids.filter((bid) => bid.lot === on.lot && bid.atMs >= on.fromMs && bid.atMs <= atMs);
  return { on, bids: his.slice(-max).reverse() };
}
