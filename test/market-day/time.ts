/** Virtual time: everything that will happen stands in one queue, and nothing happens beside it. */
interface Due {
  atMs: number;
  order: number;
  run: () => void;
}

/** A show takes some thousand. */
const STEPS_MAX = 30_000;

export class Spinning extends Error {}

export class VirtualTime {
  nowMs: number;
  steps = 0;
  private order = 0;
  private readonly queue: Due[] = [];

  constructor(readonly startMs: number) {
    this.nowMs = startMs;
  }

  /** Since the start, as a clock that nobody can set counts it. */
  get sinceStartMs(): number {
    return this.nowMs - this.startMs;
  }

  /** Answers how to call it off. */
  later(run: () => void, afterMs: number): () => void {
    const due = { atMs: this.nowMs + Math.max(0, afterMs), order: (this.order += 1), run };
    this.insert(due);
    return () => {
      const at = this.queue.indexOf(due);
      if (at >= 0) this.queue.splice(at, 1);
    };
  }

  sleep = (ms: number): Promise<void> => new Promise((resolve) => void this.later(resolve, ms));

  /** Lets happen what is due until then, each thing at its own time; `after` looks at the world after each step. */
  async run(untilMs: number, after: () => void): Promise<void> {
    for (let next = this.queue[0]; next && next.atMs <= untilMs; next = this.queue[0]) {
      this.queue.shift();
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.steps += 1;
      if (this.steps > STEPS_MAX) throw new Spinning(`${this.steps} steps, and no end`);
      next.run();
      await settled();
      after();
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private insert(due: Due): void {
    let [low, high] = [0, this.queue.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const one = this.queue[middle]!;
      if (one.atMs < due.atMs || (one.atMs === due.atMs && one.order < due.order)) low = middle + 1;
      else high = middle;
    }
    this.queue.splice(low, 0, due);
  }
}

/** Promises that wait for nothing but each other have been kept. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
