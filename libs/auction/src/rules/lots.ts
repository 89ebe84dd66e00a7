import { type LotState, type OfferingState, type Reason, type ShowState } from '@qingpai/wire';
import { clockLeftMs } from './clock.js';
import { type Command, type Decision, type Secrets } from './command.js';
import { happens, refuse } from './decision.js';
import { unsoldBody } from './english.js';
import { floorOf } from './floor.js';
import { fallingOffering, mayBeOfferedAgain, reofferStartFen, risingOffering } from './ladder.js';
import { hasValidBid, isEnded, newOffering, openUnits, standingOffer } from './lot.js';
import { autoBids } from './proxy.js';
import { entry, openLots, thisOnBlock } from './show.js';

/** The host's commands about one lot (RULES §4, §6). A lot with a valid bid can only be sold. */
type Format = LotState['format'];
type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** Offer a sealed lot in its own format; so comes back, too, a lot whose hammer was undone. */
export function offer(
  state: ShowState,
  { by, lot: id }: Of<'offer'>,
  nowMs: number,
  secrets: Secrets,
): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  const full = noRoomFor(state, lot.format);
  if (full) return refuse(full);
  if (isEnded(lot)) return refuse('lot-ended');
  const undone = lot.phase === 'waiting' && lot.offerings.at(-1)?.result === 'voided';
  if (lot.phase !== 'sealed' && !undone) return refuse('lot-not-ready');
  if (!mayBeOfferedAgain(state.rules, lot)) return refuse('no-more-offerings');
  const body =
    lot.format === 'english'
      ? risingOffering(state, lot, nowMs)
      : fallingOffering(state.rules, lot, lot.startFen, nowMs);
  const offered = happens(by, { type: 'lot.offered', body });
  // Pre-bids count the moment their lot is called; on a falling clock there are none.
  const offering = newOffering(body, { i: state.next, t: nowMs });
  const answers = autoBids({ state, lot, offering, nowMs, secrets });
  return { ok: true, events: [...offered.events, ...answers] };
}

/** A lot that waits, or that passed, comes back as a falling clock (RULES §4.2). */
export function reoffer(
  state: ShowState,
  { by, lot: id }: Of<'reoffer'>,
  nowMs: number,
  secrets: Secrets,
): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  const full = noRoomFor(state, 'dutch');
  if (full) return refuse(full);
  if (lot.phase !== 'waiting' && lot.phase !== 'passed') return refuse('lot-not-waiting');
  if (!mayBeOfferedAgain(state.rules, lot)) return refuse('no-more-offerings');
  const startFen = reofferStartFen(state.rules, lot, floorOf(secrets, lot));
  return happens(by, { type: 'lot.offered', body: fallingOffering(state.rules, lot, startFen, nowMs) });
}

/**
 * Why nothing of this format can be opened beside what is open, or null (RULES §6): one lot at a time in a live room,
 * several rising ones in a timed show. A falling clock wants everybody's eyes, and is alone there too.
 */
function noRoomFor(state: ShowState, format: Format): Reason | null {
  const [first] = openLots(state);
  if (!first) return null;
  const { timed } = state.rules;
  if (!timed) return 'lot-on-block';
  if (format === 'dutch' || first.offering.clock) return 'clock-alone';
  return state.open.length < timed.openMax ? null : 'too-many-open';
}

export function setAside(state: ShowState, { by, lot }: Of<'setAside'>): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  if (hasValidBid(block.lot, block.offering)) return refuse('has-valid-bid');
  return happens(by, { type: 'lot.setAside', body: unsoldBody(block) });
}

/** 流拍: from the block, or while it waits. A lot that was never offered cannot pass. */
export function pass(state: ShowState, { by, lot: id }: Of<'pass'>): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  if (isEnded(lot)) return refuse('lot-ended');
  const offering = lot.offerings.at(-1);
  if (!offering) return refuse('lot-not-ready');
  if (lot.phase === 'onBlock' && hasValidBid(lot, offering)) return refuse('has-valid-bid');
  if (standingOffer(lot)) return refuse('offer-stands');
  const body = { ...unsoldBody({ lot, offering }), units: openUnits(lot) };
  return happens(by, { type: 'lot.passed', body });
}

/** 撤拍, with a reason code: before, during or after an offering, and counted. Drafts are struck instead. */
export function withdraw(state: ShowState, { by, lot: id, reason }: Of<'withdraw'>): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  if (isEnded(lot)) return refuse('lot-ended');
  if (lot.phase === 'draft' || lot.phase === 'struck') return refuse('lot-not-ready');
  const offering = lot.offerings.at(-1);
  if (lot.phase === 'onBlock' && offering && hasValidBid(lot, offering)) return refuse('has-valid-bid');
  if (standingOffer(lot)) return refuse('offer-stands');
  return happens(by, { type: 'lot.withdrawn', body: { lot: id, units: openUnits(lot), reason } });
}

/** 转下场, with the grower's word. */
export function carry(state: ShowState, { by, lot: id }: Of<'carry'>): Decision {
  const lot = entry(state.lots, id);
  if (!lot) return refuse('unknown-lot');
  if (isEnded(lot)) return refuse('lot-ended');
  if (lot.phase === 'onBlock') return refuse('lot-on-block');
  if (lot.phase !== 'waiting' && lot.phase !== 'sealed') return refuse('lot-not-ready');
  if (standingOffer(lot)) return refuse('offer-stands');
  return happens(by, { type: 'lot.carried', body: { lot: id, units: openUnits(lot) } });
}

/** A phone died: the clock stands still, bids are kept, everyone is told (RULES §4). */
export function freeze(state: ShowState, { by, lot }: Of<'freeze'>, nowMs: number): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  const { offering } = block;
  if (offering.frozenAt !== null) return refuse('already-frozen');
  const body = { lot, offering: offering.offering, left: leftMs(offering, nowMs) };
  return happens(by, { type: 'lot.frozen', body });
}

/** Exactly what stood on the clock is left again. */
export function resume(state: ShowState, { by, lot }: Of<'resume'>): Decision {
  const block = thisOnBlock(state, lot);
  if (typeof block === 'string') return refuse(block);
  const { offering } = block;
  if (offering.frozenAt === null) return refuse('not-frozen');
  const body = { lot, offering: offering.offering, left: leftMs(offering, offering.frozenAt) };
  return happens(by, { type: 'lot.resumed', body });
}

/** What stands on the clock, ms: to the close, or to the falling clock's next step. */
const leftMs = ({ clock, closesAt }: OfferingState, nowMs: number): number =>
  clock ? clockLeftMs(clock, nowMs) : Math.max(0, (closesAt ?? nowMs) - nowMs);
