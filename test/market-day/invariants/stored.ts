import { type LoggedEvent } from '@qingpai/wire';
import { type Written } from '../breakableLog.js';

/** How the log was written. Each answers what is wrong; null: nothing. */

export const epochGrows = (before: number, epoch: number): string | null =>
  epoch > before ? null : `${epoch} after ${before}`;

export const byItsOwner = ({ epoch, newestEpoch, size }: Written): string | null =>
  epoch === newestEpoch ? null : `epoch ${epoch} wrote up to ${size}, and ${newestEpoch} owns the log`;

/** Nothing is stamped ahead of a clock that nobody can set. */
export const notAhead = ({ lastMs, clockMs }: Written): string | null =>
  lastMs <= clockMs ? null : `${lastMs - clockMs} ms`;

/** No outage here keeps a lot open for longer; 2.7 s were the most in 600 shows. */
export const LATE_MS_MAX = 5_000;

/**
 * A rising lot closes when its time has passed, on a clock that nobody can set.
 * @param offered its offering, and when that was stored
 */
export function inTime(
  offered: { t: number; storedAtMs: number },
  close: { t: number; storedAtMs: number },
): string | null {
  const lateMs = close.storedAtMs - offered.storedAtMs - (close.t - offered.t);
  return lateMs > LATE_MS_MAX ? `${lateMs} ms late` : null;
}

/** @param seen each leaf as it stood when it was first seen */
export function asItStood(seen: readonly string[], leaves: readonly LoggedEvent[]): string | null {
  if (leaves.length < seen.length) return `${seen.length - leaves.length} leaves are gone`;
  const at = seen.findIndex((text, i) => text !== JSON.stringify(leaves[i]));
  return at < 0 ? null : `leaf ${at}`;
}
