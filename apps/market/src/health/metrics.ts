import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/**
 * What an operator watches, for Prometheus. One registry per server, so that two in one process (tests) do not
 * meet. Nothing here is on the way of a bid: it is counted after its answer.
 */
export class Metrics {
  readonly registry = new Registry();
  readonly sockets = new Gauge({ name: 'qingpai_sockets', help: 'Open sockets', registers: [this.registry] });
  readonly bids = new Counter({
    name: 'qingpai_bids_total',
    help: 'Answered bids, by reason; accepted ones have reason="accepted"',
    labelNames: ['reason'],
    registers: [this.registry],
  });
  readonly commitSeconds = new Histogram({
    name: 'qingpai_commit_seconds',
    help: 'Time of one group commit',
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }
}
