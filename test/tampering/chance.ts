/** Chance from a seed (mulberry32): the same seed plays the same show everywhere. */
export class Chance {
  constructor(private state: number) {}

  /** From 0 up to, not including, 1. */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let word = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  }
  below(bound: number): number {
    return Math.floor(this.next() * bound);
  }
  one<T>(of: readonly T[]): T {
    return of[this.below(of.length)]!;
  }
  maybe(likely: number): boolean {
    return this.next() < likely;
  }
}
