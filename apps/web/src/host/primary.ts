import { hasValidBid, isUndoable, mayBeOfferedAgain } from '@qingpai/auction/rules';
import type { HostCommand, LotState, OfferingState, ShowState } from '@qingpai/wire';
import type { Link } from '../shared/client';
import { comesBackBy, comingLots, waitingLots } from './order';

/** What the one big button does now, and the four beside it: pure, so that every moment can be tested. */
export type Primary =
  | { do: 'offer' | 'reoffer' | 'lastCall' | 'resume' | 'next'; lot: string }
  | { do: 'decide' | 'close' | 'several' }
  /** Nothing to press: the page waits for the line, for an answer, or for the server's hammer. */
  | { do: 'wait'; for: 'line' | 'answer' | 'hammer' | 'lastCall' | 'clock' };

export interface Seen {
  state: ShowState;
  link: Link;
  /** A command without an answer. */
  pending: boolean;
  /** The server's time, or null before it is known. */
  nowMs: number | null;
  order: readonly string[];
  /** The lot whose end is on show, until the host goes on to the next. */
  ended: string | null;
  /** Of a timed show the open lot that the host looks at; left out: the first. */
  focus?: string | null;
}

/** The lot in the middle of the console: what is on the block, in a timed show the open lot that the host looks at. */
export function lotOnBlock(state: ShowState, focus: string | null = null): LotState | null {
  const id = state.open.find((one) => one === focus) ?? state.block;
  return id === null ? null : (state.lots[id] ?? null);
}

/** Rising lots that a timed show may open now, in the host's order; and for how many there is room. */
export function openable(state: ShowState, order: readonly string[]): { lots: LotState[]; room: number } {
  const isClock = state.open.some((id) => state.lots[id]?.offerings.at(-1)?.clock);
  const room = isClock ? 0 : Math.max(0, (state.rules.timed?.openMax ?? 0) - state.open.length);
  const lots = comingLots(state, order).filter(({ format }) => format === 'english');
  return { lots: room > 0 ? lots : [], room };
}

export function primaryOf(seen: Seen): Primary {
  const { state, link } = seen;
  if (link === 'reconnecting' || link === 'joining' || link === 'ended') return { do: 'wait', for: 'line' };
  if (seen.pending) return { do: 'wait', for: 'answer' };
  const lot = lotOnBlock(state, seen.focus);
  const offering = lot?.offerings.at(-1);
  return lot && offering ? onBlock(state, lot, offering, seen.nowMs ?? state.t) : between(seen);
}

function onBlock(state: ShowState, lot: LotState, offering: OfferingState, nowMs: number): Primary {
  if (offering.frozenAt !== null) return { do: 'resume', lot: lot.lot };
  if (offering.format === 'dutch' || offering.closesAt === null) return { do: 'wait', for: 'clock' };
  const leftMs = offering.closesAt - nowMs;
  if (leftMs <= 0) return { do: 'wait', for: 'hammer' };
  // Called already, or so near the close that a last call would not move it.
  if (offering.lastCall || leftMs <= state.rules.lastCallMs) return { do: 'wait', for: 'lastCall' };
  return { do: 'lastCall', lot: lot.lot };
}

/** First the lots that were never offered, then those that wait; what can no longer come back is decided by hand. */
function between({ state, order, ended }: Seen): Primary {
  const next = nextUp(state, order);
  if (state.rules.timed && next?.phase === 'sealed' && next.format === 'english') return { do: 'several' };
  if (next) {
    if (ended !== null && ended !== next.lot) return { do: 'next', lot: next.lot };
    return { do: comesBackBy(state, next) ?? 'offer', lot: next.lot };
  }
  return { do: waitingLots(state).length > 0 ? 'decide' : 'close' };
}

/** The lot the host would call next: in the chosen order, then the waiting ones. */
export const nextUp = (state: ShowState, order: readonly string[]): LotState | null =>
  comingLots(state, order)[0] ?? waitingLots(state).find((lot) => comesBackBy(state, lot) !== null) ?? null;

/** With nothing on the block: the lot that just ended, while it is open what becomes of it, or the one to come. */
function middleLot({ state, order, ended }: Seen): LotState | null {
  if (ended === null) return nextUp(state, order);
  const lot = state.lots[ended];
  return lot?.phase === 'waiting' ? lot : null;
}

export type Why = 'noLot' | 'validBid' | 'closing' | 'nothingToUndo' | 'noLine';
/** A side button: the command it sends (a reason is asked for where one is needed), or why it cannot. */
export type Side = { command: HostCommand['name']; lot: string | null; why: Why | null };
export interface Sides {
  aside: Side;
  freeze: Side;
  undo: Side;
  withdraw: Side;
}

export function sidesOf(seen: Seen): Sides {
  const { state } = seen;
  const cut = seen.link === 'reconnecting' || seen.link === 'joining' || seen.link === 'ended';
  const line = <T extends Side>(side: T): T => (cut ? { ...side, why: 'noLine' } : side);
  const lot = lotOnBlock(state, seen.focus);
  const offering = lot?.offerings.at(-1) ?? null;
  const canUndo = Object.values(state.sales).some((sale) => isUndoable(state, sale));
  const subject = lot ?? middleLot(seen);
  const bidStands = lot !== null && offering !== null && hasValidBid(lot, offering);
  const exhausted = lot !== null && !mayBeOfferedAgain(state.rules, lot);
  const frozen = offering !== null && offering.frozenAt !== null;
  const valid = bidStands ? 'validBid' : null;
  return {
    aside: line({
      command: exhausted ? 'pass' : 'setAside',
      lot: lot?.lot ?? null,
      why: lot ? valid : 'noLot',
    }),
    freeze: line({ command: frozen ? 'resume' : 'freeze', lot: lot?.lot ?? null, why: lot ? null : 'noLot' }),
    undo: line({ command: 'undo', lot: null, why: canUndo ? null : 'nothingToUndo' }),
    withdraw: line({ command: 'withdraw', lot: subject?.lot ?? null, why: subject ? valid : 'noLot' }),
  };
}

export const SILENCE_MS = 15_000;
/** After 15 s without a bid on a rising lot: the ladder's next step, or null. */
export function offerAfterSilence(
  seen: Seen,
): { do: 'lastCall' | 'aside'; lot: string; quietMs: number } | null {
  const lot = lotOnBlock(seen.state, seen.focus);
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering || seen.nowMs === null || offering.format !== 'english') return null;
  const since = offering.history.at(-1)?.t ?? offering.startedAt;
  const quietMs = seen.nowMs - since;
  if (quietMs < SILENCE_MS || offering.lastCall || primaryOf(seen).do !== 'lastCall') return null;
  return { do: hasValidBid(lot, offering) ? 'lastCall' : 'aside', lot: lot.lot, quietMs };
}

/** The step of the show's day that its phase allows. */
export type Stage = 'draft' | 'sealed' | 'open' | 'closed';
export const stageOf = (state: ShowState): Stage => (state.phase === 'settled' ? 'closed' : state.phase);
