/**
 * Latencies as HdrHistogram keeps them: buckets whose width grows with the value, 64 to every doubling, so that no
 * figure is off by more than 1.6 %, however long the tail. Whole microseconds.
 */
const SUB = 64;

const bucketOf = (us) => {
  if (us < 2 * SUB) return us;
  const doublings = Math.floor(Math.log2(us / SUB));
  return SUB * doublings + Math.floor(us / 2 ** doublings);
};
/** The highest value that falls into it. */
const topOf = (bucket) => {
  if (bucket < 2 * SUB) return bucket;
  const doublings = Math.floor(bucket / SUB) - 1;
  return (bucket - SUB * doublings + 1) * 2 ** doublings - 1;
};

export class Histogram {
  #counts;
  count = 0;

  /** @param counts of a histogram that another process has sent */
  constructor(counts = []) {
    this.#counts = new Map(counts);
    for (const [, n] of counts) this.count += n;
  }

  addMs(ms) {
    const bucket = bucketOf(Math.max(0, Math.round(ms * 1_000)));
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.count += 1;
  }

  /** @param part 0.99: what ninety-nine of a hundred do not exceed */
  ms(part) {
    let left = Math.ceil(this.count * part);
    for (const [bucket, n] of [...this.#counts].sort(([a], [b]) => a - b)) {
      left -= n;
      if (left <= 0) return topOf(bucket) / 1_000;
    }
    return 0;
  }

  /** For another process. */
  get counts() {
    return [...this.#counts];
  }
  get figures() {
    return {
      count: this.count,
      p50: this.ms(0.5),
      p90: this.ms(0.9),
      p99: this.ms(0.99),
      p999: this.ms(0.999),
      max: this.ms(1),
    };
  }
}
