import { rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type DataSource, type EntityManager, In, MoreThan } from 'typeorm';
import { PaymentRow, PaymentSaleRow } from './entities.js';
import { disputeOf } from './cases.js';
import { claimSales } from './means.js';
import { type PaymentState } from './rules/payment.js';

/** A payment with the sales it pays. */
export interface KeptPayment {
  row: PaymentRow;
  sales: string[];
}

/** All payments of a show, newest first. */
export async function paymentsOf(
  manager: EntityManager,
  showId: string,
  max: number,
): Promise<KeptPayment[]> {
  const rows = await manager.find(PaymentRow, {
    where: { showId },
    order: { recordedAt: 'DESC' },
    take: max,
  });
  const sales = await manager.findBy(PaymentSaleRow, { paymentId: In(rows.map(({ id }) => id)) });
  return rows.map((row) => ({
    row,
    sales: sales.filter(({ paymentId }) => paymentId === row.id).map(({ sale }) => sale),
  }));
}

export async function paymentOf(
  manager: EntityManager,
  showId: string,
  id: string,
): Promise<KeptPayment | null> {
  const row = await manager.findOneBy(PaymentRow, { id, showId });
  if (!row) return null;
  const sales = await manager.findBy(PaymentSaleRow, { paymentId: id });
  return { row, sales: sales.map(({ sale }) => sale) };
}

/** Unique indexes by what it means to run into them: the database looks and writes in one act. */
const collisions: Record<string, Reason> = {
  payments_reference_once: 'reference-used',
  payment_sales_once: 'payment-pending',
};

/** Refuses: `reference-used`, `payment-pending`. */
export async function keepPayment(
  db: DataSource,
  row: PaymentRow,
  sales: readonly { sale: string; amountFen: number }[],
): Promise<void> {
  const { id: paymentId, showId } = row;
  const pays = sales.map(({ sale, amountFen }) => ({ paymentId, showId, sale, amountFen, rejected: false }));
  try {
    await db.transaction(async (manager) => {
      const ids = sales.map(({ sale }) => sale);
      await claimSales(manager, showId, ids);
      await manager.insert(PaymentRow, row);
      await manager.insert(PaymentSaleRow, pays);
    });
  } catch (error) {
    const collision = collisions[(error as { constraint?: string }).constraint ?? ''];
    throw collision === undefined ? error : new Refused(collision);
  }
}

/** Whether money was recorded for one of these sales, and nobody has said whether it came. */
export async function isRecorded(
  manager: EntityManager,
  showId: string,
  sales: readonly string[],
): Promise<boolean> {
  const rows = await manager.findBy(PaymentSaleRow, { showId, sale: In([...sales]), rejected: false });
  return manager.existsBy(PaymentRow, { id: In(rows.map(({ paymentId }) => paymentId)), state: 'recorded' });
}

/** Whether a payment that waits for its second person holds the freight of this buyer. */
export const isFreightRecorded = (manager: EntityManager, showId: string, bidder: string): Promise<boolean> =>
  manager.existsBy(PaymentRow, { showId, bidder, state: 'recorded', freightFen: MoreThan(0) });

/**
 * Inside the caller's transaction. Refuses: `already-decided`, should another server have been faster, and
 * `payment-disputed` for confirming what somebody disputes.
 */
export async function decidePayment(
  manager: EntityManager,
  id: string,
  decision: { state: Exclude<PaymentState, 'recorded'>; decidedBy: string; decidedAt: Date },
): Promise<void> {
  const { affected } = await manager.update(PaymentRow, { id, state: 'recorded' }, decision);
  if (affected !== 1) throw new Refused('already-decided');
  // Its row is ours now: whoever disputes it in this moment waits for us.
  if (decision.state === 'confirmed' && (await disputeOf(manager, id)) !== null) {
    throw new Refused('payment-disputed');
  }
  if (decision.state === 'rejected') {
    await manager.update(PaymentSaleRow, { paymentId: id }, { rejected: true });
  }
}

export async function setPhoto(
  manager: EntityManager,
  id: string,
  photo: string,
  photoHash: Buffer,
): Promise<void> {
  await manager.update(PaymentRow, { id, state: 'recorded' }, { photo, photoHash });
}

/** Takes the photos off the payments of erased buyers; answers those that no other payment shows. */
export async function dropPhotosOfErased(manager: EntityManager): Promise<string[]> {
  const dropped = await rowsOf<{ photo: string }>(
    manager,
    `UPDATE payments p SET photo = NULL, photo_hash = NULL FROM payments old
     WHERE old.id = p.id AND p.photo IS NOT NULL AND p.sealed_for IN (SELECT id FROM members WHERE state = 'erased')
     RETURNING old.photo`,
    [],
  );
  const names = [...new Set(dropped.map(({ photo }) => photo))];
  const shown = await manager.findBy(PaymentRow, { photo: In(names) });
  return names.filter((name) => !shown.some(({ photo }) => photo === name));
}
