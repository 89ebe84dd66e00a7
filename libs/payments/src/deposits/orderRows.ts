import { type EntityManager, In, LessThan, Not } from 'typeorm';
import { ASKED_PER_ROUND_MAX } from '../limits.js';
import { type DepositOrderState, statesBefore } from '../rules/depositOrder.js';
import { DepositOrderRow, DepositRefundRow } from './entities.js';

const waiting: DepositOrderState[] = ['open', 'processing'];

export const openOrderOf = (
  manager: EntityManager,
  showId: string,
  bidder: string,
): Promise<DepositOrderRow | null> =>
  manager.findOneBy(DepositOrderRow, { showId, bidder, state: In(waiting) });

/** Oldest first: what may still come, before this moment. */
export const waitingSince = (manager: EntityManager, before: Date): Promise<DepositOrderRow[]> =>
  manager.find(DepositOrderRow, {
    where: { state: In(waiting), createdAt: LessThan(before) },
    order: { createdAt: 'ASC' },
    take: ASKED_PER_ROUND_MAX,
  });

/** Money that is with us. */
export const withUs = (manager: EntityManager): Promise<DepositOrderRow[]> =>
  manager.findBy(DepositOrderRow, { state: In(['paid', 'stray']) });

/** Whether it moved: another server may have been faster. */
export async function moveOrder(
  manager: EntityManager,
  id: string,
  to: DepositOrderState,
  more: Partial<Pick<DepositOrderRow, 'charge' | 'answer' | 'answerHash'>> = {},
): Promise<boolean> {
  const where = { id, state: In(statesBefore(to)) };
  const { affected } = await manager.update(DepositOrderRow, where, { state: to, ...more });
  return affected === 1;
}

/** The way back of this order that goes on, made where there is none; two servers make one. */
export async function refundOf(
  manager: EntityManager,
  fresh: Pick<DepositRefundRow, 'id' | 'orderId' | 'amountFen' | 'askedAt'>,
): Promise<DepositRefundRow> {
  const row = { ...fresh, state: 'asked' as const, ref: null, answerHash: null };
  await manager.createQueryBuilder().insert().into(DepositRefundRow).values(row).orIgnore().execute();
  return manager.findOneByOrFail(DepositRefundRow, { orderId: fresh.orderId, state: Not('failed') });
}
