import { type ShowPhase, type TownshipShow, type Verification } from '@qingpai/wire';

export type Badge = Pick<TownshipShow, 'badge' | 'badgeLeaf'>;

export const pending: Badge = { badge: 'pending', badgeLeaf: null };

/**
 * Red as soon as something does not hold, with the first leaf that is to blame; green only when the show is settled
 * and everything holds, whether or not a lot passed; yellow in between, and where nothing could be checked.
 */
export function badgeOf(verification: Verification | null, phase: ShowPhase): Badge {
  if (verification === null) return pending;
  const { verdict, findings } = verification;
  if (verdict === 'INVALID' || verdict === 'EQUIVOCATION') {
    const leaves = findings.flatMap(({ i }) => (i === null ? [] : [i]));
    return { badge: 'mismatch', badgeLeaf: leaves.length > 0 ? Math.min(...leaves) : null };
  }
  const holds = verdict === 'ALL_SOLD_AND_SETTLED' || verdict === 'ALL_ACCOUNTED_NOT_ALL_SOLD';
  return holds && phase === 'settled' ? { badge: 'verified', badgeLeaf: null } : pending;
}
