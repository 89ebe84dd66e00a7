import { enqueue, type Jobs, Refused } from '@qingpai/platform';
import { pseudonym, type Reason, showId as showIdOf } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { z } from 'zod';
import { PAY_WINDOW_RETRY_MS, REMIND_BEFORE_MS } from './limits.js';
import { claimSales, type Means } from './means.js';
import { type ShowSales, type SoldSale } from './sales.js';

export interface PayWindowsParts {
  db: DataSource;
  jobs: Jobs;
  sales: ShowSales;
  means: Means;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
  warn: (event: string, details: Record<string, unknown>) => void;
}

const ofOneBuyer = z.object({ showId: showIdOf, bidder: pseudonym });
type OneBuyer = z.infer<typeof ofOneBuyer>;

/**
 * The time in which a bill is to be paid. When a show is closed, each buyer's bill gets a job at its deadline, and reminders
 * before it; the job puts in default what is not paid by then. Closing does not depend on it: what was missed is caught up
 * with. A job that comes late, or twice, looks at what is true now; one that comes early waits on.
 */
export class PayWindows {
  constructor(private readonly parts: PayWindowsParts) {
    const { jobs, sales, warn } = parts;
    jobs.handle('pay-window', (payload) => this.end(ofOneBuyer.parse(payload)));
    sales.onOwed((showId, now) => {
      this.schedule(showId, now, true).catch((error: unknown) =>
        warn('pay-windows.not-scheduled', { show: showId, error: String(error) }),
      );
    });
  }

  /** What a crash between a close and its jobs left out, or an older version closed. Asking twice changes nothing. */
  async catchUp(): Promise<void> {
    const { sales } = this.parts;
    for (const showId of await sales.showsOwed()) {
      await this.schedule(showId, await sales.salesOf(showId), false);
    }
  }

  /** @param isNews the close or the new deadline was just now: who owes is told at once */
  private async schedule(showId: string, sales: readonly SoldSale[], isNews: boolean): Promise<void> {
    const { db, nowMs } = this.parts;
    const deadlines = deadlinesOf(sales);
    await db.transaction(async (manager) => {
      for (const [bidder, payByMs] of deadlines) {
        await this.ask(manager, { showId, bidder }, payByMs);
        if (isNews) await remind(manager, { showId, bidder }, 'now', nowMs());
        for (const [when, beforeMs] of Object.entries(REMIND_BEFORE_MS)) {
          const atMs = payByMs - beforeMs;
          if (atMs > nowMs()) await remind(manager, { showId, bidder }, when, atMs);
        }
      }
    });
  }

  /**
   * What this buyer has not paid by now, is in default. Money that may be on its way is waited for: a payment by hand that
   * was recorded and not decided, a page at the provider's that was paid and not confirmed. A page nobody has paid on is
   * closed first, so that no money comes for what is in default.
   */
  async end({ showId, bidder }: OneBuyer): Promise<void> {
    const { sales, means, nowMs, db } = this.parts;
    const his = (await sales.salesOf(showId)).filter((sale) => sale.bidder === bidder && isOwed(sale));
    const late = his.filter(({ payByMs }) => payByMs! <= nowMs()).map(({ sale }) => sale);
    const next = Math.min(...his.map(({ payByMs }) => payByMs!).filter((payByMs) => payByMs > nowMs()));
    if (Number.isFinite(next)) await this.ask(db.manager, { showId, bidder }, next);
    if (late.length === 0) return;
    const refusal = await this.default(showId, late, means);
    if (refusal === 'payment-pending') {
      await this.ask(db.manager, { showId, bidder }, nowMs() + PAY_WINDOW_RETRY_MS);
    } else if (refusal !== null) {
      // Paid in this moment, or the desk is away: looked at again soon.
      throw new Error(`not put in default: ${refusal}`);
    }
  }

  private async default(showId: string, late: readonly string[], means: Means): Promise<Reason | null> {
    try {
      await means.letGoAll(showId, late);
      // Under the lock of those who claim sales: nobody begins to pay while we write.
      return await this.parts.sales.default(showId, late, (manager) => claimSales(manager, showId, late));
    } catch (error) {
      if (error instanceof Refused) return error.reason;
      throw error;
    }
  }

  private ask(manager: EntityManager, buyer: OneBuyer, atMs: number): Promise<void> {
    return enqueue(manager, 'pay-window', buyer, atMs, `pay-window/${buyer.showId}/${buyer.bidder}`);
  }
}

/** The room tells him, on every page that he has open; who comes later sees it there. */
const remind = (manager: EntityManager, buyer: OneBuyer, when: string, atMs: number): Promise<void> =>
  enqueue(manager, 'pay-reminder', buyer, atMs, `pay-reminder/${buyer.showId}/${buyer.bidder}/${when}`);

const isOwed = ({ phase, payByMs }: SoldSale): boolean => phase === 'awaiting' && payByMs !== null;

/** By buyer, the earliest moment at which something of his is late. */
function deadlinesOf(sales: readonly SoldSale[]): Map<string, number> {
  const deadlines = new Map<string, number>();
  for (const { bidder, payByMs } of sales.filter(isOwed)) {
    deadlines.set(bidder, Math.min(payByMs!, deadlines.get(bidder) ?? Infinity));
  }
  return deadlines;
}
