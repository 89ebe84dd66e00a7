import type { Verdict, Verification } from '@qingpai/wire';

/** good: what the sentence says holds · wait: not finished, or not checked against pinned keys · bad: it does not hold. */
export type Tone = 'good' | 'wait' | 'bad';

const tones: Record<Verdict, Tone> = {
  ALL_SOLD_AND_SETTLED: 'good',
  ALL_SOLD_UNSETTLED: 'good',
  ALL_ACCOUNTED_NOT_ALL_SOLD: 'good',
  INCOMPLETE: 'wait',
  STALE: 'wait',
  DAMAGED: 'wait',
  UNTRUSTED: 'wait',
  INVALID: 'bad',
  EQUIVOCATION: 'bad',
};

/** An unknown verdict (a newer server) is never taken for a good one. */
export const toneOf = (verdict: Verdict): Tone => tones[verdict] ?? 'wait';

/** The first leaf that does not hold, or null. */
export function brokenLeaf(verification: Verification): number | null {
  const broken = verification.findings.map((finding) => finding.i).filter((i) => i !== null);
  return broken.length > 0 ? Math.min(...broken) : null;
}
