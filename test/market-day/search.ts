import { everything, type Looking, withoutTheRules } from './invariants/index.js';
import { knownSeeds } from './planted/seeds.js';
import { playShow } from './show.js';
import { type Planted, type World, worldWith } from './world.js';

/** More than the hardest one takes. */
const SEEDS_TO_FIND = 600;
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
 * @param isBrief looks first where it was seen before, and not also without the rules: that column is for the table in
 * the documents
 */
export async function seek(bug: Planted, isBrief: boolean): Promise<Sought> {
  const world = worldWith(bug);
  const only: Looking = (name) => name === bug.proves;
  const every = bug.every ?? 1;
  const known = isBrief ? knownSeeds()[bug.name] : undefined;
  const found =
    (await searchAt(known?.found, world, everything)) ??
    (await search(world, { from: every, to: SEEDS_TO_FIND, every }, everything));
  return {
    found,
    blind: isBrief ? null : await searchOn(world, found, { to: SEEDS_TO_FIND_BLIND, every }, withoutTheRules),
    alone:
      bug.proves === undefined
        ? null
        : ((await searchAt(known?.alone, world, only, only)) ??
          (await searchOn(world, found, { to: SEEDS_TO_FIND, every }, only, only))),
  };
}

async function searchAt(
  seed: number | undefined,
  world: World,
  looking: Looking,
  counts?: Looking,
): Promise<Found | null> {
  return seed === undefined ? null : search(world, { from: seed, to: seed, every: 1 }, looking, counts);
}

/** Which seeds are played: from one of them, every so manieth. */
interface Seeds {
  from: number;
  to: number;
  every: number;
}

/**
 * The same with fewer looking. Who looks changes nothing in a show, so the shows before the one that broke break
 * nothing now either; and what broke first then breaks first again, if it is still looked at.
 */
async function searchOn(
  world: World,
  found: Found | null,
  seeds: Omit<Seeds, 'from'>,
  looking: Looking,
  counts: Looking = everything,
): Promise<Found | null> {
  if (found === null || found.seed > seeds.to) return null;
  if (looking(found.invariant) && counts(found.invariant)) return found;
  return search(world, { ...seeds, from: found.seed }, looking, counts);
}

/** @param counts which names count as found: a show that is not looked at may well crash */
async function search(
  world: World,
  { from, to, every }: Seeds,
  looking: Looking,
  counts: Looking = everything,
): Promise<Found | null> {
  for (let seed = from; seed <= to; seed += every) {
    const { broken } = await playShow(seed, world, looking);
    if (broken && counts(broken.invariant)) return { seed, invariant: broken.invariant };
  }
  return null;
}
