import { amountAboveFen, clockPriceFen, leastBidFen } from '@qingpai/auction/rules';
import type { LotState, OfferingState, RoomMe, ShowEnd, ShowState } from '@qingpai/wire';
import type { BidMade, Link } from '../shared/client';

/** What the dock shows and what its one big button does: pure, so that every moment can be tested. */
export type Moment = 'before' | 'between' | 'rising' | 'clock' | 'closed' | 'ended';

/**
 * @param ended how the show ended without a close; null: it did not
 * @param lot the one in the dock
 */
export function momentOf(
  state: ShowState,
  ended: ShowEnd | null = null,
  lot: LotState | null = lotOnBlock(state),
): Moment {
  if (ended) return 'ended';
  if (state.phase === 'draft' || state.phase === 'sealed') return 'before';
  if (state.phase !== 'open') return 'closed';
  const offering = lot?.offerings.at(-1);
  if (!offering) return 'between';
  return offering.format === 'dutch' ? 'clock' : 'rising';
}

export const lotOnBlock = (state: ShowState): LotState | null =>
  state.block === null ? null : (state.lots[state.block] ?? null);

/**
 * The lot in the dock: in a timed show the one that was tapped, while it is open. When it has closed, no other comes
 * under the thumb by itself.
 */
export const lotInDock = (state: ShowState, chosen: string | null): LotState | null =>
  state.rules.timed ? (state.lots[state.open.find((id) => id === chosen) ?? ''] ?? null) : lotOnBlock(state);

/** Lots as buyers count them: drafts and struck ones are not among them once the list is sealed. */
export function lotsInOrder(state: ShowState): LotState[] {
  const sealed = state.seals.length > 0;
  return Object.values(state.lots)
    .filter((lot) => lot.phase !== 'struck' && !(sealed && lot.phase === 'draft'))
    .sort((a, b) => a.list - b.list || a.number.localeCompare(b.number));
}

/** What most likely comes next: the host may choose otherwise. */
export function nextLot(state: ShowState): LotState | null {
  const lots = lotsInOrder(state);
  return lots.find((lot) => lot.phase === 'sealed') ?? lots.find((lot) => lot.phase === 'waiting') ?? null;
}

/** The lot whose offering ended last, while the block is empty. */
export function lastEnded(state: ShowState): { lot: LotState; offering: OfferingState } | null {
  let last: { lot: LotState; offering: OfferingState } | null = null;
  for (const lot of Object.values(state.lots)) {
    const offering = lot.offerings.at(-1);
    if (offering?.endedAt != null && offering.endedAt >= (last?.offering.endedAt ?? 0))
      last = { lot, offering };
  }
  return last;
}

export type FloorWord = 'zeroStart' | 'floorNone' | 'floorSome' | 'floorMet' | 'floorNotMet';

/** Of a floor buyers learn only these words, never the amount (RULES §2.2). */
export function floorWord(lot: LotState, offering: OfferingState | null): FloorWord {
  if (lot.floor === null) return lot.startFen === 0 ? 'zeroStart' : 'floorNone';
  if (!offering || offering.format === 'dutch' || offering.priceFen === null) return 'floorSome';
  return offering.floorMet ? 'floorMet' : 'floorNotMet';
}

/** The clock stands still while the lot is frozen. */
export function clockNowFen(offering: OfferingState, nowMs: number): number {
  const { clock } = offering;
  if (!clock) throw new Error('bug: asked for the clock of a rising lot');
  return clockPriceFen(clock, offering.frozenAt ?? nowMs);
}

/** Units one press may take: at least the minimum take, or all that is left. */
export const leastUnits = (state: ShowState, offering: OfferingState): number =>
  Math.min(state.rules.clock.minUnits, offering.unitsLeft);

export type Act =
  | { act: 'offline' | 'frozen' | 'barred' | 'waiting' | 'leading' | 'sync' }
  | { act: 'sending' | 'unknown'; amountFen: number }
  | { act: 'join' | 'bid' | 'late'; amountFen: number };

export interface Seen {
  state: ShowState;
  me: RoomMe;
  link: Link;
  pending: BidMade | null;
  /** The server's time, or null before it is known. */
  nowMs: number | null;
  /** How many steps above the least bid the buyer chose. */
  steps: number;
  /** The lot in the dock; left out: the one on the block. */
  lot?: LotState | null;
}

/**
 * What a press does now. At the close the page says that it is syncing, but it never blocks a late bid: only
 * the server knows whether it was late.
 */
export function actOf(seen: Seen): Act {
  const { state, me, link, pending, nowMs, lot = lotOnBlock(state) } = seen;
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering) throw new Error('bug: no lot is on the block');
  if (link === 'reconnecting' || link === 'joining' || link === 'ended') return { act: 'offline' };
  if (pending)
    return { act: pending.stage === 'sending' ? 'sending' : 'unknown', amountFen: pending.bid.amountFen };
  if (offering.frozenAt !== null) return { act: 'frozen' };
  if (me.role === 'host' || me.role === 'moderator') return { act: 'barred' };
  if (me.waiting) return { act: 'waiting' };
  const amountFen = offerFen(state, lot, offering, nowMs ?? state.t, seen.steps);
  const over = offering.closesAt !== null && nowMs !== null && nowMs >= offering.closesAt;
  if (offering.format === 'english' && me.bidder !== null && offering.leader === me.bidder) {
    return { act: over ? 'sync' : 'leading' };
  }
  if (me.paddle === null) return over ? { act: 'sync' } : { act: 'join', amountFen };
  return { act: over ? 'late' : 'bid', amountFen };
}

function offerFen(
  state: ShowState,
  lot: LotState,
  offering: OfferingState,
  nowMs: number,
  steps: number,
): number {
  if (offering.format === 'dutch') return clockNowFen(offering, nowMs);
  return amountAboveFen(state.rules, lot, leastBidFen(state.rules, lot, offering), steps);
}

/** How many steps a bid of `amountFen` stands above the price; the first bid at the start counts as none. */
export function stepsAbovePrice(state: ShowState, amountFen: number, lot = lotOnBlock(state)): number {
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering) return 0;
  let at = leastBidFen(state.rules, lot, offering);
  let steps = offering.priceFen === null ? 0 : 1;
  while (at < amountFen) {
    const next = amountAboveFen(state.rules, lot, at, 1);
    if (next <= at) break;
    at = next;
    steps += 1;
  }
  return steps;
}

/** The step from the least bid to the one above it, for "每次加 ¥2". */
export function stepFen(state: ShowState, lot = lotOnBlock(state)): number {
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering) return 0;
  const least = leastBidFen(state.rules, lot, offering);
  return offering.priceFen === null
    ? amountAboveFen(state.rules, lot, least, 1) - least
    : least - offering.priceFen;
}

/** How full the ring is, 0 to 1: what is left of the time that was last set. */
export function ringPart(state: ShowState, offering: OfferingState, leftMs: number): number {
  const { rules } = state;
  const firstMs = (offering.firstClosesAt ?? 0) - offering.startedAt;
  const spanMs = offering.lastCall ? rules.lastCallMs : offering.extensions > 0 ? rules.extensionMs : firstMs;
  return Math.max(0, Math.min(1, leftMs / Math.max(1, spanMs, offering.extensions > 0 ? rules.windowMs : 0)));
}
