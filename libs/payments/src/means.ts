import { rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type EntityManager } from 'typeorm';

/**
 * A means by which bills are paid. By hand and online are equals: each claims sales before money comes, keeps what
 * proves that it came, and ends in `sale.paid`. What one holds, the other does not take.
 */
export interface MeansOfPayment {
  readonly name: 'by-hand' | 'online';
  /** Makes these sales free for another means. Refuses `payment-pending` when money may be on its way. */
  letGo(showId: string, sales: readonly string[]): Promise<void>;
}

/** The means of a house, so that each can ask the others to let go. */
export class Means {
  private readonly all: MeansOfPayment[] = [];

  add(means: MeansOfPayment): void {
    this.all.push(means);
  }

  async freeFor(means: MeansOfPayment, showId: string, sales: readonly string[]): Promise<void> {
    for (const other of this.all) if (other !== means) await other.letGo(showId, sales);
  }

  /** Nobody pays these any more. Refuses `payment-pending` when money may be on its way. */
  async letGoAll(showId: string, sales: readonly string[]): Promise<void> {
    for (const means of this.all) await means.letGo(showId, sales);
  }
}

/**
 * Until the caller's transaction ends, nobody else claims sales of this show, on whatever server. Refuses
 * `payment-pending` when somebody has claimed one.
 */
export async function claimSales(
  manager: EntityManager,
  showId: string,
  sales: readonly string[],
): Promise<void> {
  await manager.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`claims of ${showId}`]);
  const claimed = await rowsOf(
    manager,
    `SELECT sale FROM payment_sales WHERE show_id = $1 AND sale = ANY($2) AND NOT rejected
     UNION ALL SELECT sale FROM order_sales WHERE show_id = $1 AND sale = ANY($2) AND NOT let_go`,
    [showId, sales],
  );
  if (claimed.length > 0) throw new Refused('payment-pending');
}
