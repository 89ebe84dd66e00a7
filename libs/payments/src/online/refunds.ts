import { randomUUID } from 'node:crypto';
import { OneByOne, Refused, statusOf } from '@qingpai/platform';
import { type MembersService } from '@qingpai/members';
import { type EventBody, type Refund, type refundAsk, type WaitingRefund } from '@qingpai/wire';
import { type DataSource, type EntityManager, In, LessThan, MoreThan, Not } from 'typeorm';
import { type z } from 'zod';
import { type Cases } from '../cases.js';
import { OrderRefundRow, OrderRow, OrderSaleRow } from '../entities.js';
import { ASK_AGAIN_AFTER_MS, ASKED_PER_ROUND_MAX } from '../limits.js';
import { endedRefunds, freightBackFen, leftToRefundFen, mayGiveAlone } from '../rules/order.js';
import { type ShowSales, type SoldSale } from '../sales.js';
import { move } from './orderRows.js';
import { sha256 } from './orders.js';
import { type PaymentProvider, type ProviderRefund } from './provider.js';

export interface RefundsParts {
  db: DataSource;
  members: MembersService;
  sales: ShowSales;
  cases: Cases;
  provider: PaymentProvider | null;
  nowMs: () => number;
}

/** Who asks or decides, and about which order. */
interface Asking {
  showId: string;
  orderId: string;
  memberId: string;
}

/** `claim`: the claim that is made good by it. */
type Ask = z.infer<typeof refundAsk> & { claim?: string };

/**
 * Money that goes back the way it came. First it is written down against what is left, then given, then it stands in
 * the log: a crash between any two is made good by asking again under the same number. Above what one person may give
 * back of a sale alone it waits for a second one's word; what was granted on a claim had its persons there already.
 */
