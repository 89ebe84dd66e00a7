import { type OrderState } from '@qingpai/wire';
import { type DataSource, type EntityManager, In, LessThan } from 'typeorm';
import { OrderRow, OrderSaleRow } from '../entities.js';
import { ASKED_PER_ROUND_MAX, ORDERS_PER_SHOW_MAX } from '../limits.js';
import { claimSales } from '../means.js';
import { type ProviderOrder } from './provider.js';

/** An order with what it pays. */
export interface KeptOrder {
  row: OrderRow;
  sales: OrderSaleRow[];
}

const waiting: OrderState[] = ['open', 'processing'];

/** Inside one transaction with its claim. Refuses `payment-pending`. */
export async function keepOrder(
  db: DataSource,
  row: OrderRow,
  sales: readonly { sale: string; amountFen: number }[],
): Promise<void> {
  const { id: orderId, showId } = row;
  await db.transaction(async (manager) => {
    const ids = sales.map(({ sale }) => sale);
    await claimSales(manager, showId, ids);
    await manager.insert(OrderRow, row);
    const rows = sales.map(({ sale, amountFen }) => ({ orderId, showId, sale, amountFen, letGo: false }));
    await manager.insert(OrderSaleRow, rows);
  });
}

export async function orderOf(manager: EntityManager, id: string): Promise<KeptOrder | null> {
  const row = await manager.findOneBy(OrderRow, { id });
  return row && { row, sales: await manager.findBy(OrderSaleRow, { orderId: id }) };
}

export async function ordersOf(
  manager: EntityManager,
  where: { showId: string; bidder?: string },
): Promise<KeptOrder[]> {
  const rows = await manager.find(OrderRow, {
    where,
    order: { createdAt: 'DESC' },
    take: ORDERS_PER_SHOW_MAX,
  });
  const sales = await manager.findBy(OrderSaleRow, { orderId: In(rows.map(({ id }) => id)) });
  return rows.map((row) => ({ row, sales: sales.filter(({ orderId }) => orderId === row.id) }));
}

/** Numbers of orders that hold one of these sales. */
export async function holding(
  manager: EntityManager,
  showId: string,
  sales: readonly string[],
): Promise<string[]> {
  const rows = await manager.findBy(OrderSaleRow, { showId, sale: In([...sales]), letGo: false });
  return [...new Set(rows.map(({ orderId }) => orderId))];
}

export async function waitingSince(manager: EntityManager, before: Date): Promise<string[]> {
  const where = { state: In(waiting), createdAt: LessThan(before) };
  const rows = await manager.find(OrderRow, {
    where,
    order: { createdAt: 'ASC' },
    take: ASKED_PER_ROUND_MAX,
  });
  return rows.map(({ id }) => id);
}

/** Whether it moved: another server may have been faster. */
export async function move(
  manager: EntityManager,
  id: string,
  from: readonly OrderState[],
  to: OrderState,
  more: Partial<Pick<OrderRow, 'charge' | 'answer' | 'answerHash'>> = {},
): Promise<boolean> {
  const { affected } = await manager.update(OrderRow, { id, state: In([...from]) }, { state: to, ...more });
  if (affected !== 1) return false;
  await manager.update(OrderSaleRow, { orderId: id }, { letGo: to !== 'paid' && !waiting.includes(to) });
  return true;
}

/** The page's number, kept once. */
export async function keepRef(manager: EntityManager, id: string, { ref }: ProviderOrder): Promise<void> {
  await manager.update(OrderRow, { id }, { ref });
}

/** Whether another means or order holds a sale of an order that had let go of them. */
export async function isHeldElsewhere(
  manager: EntityManager,
  { row: { id, showId }, sales }: KeptOrder,
): Promise<boolean> {
  const ids = sales.map(({ sale }) => sale);
  const [{ held }] = (await manager.query(
    `SELECT EXISTS (SELECT FROM order_sales WHERE show_id = $1 AND sale = ANY($2) AND NOT let_go AND order_id <> $3)
       OR EXISTS (SELECT FROM payment_sales WHERE show_id = $1 AND sale = ANY($2) AND NOT rejected) AS held`,
    [showId, ids, id],
  )) as [{ held: boolean }];
  return held;
}
