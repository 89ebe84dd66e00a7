import { type BidAnswer, type InvariantRun } from '@qingpai/wire';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What an operator watches, for Prometheus. One registry per server, so that two in one process (tests) do not
 * meet. Nothing here delays a bid: it is counted when its answer is known.
 */
export class Metrics {
  readonly registry = new Registry();
  private countSockets: () => number = () => 0;
  private sumQueued: () => number = () => 0;
  private readonly bids = new Counter({
    name: 'qingpai_bids_total',
    help: 'Answered bids: accepted, or the reason of the refusal',
    labelNames: ['answer'],
    registers: [this.registry],
  });
  private readonly bidSeconds = new Histogram({
    name: 'qingpai_bid_seconds',
    help: 'From the arrival of a bid to its answer, the commit included',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.registry],
  });
  private readonly invariants = new Gauge({
    name: 'qingpai_invariants',
    help: 'At the last look: statements about the data that hold, that do not, that could not be looked at',
    labelNames: ['holds'],
    registers: [this.registry],
  });
  private readonly invariantsAt = new Gauge({
    name: 'qingpai_invariants_looked_at_seconds',
    help: 'When the data was last looked at, seconds since 1970; 0: not since the start',
    registers: [this.registry],
  });
  private readonly clockJumps = new Counter({
    name: 'qingpai_clock_jumps_total',
    help: 'How often the wall clock was found more than two seconds away from where it was',
    registers: [this.registry],
  });

  constructor() {
    const sockets = () => this.countSockets();
    new Gauge({
      name: 'qingpai_sockets',
      help: 'Open sockets',
      registers: [this.registry],
      collect() {
        this.set(sockets());
      },
    });
    const queued = () => this.sumQueued();
    new Gauge({
      name: 'qingpai_sockets_queued_bytes',
      help: 'Written to open sockets and not yet taken by their readers',
      registers: [this.registry],
      collect() {
        this.set(queued());
      },
    });
    collectDefaultMetrics({ register: this.registry });
  }

  readonly handleBid = (answer: BidAnswer, tookMs: number): void => {
    this.bids.inc({ answer: answer.ok ? 'accepted' : answer.reason });
    this.bidSeconds.observe(tookMs / 1000);
  };

  readonly handleInvariants = ({ atMs, invariants }: InvariantRun): void => {
    for (const holds of ['yes', 'no', 'unknown'] as const) {
      this.invariants.set({ holds }, invariants.filter((one) => one.holds === holds).length);
    }
    this.invariantsAt.set(Math.floor(atMs / 1000));
  };

  readonly handleClockJump = (): void => this.clockJumps.inc();

  /** Where open sockets are counted, once there is such a place. */
  socketsFrom(count: () => number, queuedBytes: () => number): void {
    this.countSockets = count;
    this.sumQueued = queuedBytes;
  }
}