export class OnlineRefunds {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: RefundsParts) {}

  /**
   * Refuses: `not-found`, `not-paid`, `unknown-sale`, `refund-above-paid`, `amount-differs` (stray money goes back whole),
   * `id-reused`, `no-online-payment`, `not-ready`.
   */
  async ask(showId: string, orderId: string, memberId: string, ask: Ask): Promise<Refund> {
    if (this.parts.provider === null) throw new Refused('no-online-payment');
    const { db, sales } = this.parts;
    const ground = { sold: await sales.salesOf(showId), aloneFen: await sales.aloneFenOf(showId) };
    await db.transaction((manager) => this.reserve(manager, { showId, orderId, memberId }, ask, ground));
    return shownRefund(await this.refresh(ask.refund));
  }

  /** The second person's word. Refuses: `not-found`, `already-decided`, `same-person`, `no-online-payment`, `not-ready`. */
  async decide({ showId, orderId, memberId }: Asking, refund: string, confirm: boolean): Promise<Refund> {
    const { db, sales } = this.parts;
    const sold = await sales.salesOf(showId);
    await db.transaction(async (manager) => {
      const order = await locked(manager, showId, orderId);
      const row = await manager.findOneBy(OrderRefundRow, { id: refund, orderId });
      if (!row) throw new Refused('not-found');
      if (row.state !== 'waiting') throw new Refused('already-decided');
      if (row.askedBy === memberId) throw new Refused('same-person');
      const before = await manager.findBy(OrderRefundRow, { orderId, id: Not(refund) });
      const freightFen = freightBackFen(
        order,
        before,
        row.amountFen,
        await otherPaidFen(manager, order, sold),
      );
      await manager.update(
        OrderRefundRow,
        { id: refund },
        {
          ...{ state: confirm ? 'asked' : 'dropped', freightFen: confirm ? freightFen : 0 },
          ...{ decidedBy: memberId, decidedAt: new Date(this.parts.nowMs()) },
        },
      );
    });
    return shownRefund(await this.refresh(refund));
  }

  /** Of a show, what waits for a second person, oldest first, as this member sees it. */
  async waitingOf(showId: string, memberId: string): Promise<WaitingRefund[]> {
    const { db, members, sales } = this.parts;
    const where = { showId, state: 'waiting' as const };
    const rows = await db.manager.find(OrderRefundRow, { where, order: { askedAt: 'ASC' } });
    if (rows.length === 0) return [];
    const orders = await db.manager.findBy(OrderRow, { id: In(rows.map(({ orderId }) => orderId)) });
    const contacts = await members.contactsOf([...new Set(rows.flatMap(({ askedBy }) => askedBy ?? []))]);
    const buyers = await sales.buyersOf(showId);
    return rows.map((row) => {
      const { bidder } = orders.find(({ id }) => id === row.orderId)!;
      const { refund, order, sale, amountFen } = shownRefund(row);
      return {
        ...{ refund, order, sale, amountFen },
        paddle: buyers.find((one) => one.bidder === bidder)!.paddle,
        askedBy: contacts.get(row.askedBy ?? '')?.nickname ?? '',
        askedAtMs: row.askedAt.getTime(),
        mine: row.askedBy === memberId,
      };
    });
  }

  /** Goes on where it stands. Refuses: `not-found`, `not-ready`. */
  refresh(id: string): Promise<OrderRefundRow> {
    return this.lines.run(id, async () => {
      const row = await this.find(id);
      if (row.state === 'asked') await this.give(row);
      return this.find(id);
    });
  }

  /**
   * Asks on for what nobody told us of, and gives back freight whose goods all went back; answers how many could not be
   * asked for.
   */
  async reconcile(): Promise<number> {
    if (this.parts.provider === null) return 0;
    return (await this.freightsBack()) + (await this.askOn());
  }

  private async askOn(): Promise<number> {
    const askedAt = LessThan(new Date(this.parts.nowMs() - ASK_AGAIN_AFTER_MS));
    const where = { state: 'asked' as const, askedAt };
    const waiting = await this.parts.db.manager.find(OrderRefundRow, { where, take: ASKED_PER_ROUND_MAX });
    const cases = await this.parts.cases.openOf(waiting.map(({ orderId }) => orderId));
    let failed = 0;
    for (const { id, orderId } of waiting) {
      if (!cases.has(orderId)) await this.refresh(id).catch(() => (failed += 1));
    }
    return failed;
  }

  /**
   * Freight goes back the way it came. Where the last of the goods went another way – by hand, or of another order – no
   * refund takes it along, and it goes back alone. Refused by the provider it is a case; when a person has settled that, it
   * is tried again, unless it was given back by hand meanwhile.
   */
  private async freightsBack(): Promise<number> {
    const { db, sales, cases } = this.parts;
    let failed = 0;
    for (const { showId, bidder } of await sales.allBack()) {
      const order = await freightOrderOf(db.manager, showId, bidder);
      if (!order || (await sales.freightOf(showId, bidder, null)).state !== 'paid') continue;
      if ((await cases.openOf([order.id])).size > 0) continue;
      const id = await db.transaction((manager) => this.reserveFreight(manager, order));
      if (id !== null) await this.refresh(id).catch(() => (failed += 1));
    }
    return failed;
  }

  /** Under the order's lock, as any refund of it; null: it is on its way. */
  private async reserveFreight(
    manager: EntityManager,
    { id: orderId, showId }: OrderRow,
  ): Promise<string | null> {
    const { freightFen } = await locked(manager, showId, orderId);
    if (await isFreightGoing(manager, orderId)) return null;
    const paid = await manager.find(OrderSaleRow, { where: { orderId }, order: { sale: 'ASC' } });
    const row: OrderRefundRow = {
      ...{
        id: randomUUID(),
        orderId,
        showId,
        sale: paid.at(-1)!.sale,
        claim: null,
        amountFen: 0,
        freightFen,
      },
      ...{ state: 'asked', ref: null, answerHash: null, askedBy: null, decidedBy: null, decidedAt: null },
      askedAt: new Date(this.parts.nowMs()),
    };
    await manager.insert(OrderRefundRow, row);
    return row.id;
  }

  /** Of these orders, what was given back or is to be; nobody is told of what may still be dropped. */
  async sumsOf(orderIds: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.parts.db.manager
      .createQueryBuilder(OrderRefundRow, 'r')
      .select('r.order_id', 'order')
      .addSelect('sum(r.amount_fen + r.freight_fen)', 'fen')
      .where(`r.order_id = ANY(:ids) AND r.state IN ('asked', 'given')`, { ids: orderIds })
      .groupBy('r.order_id')
      .getRawMany<{ order: string; fen: string }>();
    return new Map(rows.map(({ order, fen }) => [order, Number(fen)]));
  }

  /** Under the order's lock. */
  private async reserve(
    manager: EntityManager,
    { showId, orderId, memberId }: Asking,
    { refund: id, amountFen, ...named }: Ask,
    { sold, aloneFen }: { sold: readonly SoldSale[]; aloneFen: number },
  ): Promise<void> {
    const [sale, claim] = [named.sale ?? null, named.claim ?? null];
    const order = await locked(manager, showId, orderId);
    const known = await manager.findOneBy(OrderRefundRow, { id });
    if (known) {
      const isSame = known.orderId === orderId && known.sale === sale && known.amountFen === amountFen;
      if (isSame) return;
      throw new Refused('id-reused');
    }
    const cameFen = await cameFenOf(manager, order, sale);
    const before = await manager.findBy(OrderRefundRow, { orderId });
    const ofSale = before.filter((one) => one.sale === sale);
    if (amountFen > leftToRefundFen(cameFen, ofSale)) throw new Refused('refund-above-paid');
    if (sale === null && amountFen !== cameFen) throw new Refused('amount-differs');
    const freightFen = freightBackFen(order, before, amountFen, await otherPaidFen(manager, order, sold));
    const isAlone = claim !== null || mayGiveAlone(ofSale, amountFen + freightFen, aloneFen);
    const row: OrderRefundRow = {
      ...{ id, orderId, showId, sale, claim, amountFen, ref: null, answerHash: null },
      // Freight of what waits is counted when it goes: others may have gone before.
      ...(isAlone ? { state: 'asked', freightFen } : { state: 'waiting', freightFen: 0 }),
      ...{ askedBy: memberId, askedAt: new Date(this.parts.nowMs()), decidedBy: null, decidedAt: null },
    };
    await manager.insert(OrderRefundRow, row);
  }

  private async give(row: OrderRefundRow): Promise<void> {
    const { provider, db } = this.parts;
    if (provider === null) throw new Refused('no-online-payment');
    const { charge } = await db.manager.findOneByOrFail(OrderRow, { id: row.orderId });
    const { id, orderId: order } = row;
    const amountFen = row.amountFen + row.freightFen;
    const given = await provider
      .giveBack({ id, order, charge: charge!, amountFen })
      .catch((error: unknown) => {
        if (error instanceof Refused && error.reason === 'no-online-payment') return null;
        throw error;
      });
    if (given === null || given.state === 'failed') {
      await db.manager.update(OrderRefundRow, { id, state: 'asked' }, { state: 'failed' });
      // Nobody asked for it, so nobody is told otherwise.
      if (row.askedBy === null) await this.raise(row, `${id} failed`);
    } else if (given.state === 'given') {
      await (row.sale === null ? this.returned(row, given) : this.logged(row, row.sale, given));
    }
  }

  private async logged(row: OrderRefundRow, sale: string, given: ProviderRefund): Promise<void> {
    const { sales, provider } = this.parts;
    const body: EventBody<'sale.refunded'> = {
      ...{ sale, amountFen: row.amountFen, channel: provider!.channel },
      ...(row.freightFen > 0 && { freightFen: row.freightFen }),
      ...{ txn: sha256(given.ref).toString('base64'), evidence: sha256(given.answer).toString('base64') },
      ...(row.claim !== null && { claim: row.claim }),
    };
    const by = row.askedBy === null ? 'platform' : 'officer';
    const refusal = await sales.refund(row.showId, by, [body], (manager) => keep(manager, row, given));
    if (refusal === null || (await this.find(row.id)).state === 'given') return;
    if (statusOf(refusal) >= 500) throw new Refused(refusal);
    // It is with the buyer, and the log does not take it any more: the show is settled.
    await this.raise(row, `${given.ref} ${row.amountFen + row.freightFen} ${refusal}`);
  }

  private raise({ showId, orderId: subject }: OrderRefundRow, note: string): Promise<void> {
    return this.parts.cases.raise({ showId, kind: 'refund-unlogged', subject, note });
  }

  private returned(row: OrderRefundRow, given: ProviderRefund): Promise<void> {
    return this.parts.db.transaction(async (manager) => {
      await keep(manager, row, given);
      await move(manager, row.orderId, ['stray'], 'returned');
    });
  }

  private async find(id: string): Promise<OrderRefundRow> {
    const row = await this.parts.db.manager.findOneBy(OrderRefundRow, { id });
    if (!row) throw new Refused('not-found');
    return row;
  }
}

