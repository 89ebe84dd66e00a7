import { type ShowState } from '@qingpai/wire';
import { type DecidedEvent, type Secrets } from './command.js';
import { clockDueMs, clockEvent } from './dutch.js';
import { closeEvent } from './english.js';
import { floorOf } from './floor.js';
import { onBlock } from './show.js';

/**
 * When the server must act next by itself, ms UTC, or null: the close of a rising lot; the clock's restart after
 * takes, its step that would miss the floor, its end. Nothing is due while the lot is frozen.
 */
export function dueAtMs(state: ShowState, secrets: Secrets): number | null {
  const block = state.phase === 'open' ? onBlock(state) : null;
  if (!block || block.offering.frozenAt !== null) return null;
  const { clock, closesAt } = block.offering;
  return clock ? clockDueMs(clock, floorOf(secrets, block.lot)) : closesAt;
}

/**
 * The events of the earliest due moment that is not after `nowMs`; none if nothing is due. Called before each
 * command until nothing is due, so that a close takes its place in the same line as the bids (RULES §2.5, §2.10).
 */
export function decideDue(state: ShowState, nowMs: number, secrets: Secrets): DecidedEvent[] {
  const dueAt = dueAtMs(state, secrets);
  const block = onBlock(state);
  if (dueAt === null || dueAt > nowMs || !block) return [];
  return [block.offering.clock ? clockEvent(state, block, secrets) : closeEvent(state, block)];
}
