import { createHash } from 'node:crypto';

/** Numbers that depend on the seed and a name alone: the same evening for the same seed, whatever the machine. */
export function dice(seed, name) {
  let counter = 0;
  const next = () => {
    const hash = createHash('sha256').update(`${seed}/${name}/${counter++}`).digest();
    return hash.readUInt32BE(0) / 2 ** 32;
  };
  return {
    next,
    between: (low, high) => low + (high - low) * next(),
    whole: (low, high) => low + Math.floor((high - low + 1) * next()),
    chance: (part) => next() < part,
    /** `count` different ones, in an order of chance. */
    some: (list, count) =>
      list
        .map((item) => ({ item, key: next() }))
        .sort((a, b) => a.key - b.key)
        .slice(0, count)
        .map(({ item }) => item),
  };
}

/** Of a hundred lots about these meet silence, or only timid bids, the first time they are offered. */
const SILENT = 0.1;
const TIMID = 0.08;
const STUBBORN_LOTS = 3;

/**
 * How the room feels about each lot: who wants it and up to how much. Nobody knows a floor.
 * @param stingy three lots that nobody takes at any price
 */
export function tempersOf(seed, lots, buyers, stingy) {
  const refused = new Set(
    stingy
      ? dice(seed, 'stingy')
          .some(
            lots.filter((lot) => lot.units === 1),
            STUBBORN_LOTS,
          )
          .map((lot) => lot.lot)
      : [],
  );
  return new Map(lots.map((lot) => [lot.lot, temperOf(seed, lot, buyers, refused.has(lot.lot))]));
}

function temperOf(seed, lot, buyers, isRefused) {
  const die = dice(seed, lot.number);
  const worthFen = lot.referenceFen * die.between(0.85, 1.25);
  const wanting = die.some(buyers, die.whole(3, 7)).map((buyer) => ({
    buyer,
    upToFen: Math.round(worthFen * die.between(0.72, 1.08)),
  }));
  const mood = die.next();
  const quiet = lot.format === 'english' && mood < SILENT + TIMID;
  return {
    isRefused,
    /** Bids of the first offering; timid ones stop far below what the lot is worth. */
    rising: quiet
      ? mood < SILENT
        ? []
        : wanting.map((one) => ({ ...one, upToFen: one.upToFen * 0.35 }))
      : wanting,
    /** Takers of a clock, in the order in which they strike. */
    takers: wanting.map(({ buyer }, at) => ({
      buyer,
      atFen: Math.round(worthFen * die.between(0.68, 0.98) * (1 - at * 0.02)),
      units: die.whole(1, 3),
    })),
    jumps: dice(seed, `${lot.number}/jumps`),
    isSniped: die.chance(0.35),
    isRaced: die.chance(0.12),
    isRepeated: die.chance(0.2),
    losesLine: die.chance(0.15),
  };
}
