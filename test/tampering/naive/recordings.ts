import { type Leaf } from '@qingpai/wire';
import { all, type Past } from './past.js';

/** Each piece has the next number, was filmed after all before it and ended before it was told of, and is told of once. */
export function wrongRecording(
  past: Past,
  { t, body }: Extract<Leaf, { type: 'recording.kept' }>,
): string | null {
  let number = 1;
  for (const { body: earlier } of all(past, 'recording.kept')) {
    number += 1;
    if (earlier.sha256 === body.sha256) return 'the same piece twice';
    if (body.fromMs < earlier.toMs) return 'filmed before an earlier piece ended';
  }
  if (body.segment !== number) return 'its number';
  return body.fromMs < body.toMs && body.toMs <= t ? null : 'its times';
}
