import { LOOP_TICK_MS, STALL_MS } from '@qingpai/auction/testing';
import { type LoggedEvent } from '@qingpai/wire';
import { type Facts } from './facts.js';

/** The falling clock and what nobody could say. Each answers what is wrong; null: nothing. */

/** From when to when nobody could be heard, by the log's time. */
export interface Silence {
  fromMs: number;
  toMs: number;
}

/** What is shorter is not told from a busy moment. */
const SHORT_MS = STALL_MS + LOOP_TICK_MS;

const isFalling = ({ sealed }: Facts): boolean =>
  sealed.some(({ round }) => round?.clock && round.frozenAt === null);

/** Of the time since the leaf before, a clock is given back whatever was silent. */
export function fellInSilence(facts: Facts, leaf: LoggedEvent, silences: readonly Silence[]): string | null {
  if (!isFalling(facts)) return null;
  const silentMs = silences
    .map(({ fromMs, toMs }) => Math.min(toMs, leaf.t) - Math.max(fromMs, facts.t))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0);
  const fellMs = silentMs - (leaf.type === 'clock.shifted' ? leaf.body.byMs : 0);
  return fellMs > SHORT_MS ? `${fellMs} ms, up to ${leaf.type}` : null;
}

/** @param heardAtMs the last sign of life of a desk */
export function setBackTooFar(facts: Facts, leaf: LoggedEvent, heardAtMs: number): string | null {
  if (leaf.type !== 'clock.shifted') return null;
  if (!isFalling(facts)) return 'no clock ran';
  const silentMs = leaf.t - Math.max(facts.t, heardAtMs);
  return leaf.body.byMs > silentMs ? `${leaf.body.byMs} of ${silentMs} ms` : null;
}
