import { money } from '../shared/format';
import type { Attempt } from './lots';
import type { Words } from './words';

/** '升价拍，最高 ¥240，未达保留价…': one offering in a line. Short: without its start and its number of bids. */
export function attemptWords(attempt: Attempt, w: Words, length: 'short' | 'long'): string {
  const { format, startFen, bids, bestFen, result, soldUnits } = attempt;
  const parts = [format === 'english' ? w.rising : w.falling];
  if (length === 'long') parts.push(w.startsAt(money(startFen)));
  if (length === 'long' || bids === 0) parts.push(w.bids(bids));
  if (bestFen !== null) parts.push(w.best(money(bestFen)));
  if (length === 'long') parts.push(result === null ? w.goingOn : (w.endings[result] ?? result));
  if (length === 'long' && soldUnits > 0) parts.push(w.soldUnits(soldUnits));
  return parts.join(w.comma);
}
