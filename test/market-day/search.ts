import { everything, type Looking, withoutTheRules } from './invariants/index.js';
import { playShow } from './show.js';
import { type Planted, worldWith } from './world.js';

/** More than the hardest one takes. */
const SEEDS_TO_FIND = 300;
/** Without the rules some cannot be seen at all. */
const SEEDS_TO_FIND_BLIND = 60;

export interface Found {
  seed: number;
  invariant: string;
}
export interface Sought {
  found: Found | null;
  /** By all that does not ask the rules. */
  blind: Found | null;
  /** By the invariant that it is a proof of, all others being blind. */
  alone: Found | null;
}

/**
 * Plays shows with the bug in them until it is seen.
 * @param isBrief not also without the rules: that column is for the table in the documents
 */
export async function seek(bug: Planted, isBrief: boolean): Promise<Sought> {
  const only: Looking = (name) => name === bug.proves;
  return {
    found: await search(bug, everything, SEEDS_TO_FIND),
    blind: isBrief ? null : await search(bug, withoutTheRules, SEEDS_TO_FIND_BLIND),
    alone: bug.proves === undefined ? null : await search(bug, only, SEEDS_TO_FIND, only),
  };
}

/** @param counts which names count as found: a show that is not looked at may well crash */
async function search(
  bug: Planted,
  looking: Looking,
  seeds: number,
  counts: Looking = everything,
): Promise<Found | null> {
  const world = worldWith(bug);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { broken } = await playShow(seed, world, looking);
    if (broken && counts(broken.invariant)) return { seed, invariant: broken.invariant };
  }
  return null;
}
