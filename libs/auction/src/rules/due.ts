import { type ShowState } from '@qingpai/wire';
import { type DecidedEvent, type Secrets } from './command.js';
import { nextRelease } from './deposits.js';
import { clockDueMs, clockEvent } from './dutch.js';
import { closeEvent } from './english.js';
import { floorOf } from './floor.js';
import { ladderStep } from './ladder.js';
import { carry, pass, reoffer } from './lots.js';
import { nextLapse, nextOffer } from './offers.js';
import { chanceEvent, nextChance } from './secondChance.js';
import { type OnBlock, openLots } from './show.js';

/**
 * When the server must act next by itself, ms UTC, or null: the earliest close of the rising lots that are open; the
 * clock's restart after takes, its step that would miss the floor, its end; with nothing open the ladder's next step.
 * Nothing is due of a lot that is frozen; the end of an offer to somebody comes whatever is open. Once the show is closed
 * only what follows a default is, and deposits that are let go.
 */
export function dueAtMs(state: ShowState, secrets: Secrets): number | null {
  if (state.phase === 'closed') return afterClose(state)?.atMs ?? null;
  const [lapse, dueAt] = [nextLapse(state), lotsDueAtMs(state, secrets)];
  return lapse && (dueAt === null || lapse.atMs <= dueAt) ? lapse.atMs : dueAt;
}

function lotsDueAtMs(state: ShowState, secrets: Secrets): number | null {
  if (state.phase !== 'open' || state.open.length === 0) return ladderStep(state)?.atMs ?? null;
  return firstDue(state, secrets)?.atMs ?? null;
}

/** What follows a default, and deposits that nothing is owed on. */
function afterClose(state: ShowState): { atMs: number; eventAt: (nowMs: number) => DecidedEvent } | null {
  const [chance, release] = [nextChance(state), nextRelease(state)];
  if (release && (!chance || release.atMs < chance.atMs)) {
    return { atMs: release.atMs, eventAt: () => release.event };
  }
  return chance && { atMs: chance.atMs, eventAt: (nowMs) => chanceEvent(state, chance, nowMs) };
}

/** What comes to its moment first; of several at one moment the lot that was offered first. */
function firstDue(state: ShowState, secrets: Secrets): { atMs: number; block: OnBlock } | null {
  let first: { atMs: number; block: OnBlock } | null = null;
  for (const block of openLots(state)) {
    const atMs = lotDueMs(block, secrets);
    if (atMs !== null && (first === null || atMs < first.atMs)) first = { atMs, block };
  }
  return first;
}

function lotDueMs({ lot, offering }: OnBlock, secrets: Secrets): number | null {
  if (offering.frozenAt !== null) return null;
  const { clock, closesAt } = offering;
  return clock ? clockDueMs(clock, floorOf(secrets, lot)) : closesAt;
}

/**
 * The events of the earliest due moment that is not after `nowMs`; none if nothing is due. Called before each
 * command until nothing is due, so that a close takes its place in the same line as the bids (RULES §2.5, §2.10).
 */
export function decideDue(state: ShowState, nowMs: number, secrets: Secrets): DecidedEvent[] {
  const dueAt = dueAtMs(state, secrets);
  if (dueAt === null || dueAt > nowMs) return [];
  const later = afterClose(state);
  if (later) return [later.eventAt(nowMs)];
  const lapse = nextLapse(state);
  if (lapse?.atMs === dueAt) return [lapse.event];
  const block = firstDue(state, secrets)?.block;
  if (!block) return ladderEvents(state, nowMs, secrets);
  return [block.offering.clock ? clockEvent(state, block, secrets) : closeEvent(state, block)];
}

function ladderEvents(state: ShowState, nowMs: number, secrets: Secrets): DecidedEvent[] {
  const due = ladderStep(state);
  if (!due) throw new Error('bug: a step of the ladder was due and is not there');
  if (due.step === 'offer') return [nextOffer(state, due.lot, nowMs, secrets)];
  const asked = { by: 'platform' as const, lot: due.lot.lot };
  const decision =
    due.step === 'reoffer'
      ? reoffer(state, { ...asked, name: 'reoffer' }, nowMs, secrets)
      : due.step === 'pass'
        ? pass(state, { ...asked, name: 'pass' })
        : carry(state, { ...asked, name: 'carry' });
  if (!decision.ok) throw new Error(`bug: the ladder cannot ${due.step} ${due.lot.lot}: ${decision.reason}`);
  return decision.events;
}
