import { type MyPayment, type OnlineOrder } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type Bills } from '../bills.js';
import { type Cases } from '../cases.js';
import { PaymentRow } from '../entities.js';
import { type ShowDeposits } from '../deposits/port.js';
import { type Counter } from '../options.js';
import { type Parcels } from '../parcels.js';
import { freightTableOf } from '../rules/freight.js';
import { type Buyer, type ShowSales } from '../sales.js';
import { type KeptOrder, ordersOf } from './orderRows.js';
import { type PaymentProvider } from './provider.js';
import { type OnlineRefunds } from './refunds.js';

export interface MyPaymentsParts {
  db: DataSource;
  sales: ShowSales;
  bills: Bills;
  parcels: Parcels;
  cases: Cases;
  refunds: OnlineRefunds;
  provider: PaymentProvider | null;
  counter: Counter;
  deposits: ShowDeposits;
}

/** Online payments as people see them: the buyer on his pay page, host and officer in a list. */
export class MyPayments {
  constructor(private readonly parts: MyPaymentsParts) {}

  /** Refuses: `no-paddle`. */
  async of(showId: string, memberId: string): Promise<MyPayment> {
    const { db, bills, sales, parcels, provider, counter } = this.parts;
    const bill = await bills.ofMember(showId, memberId);
    const { bidder } = bill;
    const [orders, byHand] = await Promise.all([
      ordersOf(db.manager, { showId, bidder }),
      db.manager.find(PaymentRow, { where: { showId, bidder }, order: { recordedAt: 'DESC' } }),
    ]);
    const rule = await sales.freightRuleOf(showId);
    const disputes = await this.parts.cases.openOf(byHand.map(({ id }) => id));
    return {
      bill,
      ...counter,
      freightTable: rule === null ? 'none' : freightTableOf(rule),
      offered: (await parcels.offeredTo(memberId)) ?? 'none',
      online: [...(provider?.methods ?? [])],
      paidByHand: byHand.map(({ id, amountFen, channel, state }) => ({
        ...{ id, amountFen, channel, state },
        disputed: disputes.get(id)?.reason ?? 'no',
      })),
      orders: await this.shown(showId, orders),
      deposit: (await this.parts.deposits.depositsOf(showId)).askedFen !== null,
      living: await sales.livingOf(showId, { bidder, memberId }),
    };
  }

  async ofShow(showId: string): Promise<OnlineOrder[]> {
    return this.shown(showId, await ordersOf(this.parts.db.manager, { showId }));
  }

  async shown(showId: string, orders: readonly KeptOrder[]): Promise<OnlineOrder[]> {
    const [buyers, refunded] = await Promise.all([
      this.parts.sales.buyersOf(showId),
      this.parts.refunds.sumsOf(orders.map(({ row }) => row.id)),
    ]);
    return orders.map((one) => shownOrder(one, buyers, refunded.get(one.row.id) ?? 0));
  }
}

function shownOrder({ row, sales }: KeptOrder, buyers: readonly Buyer[], refundedFen: number): OnlineOrder {
  const buyer = buyers.find(({ bidder }) => bidder === row.bidder);
  if (!buyer) throw new Error(`bug: order ${row.id} of a bidder without a paddle`);
  return {
    ...{ order: row.id, bidder: row.bidder, paddle: buyer.paddle, refundedFen },
    sales: sales.map(({ sale }) => sale),
    ...{ amountFen: row.amountFen, state: row.state },
    createdAtMs: row.createdAt.getTime(),
    expiresAtMs: row.expiresAt.getTime(),
  };
}
