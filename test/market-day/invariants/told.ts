import { isLeaf } from '@qingpai/auction/rules';
import { LOOP_TICK_MS, STALL_MS } from '@qingpai/auction/testing';
import {
  type BidAnswer,
  type CommandAnswer,
  type EventsFrame,
  isAnnounced,
  type LoggedEvent,
  type ShowState,
} from '@qingpai/wire';

/** What people were told, against the log as it is stored. Each answers what is wrong; null: nothing. */

/** These settle nothing: asked again, a bid is looked at anew. */
export const isSettled = (answer: BidAnswer): boolean =>
  answer.bidId !== null && (answer.ok || !unsettled.has(answer.reason));
const unsettled: ReadonlySet<string> = new Set(['not-ready', 'too-busy', 'internal', 'slow-down']);

/** A refusal without a leaf is one process's word: another may put it in other words, but it stays a refusal. */
export function sameAnswer(before: BidAnswer | undefined, answer: BidAnswer): string | null {
  if (!before) return null;
  const areLogged = before.i !== undefined && answer.i !== undefined;
  const isSame = areLogged ? verdict(before) === verdict(answer) : before.ok === answer.ok;
  return isSame ? null : `${verdict(before)}, then ${verdict(answer)}`;
}

export function acknowledged(
  leaves: readonly LoggedEvent[],
  bidder: string,
  answer: BidAnswer,
): string | null {
  if (!answer.ok) return null;
  const leaf = leaves[answer.i];
  const isHis = isBidOf(leaf, 'bid.accepted', answer.bidId!, bidder);
  if (isHis && leaf?.type === 'bid.accepted' && leaf.body.amountFen === answer.amountFen) return null;
  return `${answer.bidId} was told leaf ${answer.i}, which is ${leaves[answer.i]?.type}`;
}

export function asLogged(leaves: readonly LoggedEvent[], bidder: string, answer: BidAnswer): string | null {
  if (answer.ok || answer.i === undefined) return null;
  const leaf = leaves[answer.i];
  if (isBidOf(leaf, 'bid.refused', answer.bidId!, bidder) && isFor(leaf, answer.reason)) return null;
  return `${answer.bidId} was told refusal ${answer.i} for ${answer.reason}, which is ${leaf?.type}`;
}
/** Refused without a leaf: by the committed price alone, or outside an open show (LEDGER §3). */
const atOnce: ReadonlySet<string> = new Set(['not-above-price', 'not-open']);

/** Whatever else is refused by the rules is refused by a leaf. */
export function refusedByLeaf(answer: BidAnswer): string | null {
  if (answer.ok || answer.i !== undefined || atOnce.has(answer.reason)) return null;
  return isLeaf(answer.reason) ? `${answer.bidId} was refused for ${answer.reason} without a leaf` : null;
}
const isFor = (leaf: LoggedEvent | undefined, reason: string): boolean =>
  leaf?.type === 'bid.refused' && leaf.body.reason === reason;

/** What a command was told it put into the log stands there. */
export function doneAsLogged(leaves: readonly LoggedEvent[], answer: CommandAnswer): string | null {
  const missing = answer.ok ? answer.events.find((event) => !isSame(event, leaves[event.i])) : undefined;
  return missing ? `${missing.type} at ${missing.i}, which is ${leaves[missing.i]?.type}` : null;
}

/** A standstill that is shorter is not told from a busy moment: nobody gets time back for it. */
const SHORT_STALL_MS = STALL_MS + LOOP_TICK_MS;

/**
 * Who was at the socket before the close is never late because the process stood still.
 * @param atSocketMs by the clock of the process that answered
 */
export function fairToTheLast(
  state: ShowState,
  leaf: LoggedEvent | undefined,
  answer: BidAnswer,
  atSocketMs: number,
): string | null {
  if (answer.ok || answer.reason !== 'too-late' || leaf?.type !== 'bid.refused') return null;
  const lot = state.lots[leaf.body.lot];
  const of = lot?.offerings[leaf.body.offering - 1];
  // On a clock, at the cap and at the buy-now price somebody may have taken all just before.
  if (of?.closesAt == null || of.endedAt === null || of.endedAt < of.closesAt) return null;
  const aheadMs = of.endedAt - atSocketMs;
  return aheadMs > SHORT_STALL_MS && of.result === 'hammered' ? `at the socket ${aheadMs} ms before` : null;
}

export const storedBeforeTold = (leaves: readonly LoggedEvent[], { to }: EventsFrame): string | null =>
  to >= leaves.length ? `leaf ${to}` : null;

export function toldAsStored(
  leaves: readonly LoggedEvent[],
  { from, to, events, leftOut = [] }: EventsFrame,
): string | null {
  const counted = new Set(leftOut.flatMap((one) => one.leaves));
  const announced = leaves.slice(from, to + 1).filter(isAnnounced);
  const stored = announced.filter(({ i }) => !counted.has(i));
  const isWhole = stored.length === events.length && events.every((event, k) => isSame(event, stored[k]));
  const areBids = announced.length - stored.length === counted.size && leftOut.every(areBidsOn(leaves));
  return isWhole && areBids ? null : `${from} to ${to}`;
}

const areBidsOn =
  (leaves: readonly LoggedEvent[]) =>
  ({ lot, offering, leaves: counted }: NonNullable<EventsFrame['leftOut']>[number]): boolean =>
    counted.every((i) => {
      const leaf = leaves[i];
      return leaf?.type === 'bid.accepted' && leaf.body.lot === lot && leaf.body.offering === offering;
    });

/** @param lastTo where the last frame of this process ended; null: this is its first one */
export const noGapInFrames = (lastTo: number | null, { from }: EventsFrame): string | null =>
  lastTo !== null && from !== lastTo + 1 ? `${from} after ${lastTo}` : null;

const isSame = (told: LoggedEvent, stored: LoggedEvent | undefined): boolean =>
  stored !== undefined && mark(told) === mark(stored);
const mark = ({ i, t, type, by, body }: LoggedEvent): string => JSON.stringify([i, t, type, by, body]);
const verdict = (answer: BidAnswer): string =>
  answer.ok ? `accepted ${answer.i} ${answer.amountFen}` : `refused ${answer.reason} ${answer.i ?? ''}`;
const isBidOf = (
  leaf: LoggedEvent | undefined,
  type: 'bid.accepted' | 'bid.refused',
  bid: string,
  bidder: string,
): boolean => leaf?.type === type && leaf.body.bid === bid && leaf.body.bidder === bidder;
