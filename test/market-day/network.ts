import { type Chance } from '../tampering/chance.js';
import { type VirtualTime } from './time.js';

const STORMY_MS_MAX = 120;
const CALM_MS_MAX = 20;
/** What takes longer than a calm network ever does was held up. */
const HELD_UP_MS = 100;

/** Between phones and server: some messages are lost, some come twice, and each takes its own time. */
export class Network {
  stormy = true;
  readonly counts = { sent: 0, dropped: 0, doubled: 0, reordered: 0, delayed: 0 };
  private newest = 0;

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
  ) {}

  send(deliver: () => void): void {
    const { chance, counts, stormy } = this;
    counts.sent += 1;
    if (stormy && chance.maybe(0.05)) {
      counts.dropped += 1;
      return;
    }
    this.carry(deliver, counts.sent, 1 + chance.below(stormy ? STORMY_MS_MAX : CALM_MS_MAX));
    if (stormy && chance.maybe(0.05)) {
      counts.doubled += 1;
      this.carry(deliver, counts.sent, 1 + chance.below(300));
    }
  }

  private carry(deliver: () => void, nth: number, afterMs: number): void {
    if (afterMs >= HELD_UP_MS) this.counts.delayed += 1;
    this.time.later(() => {
      if (nth < this.newest) this.counts.reordered += 1;
      this.newest = Math.max(this.newest, nth);
      deliver();
    }, afterMs);
  }
}
