/** Chance from a seed (mulberry32): the same seed plays the same month everywhere. */
export function seeded(seed: number) {
  const next = (): number => {
    seed = (seed + 0x6d2b79f5) | 0;
    let word = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
  const from = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    /** A whole number, both ends included. */
    from,
    one: <T>(of: readonly T[]): T => of[from(0, of.length - 1)]!,
    maybe: (likely: number): boolean => next() < likely,
  };
}
export type Seeded = ReturnType<typeof seeded>;
