import { Refused } from '@qingpai/platform';
import { type DataSource, IsNull, LessThan, Not } from 'typeorm';
import { z } from 'zod';
import { type Cases } from '../cases.js';
import { DepositOrderRow } from '../deposits/entities.js';
import { OrderRefundRow, OrderRow, ProviderEventRow } from '../entities.js';
import { ASK_AGAIN_AFTER_MS, ASKED_PER_ROUND_MAX } from '../limits.js';
import { type OnlineDeposits } from '../deposits/onlineDeposits.js';
import { type OnlineOrders } from './orders.js';
import { type Knock, type PaymentProvider } from './provider.js';
import { type OnlineRefunds } from './refunds.js';

export interface KnocksParts {
  db: DataSource;
  orders: OnlineOrders;
  refunds: OnlineRefunds;
  deposits: OnlineDeposits;
  cases: Cases;
  provider: PaymentProvider | null;
  nowMs: () => number;
}

/**
 * What the provider tells by itself. Signed, but only a knock: it may come late, twice, in any order or never, and in
 * the shape of another year. So each is kept by its number, and the thing it is about is asked for.
 */
export class Knocks {
  constructor(private readonly parts: KnocksParts) {}

  /** Throws where it must come again: an order that we do not know (yet), or one that could not be asked for. */
  async hear(body: Buffer, signature: string): Promise<'applied' | 'again' | 'ignored'> {
    const { provider, db, nowMs } = this.parts;
    if (provider === null) throw new Refused('no-online-payment');
    const knock = provider.knock(body, signature, nowMs());
    const orderId = await this.orderAbout(knock);
    if (orderId === null) return 'ignored';
    await db.manager
      .createQueryBuilder()
      .insert()
      .into(ProviderEventRow)
      .values({ id: knock.id, type: knock.type, orderId, receivedAt: new Date(nowMs()) })
      .orIgnore()
      .execute();
    const { appliedAt } = await db.manager.findOneByOrFail(ProviderEventRow, { id: knock.id });
    if (appliedAt !== null) return 'again';
    await this.apply(knock, orderId);
    return (await this.applied(knock.id)) ? 'applied' : 'again';
  }

  /** Knocks that were kept and could not be applied then; answers how many still cannot. */
  async reconcile(): Promise<number> {
    const { db, nowMs } = this.parts;
    const receivedAt = LessThan(new Date(nowMs() - ASK_AGAIN_AFTER_MS));
    const where = { appliedAt: IsNull(), orderId: Not(IsNull()), receivedAt };
    const waiting = await db.manager.find(ProviderEventRow, { where, take: ASKED_PER_ROUND_MAX });
    // A refund that waits is asked for by itself; a case is raised when its knock comes again.
    const left = waiting.filter(({ type }) => isOfOrder(type));
    let failed = 0;
    for (const { id, orderId } of left) {
      await this.refresh(orderId!).then(
        () => this.applied(id),
        () => (failed += 1),
      );
    }
    return failed;
  }

  /** Null: not ours, nothing to keep. */
  private async orderAbout({ about }: Knock): Promise<string | null> {
    if (about.kind === 'other') return null;
    if (about.kind === 'order') return z.uuid().safeParse(about.order).success ? about.order : null;
    if (about.charge === null) return null;
    const { db, deposits } = this.parts;
    const { charge } = about;
    const order = (await db.manager.findOneBy(OrderRow, { charge })) ?? (await deposits.ofCharge(charge));
    return order?.id ?? null;
  }

  /** Whether a bill or a deposit is paid by it. */
  private async refresh(orderId: string): Promise<unknown> {
    const { orders, deposits } = this.parts;
    return (await deposits.knows(orderId)) ? deposits.refresh(orderId) : orders.refresh(orderId);
  }

  private async apply({ about, id, type }: Knock, orderId: string): Promise<void> {
    const { db, refunds, deposits, cases } = this.parts;
    if (about.kind === 'order') {
      await this.refresh(orderId).catch((error: unknown) => {
        // Its commit may be under way on another server, or in a backup that is being restored: it must come again.
        throw error instanceof Refused ? new Refused(error.reason, 500) : error;
      });
      return;
    }
    const isDeposit = await deposits.knows(orderId);
    const rows = isDeposit ? DepositOrderRow : OrderRow;
    const { showId } = await db.manager.findOneByOrFail<OrderRow | DepositOrderRow>(rows, { id: orderId });
    if (about.kind === 'chargeback') {
      await cases.raise({ showId, kind: 'chargeback', subject: orderId, note: about.charge! });
      return;
    }
    const refund = z.uuid().safeParse(about.kind === 'refund' ? about.refund : null).data;
    if (isDeposit && refund && (await deposits.knowsRefund(refund, orderId))) {
      await deposits.refresh(orderId);
      return;
    }
    const ours = refund ? await db.manager.findOneBy(OrderRefundRow, { id: refund, orderId }) : null;
    if (ours) await refunds.refresh(ours.id);
    else await cases.raise({ showId, kind: 'refund-elsewhere', subject: orderId, note: `${type} ${id}` });
  }

  /** Whether it was us who applied it. */
  private async applied(id: string): Promise<boolean> {
    const { affected } = await this.parts.db.manager
      .createQueryBuilder()
      .update(ProviderEventRow)
      .set({ appliedAt: new Date(this.parts.nowMs()), times: () => 'times + 1' })
      .where('id = :id AND applied_at IS NULL', { id })
      .execute();
    return affected === 1;
  }
}

const isOfOrder = (type: string): boolean => /^(checkout\.session|payment_intent)\./.test(type);