/** So that whoever asks at the same time, on whatever server, sees what is left after us. */
async function locked(manager: EntityManager, showId: string, id: string): Promise<OrderRow> {
  const order = await manager.findOne(OrderRow, {
    where: { id, showId },
    lock: { mode: 'pessimistic_write' },
  });
  if (!order) throw new Refused('not-found');
  return order;
}

/** What came in for this sale, or for a stray order as a whole. */
async function cameFenOf(
  manager: EntityManager,
  { id, state, amountFen }: OrderRow,
  sale: string | null,
): Promise<number> {
  if (state === 'stray' || state === 'returned') {
    if (sale !== null) throw new Refused('unknown-sale');
    return amountFen;
  }
  if (state !== 'paid') throw new Refused('not-paid');
  const paid = sale === null ? null : await manager.findOneBy(OrderSaleRow, { orderId: id, sale });
  if (!paid) throw new Refused('unknown-sale');
  return paid.amountFen;
}

/** What of his other payments is still with us: as long as that is so, a parcel goes to him. */
async function otherPaidFen(
  manager: EntityManager,
  { id, bidder }: OrderRow,
  sold: readonly SoldSale[],
): Promise<number> {
  const inIt = new Set((await manager.findBy(OrderSaleRow, { orderId: id })).map(({ sale }) => sale));
  return sold
    .filter((one) => one.bidder === bidder && one.phase === 'paid' && !inIt.has(one.sale))
    .reduce((sum, { amountFen, refundedFen }) => sum + amountFen - refundedFen, 0);
}

