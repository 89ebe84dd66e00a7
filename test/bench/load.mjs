import { wrong } from './oracle.mjs';
import { percentile } from './limits.mjs';

/** Bids on one hot lot, each bidder with one in flight, amounts that only rise. What was told is judged by the oracle. */
export class HotLot {
  amountFen;
  bids = 0;
  told = [];
  run = Math.round(performance.timeOrigin).toString(36);

  constructor({ desk, batches }, bidders) {
    this.desk = desk;
    this.batches = batches;
    this.bidders = bidders;
    this.amountFen = desk.state.lots.L1.offerings.at(-1).priceFen ?? 0;
  }

  next(bidder) {
    this.bids += 1;
    this.amountFen += 100;
    const bidId = `bench-${process.pid}-${this.run}-${this.bids}`;
    const bid = { bidId, lot: 'L1', offering: 1, amountFen: this.amountFen, confirmed: true };
    const began = performance.now();
    return this.desk.bid(bid, { bidder }).then((answer) => {
      this.told.push({ bid, bidder, answer, tookMs: performance.now() - began });
      return answer;
    });
  }

  /** Closed loops: as fast as the answers come. */
  async race(count, forMs) {
    const [toldBefore, batchesBefore] = [this.told.length, this.batches.length];
    const untilMs = performance.now() + forMs;
    const began = performance.now();
    await Promise.all(
      this.bidders.slice(0, count).map(async (bidder) => {
        while (performance.now() < untilMs) await this.next(bidder);
      }),
    );
    const seconds = (performance.now() - began) / 1_000;
    const told = this.told.slice(toldBefore);
    const batches = this.batches.slice(batchesBefore);
    const accepted = told.filter(({ answer }) => answer.ok).length;
    return {
      accepted: accepted / seconds,
      verdicts: told.length / seconds,
      batch: batches.reduce((sum, n) => sum + n, 0) / Math.max(1, batches.length),
      p50: percentile(
        told.map(({ tookMs }) => tookMs),
        0.5,
      ),
      p99: percentile(
        told.map(({ tookMs }) => tookMs),
        0.99,
      ),
    };
  }

  /** One at a time, two bidders in turn: how long an answer takes when nobody else asks. */
  async idle(times) {
    const took = [];
    for (let n = 0; n < times; n += 1) {
      const began = performance.now();
      await this.next(this.bidders[n % 2]);
      took.push(performance.now() - began);
    }
    return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
  }

  /** What the oracle says of everything told so far; empty: all is well. */
  async judged(ledger) {
    const { origin } = this.desk.state;
    const leaves = [];
    for await (const page of ledger.pages(origin, this.desk.head.size)) {
      for (const bytes of page) {
        const { type, i, body } = JSON.parse(bytes.toString('utf8'));
        const { bid, bidder, lot, amountFen } = body;
        if (type === 'bid.accepted') leaves.push({ type, i, body: { bid, bidder, lot, amountFen } });
      }
    }
    const { priceFen, leader } = this.desk.state.lots.L1.offerings.at(-1);
    return wrong({ told: this.told, leaves, lots: { L1: { priceFen, leader } } });
  }
}
