import { type BidAnswer } from '@qingpai/wire';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What an operator watches, for Prometheus. One registry per server, so that two in one process (tests) do not
 * meet. Nothing here delays a bid: it is counted when its answer is known.
 */
export class Metrics {
  readonly registry = new Registry();
  private countSockets: () => number = () => 0;
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
    collectDefaultMetrics({ register: this.registry });
  }

  readonly handleBid = (answer: BidAnswer, tookMs: number): void => {
    this.bids.inc({ answer: answer.ok ? 'accepted' : answer.reason });
    this.bidSeconds.observe(tookMs / 1000);
  };

  /** Where open sockets are counted, once there is such a place. */
  socketsFrom(count: () => number): void {
    this.countSockets = count;
  }
}