async function keep(
  manager: EntityManager,
  { id }: OrderRefundRow,
  { ref, answer }: ProviderRefund,
): Promise<void> {
  const given = { state: 'given' as const, ref, answerHash: sha256(answer) };
  const { affected } = await manager.update(OrderRefundRow, { id, state: 'asked' }, given);
  if (affected !== 1) throw new Refused('already-decided');
}

export const shownRefund = ({ id, orderId, sale, amountFen, state }: OrderRefundRow): Refund => ({
  ...{ refund: id, order: orderId, sale: sale ?? '', amountFen, state },
});

/** The paid order with which a buyer's freight came, and which has not given it back; null: it came by hand, or is back. */
export async function freightOrderOf(
  manager: EntityManager,
  showId: string,
  bidder: string,
): Promise<OrderRow | null> {
  const paid = { showId, bidder, state: 'paid' as const, freightFen: MoreThan(0) };
  for (const order of await manager.findBy(OrderRow, paid)) {
    if (!(await isFreightGoing(manager, order.id))) return order;
  }
  return null;
}

const isFreightGoing = (manager: EntityManager, orderId: string): Promise<boolean> =>
  manager.existsBy(OrderRefundRow, { orderId, freightFen: MoreThan(0), state: Not(In([...endedRefunds])) });
