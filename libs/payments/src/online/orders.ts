import { createHash, randomUUID } from 'node:crypto';
import { type MembersService, type Seal, type Vault } from '@qingpai/members';
import { OneByOne, Refused, statusOf } from '@qingpai/platform';
import { type EventBody } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Bills } from '../bills.js';
import { buyersSeal } from '../buyersSeal.js';
import { type Cases } from '../cases.js';
import { type OrderRow } from '../entities.js';
import { ASK_AGAIN_AFTER_MS, ORDER_LEFT_MS_MIN, ORDER_OPEN_MS } from '../limits.js';
import { type Means, type MeansOfPayment } from '../means.js';
import { withFreight } from '../rules/freight.js';
import { judgedOrder } from '../rules/order.js';
import { type ShowSales } from '../sales.js';
import * as rows from './orderRows.js';
import { type KeptOrder } from './orderRows.js';
import { type PaymentProvider, type ProviderOrder } from './provider.js';

export interface OrdersParts {
  db: DataSource;
  members: MembersService;
  vault: Vault;
  sales: ShowSales;
  bills: Bills;
  cases: Cases;
  means: Means;
  /** Null: nothing is configured, and nothing is paid online. */
  provider: PaymentProvider | null;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/** An order that can be paid now, and where. */
export interface Payable {
  order: KeptOrder;
  payUrl: string;
}

type DueSale = { sale: string; amountFen: number };
/** What one order pays. */
interface Owed {
  due: readonly DueSale[];
  freightFen: number;
}

/**
 * Bills paid online. An order is a buyer's due sales, paid at once: one number of ours, one page at the provider's, one
 * charge at most. Whatever happens – a knock, a look, a poll – the provider is asked what is true, and the order moves
 * forward or stays. What is expected to fail throws `Refused`.
 */
export class OnlineOrders implements MeansOfPayment {
  readonly name = 'online';
  private readonly lines = new OneByOne();

  constructor(private readonly parts: OrdersParts) {
    parts.means.add(this);
  }

  /**
   * What this buyer owes, as an order with a page to pay it on; the same one until it closes or he owes something else.
   * Refuses: `no-online-payment`, `no-paddle`, `already-paid` (nothing is due), `fresh-unconfirmed`, `parcel-needed`,
   * `not-served`, `payment-pending`, `not-ready`.
   */
  pay(showId: string, memberId: string, returnUrl: string): Promise<Payable> {
    return this.lines.run(`buyer ${showId} ${memberId}`, async () => {
      const { bidder, sales, freight } = await this.parts.bills.ofMember(showId, memberId);
      const due = sales.filter(({ phase }) => phase === 'awaiting');
      if (due.length === 0) throw new Refused('already-paid');
      const living = await this.parts.sales.livingOf(showId, { bidder, memberId });
      if (living?.saidAtMs === null) throw new Refused('fresh-unconfirmed');
      if (freight.state === 'needs-parcel') throw new Refused('parcel-needed');
      if (freight.state === 'not-served') throw new Refused('not-served');
      const owed = { due, freightFen: freight.state === 'due' ? freight.feeFen : 0 };
      const current = await this.current(showId, bidder, owed);
      return current ?? this.begin(showId, bidder, owed, returnUrl);
    });
  }

  /** Asks the provider what has become of an order. Refuses: `not-found`, `not-ready`. */
  refresh(id: string): Promise<KeptOrder> {
    return this.lines.run(id, async () => {
      const kept = await this.find(id);
      const seen = await this.look(kept.row);
      if (seen !== null) await this.apply(kept, seen);
      return this.find(id);
    });
  }

  async letGo(showId: string, sales: readonly string[]): Promise<void> {
    for (const id of await rows.holding(this.parts.db.manager, showId, sales)) await this.close(id);
  }

  /** Asks for what nobody told us of. To be called now and then; answers how many could not be asked for. */
  async reconcile(): Promise<number> {
    if (this.parts.provider === null) return 0;
    const before = new Date(this.parts.nowMs() - ASK_AGAIN_AFTER_MS);
    const waiting = await rows.waitingSince(this.parts.db.manager, before);
    const cases = await this.parts.cases.openOf(waiting);
    let failed = 0;
    for (const id of waiting.filter((one) => !cases.has(one))) {
      await this.refresh(id).catch(() => (failed += 1));
    }
    return failed;
  }

  /** What the provider said when the money came. Refuses: `not-found`, also when its buyer asked to be erased. */
  async evidence(showId: string, id: string): Promise<Buffer> {
    const { row } = await this.find(id);
    const seal = await this.sealOf(row);
    if (row.showId !== showId || row.answer === null || seal === null) throw new Refused('not-found');
    return seal.open(row.answer, id);
  }

  async find(id: string): Promise<KeptOrder> {
    const kept = await rows.orderOf(this.parts.db.manager, id);
    if (!kept) throw new Refused('not-found');
    return kept;
  }

  /** The buyer's open order, if it still pays exactly what is due; any other is closed first. */
  private async current(showId: string, bidder: string, owed: Owed): Promise<Payable | null> {
    const all = await rows.ordersOf(this.parts.db.manager, { showId, bidder });
    for (const { row } of all.filter(({ row: { state } }) => state === 'open' || state === 'processing')) {
      const order = await this.refresh(row.id);
      if (order.row.state === 'paid') throw new Refused('already-paid');
      if (order.row.state === 'processing') throw new Refused('payment-pending');
      const payUrl = this.isStillFor(order, owed) ? await this.payUrlOf(order.row) : null;
      if (payUrl !== null) return { order, payUrl };
      if (order.row.state === 'open') await this.close(row.id);
    }
    return null;
  }

  private isStillFor({ row, sales }: KeptOrder, { due, freightFen }: Owed): boolean {
    const isLate = row.expiresAt.getTime() - this.parts.nowMs() < ORDER_LEFT_MS_MIN;
    return row.state === 'open' && !isLate && row.freightFen === freightFen && keyOf(sales) === keyOf(due);
  }

  private async payUrlOf({ ref }: OrderRow): Promise<string | null> {
    return ref === null ? null : (await this.provider().look(ref)).payUrl;
  }

  private async begin(
    showId: string,
    bidder: string,
    { due, freightFen }: Owed,
    returnUrl: string,
  ): Promise<Payable> {
    const ids = due.map(({ sale }) => sale);
    this.provider();
    await this.parts.means.freeFor(this, showId, ids);
    const amounts = { amountFen: sumFen(due) + freightFen, freightFen };
    const row = await this.newRow(showId, bidder, amounts, returnUrl);
    await rows.keepOrder(this.parts.db, row, due);
    const order = await this.refresh(row.id);
    const payUrl = order.row.state === 'open' ? await this.payUrlOf(order.row) : null;
    if (payUrl === null) throw new Refused('no-online-payment');
    return { order, payUrl };
  }

  private async newRow(
    showId: string,
    bidder: string,
    amounts: Pick<OrderRow, 'amountFen' | 'freightFen'>,
    returnUrl: string,
  ): Promise<OrderRow> {
    const createdAt = new Date(this.parts.nowMs());
    const { sealedFor } = await buyersSeal(this.parts, showId, bidder);
    return {
      ...{ id: randomUUID(), showId, bidder, ...amounts, returnUrl, sealedFor, state: 'open' as const },
      ...{ createdAt, consentAt: createdAt, expiresAt: new Date(createdAt.getTime() + ORDER_OPEN_MS) },
      ...{ ref: null, charge: null, answer: null, answerHash: null },
    };
  }

  /** Under our own number: asked again after a crash, the answer is the page that was made before. */
  private async look(row: OrderRow): Promise<ProviderOrder | null> {
    if (row.ref !== null) return this.provider().look(row.ref);
    const { id, amountFen, returnUrl } = row;
    try {
      const begun = await this.provider().begin({
        ...{ id, amountFen, returnUrl },
        expiresAtMs: row.expiresAt.getTime(),
      });
      await rows.keepRef(this.parts.db.manager, id, begun);
      return begun;
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== 'no-online-payment') throw error;
      await rows.move(this.parts.db.manager, id, ['open'], 'closed');
      return null;
    }
  }

  private close(id: string): Promise<void> {
    return this.lines.run(id, async () => {
      const kept = await this.find(id);
      const seen = await this.look(kept.row);
      if (seen !== null)
        await this.apply(kept, seen.page === 'open' ? await this.provider().close(seen.ref) : seen);
      const { row } = await this.find(id);
      if (row.state === 'open' || row.state === 'processing') throw new Refused('payment-pending');
    });
  }

  private async apply(kept: KeptOrder, seen: ProviderOrder): Promise<void> {
    const { row } = kept;
    const judged = judgedOrder(row, seen);
    if (judged.is === 'moves') {
      await rows.move(this.parts.db.manager, row.id, [row.state], judged.to);
    } else if (judged.is === 'paid') {
      await this.paid(kept, judged.charge, seen);
    } else if (judged.is === 'case') {
      const note = `${seen.ref} ${judged.charge ?? ''} ${seen.amountFen} ${seen.currency}`;
      await this.parts.cases.raise({ showId: row.showId, kind: judged.kind, subject: row.id, note });
    }
  }

  /** In one transaction: the leaves, and the order. */
  private async paid(kept: KeptOrder, charge: string, { answer }: ProviderOrder): Promise<void> {
    const { row, sales } = kept;
    const answerHash = sha256(answer);
    const proof = { charge, answerHash, answer: (await this.sealOf(row))?.seal(answer, row.id) ?? null };
    const bodies = withFreight(
      sales.map((one): EventBody<'sale.paid'> => ({
        ...{ sale: one.sale, amountFen: one.amountFen, channel: this.provider().channel },
        ...{ txn: sha256(charge).toString('base64'), evidence: answerHash.toString('base64') },
      })),
      row.freightFen,
    );
    const refusal = await this.parts.sales.pay(row.showId, 'platform', bodies, async (manager) => {
      // Money for an order that had let go: somebody else may hold its sales by now.
      if (await rows.isHeldElsewhere(manager, kept)) throw new Refused('payment-pending');
      const moved = await rows.move(manager, row.id, ['open', 'processing', 'closed'], 'paid', proof);
      if (!moved) throw new Refused('already-decided');
    });
    if (refusal === null) return;
    // The commit may have happened although its answer was lost, or another server was faster.
    if (['paid', 'stray', 'returned'].includes((await this.find(row.id)).row.state)) return;
    if (statusOf(refusal) >= 500) throw new Refused(refusal);
    await this.parts.db.transaction((manager) => this.stray(manager, row, proof, refusal));
  }

  /** The money is there and pays nothing: people send it back. */
  private async stray(
    manager: EntityManager,
    { id, showId }: OrderRow,
    proof: Pick<OrderRow, 'charge' | 'answer' | 'answerHash'>,
    refusal: string,
  ): Promise<void> {
    const moved = await rows.move(manager, id, ['open', 'processing', 'closed'], 'stray', proof);
    const note = `${proof.charge} ${refusal}`;
    if (moved)
      await this.parts.cases.raise({ showId, kind: 'money-without-sale', subject: id, note }, manager);
  }

  /** Null: its buyer asked to be erased; of what he paid, the hash stays. */
  private async sealOf({ sealedFor }: OrderRow): Promise<Seal | null> {
    const { members, vault } = this.parts;
    return sealedFor === null ? vault : ((await members.sealsOf([sealedFor])).get(sealedFor) ?? null);
  }

  private provider(): PaymentProvider {
    if (this.parts.provider === null) throw new Refused('no-online-payment');
    return this.parts.provider;
  }
}

export const sha256 = (of: string | Buffer): Buffer => createHash('sha256').update(of).digest();

const sumFen = (sales: readonly DueSale[]): number =>
  sales.reduce((sum, { amountFen }) => sum + amountFen, 0);

const keyOf = (sales: readonly DueSale[]): string =>
  sales
    .map(({ sale, amountFen }) => `${sale} ${amountFen}`)
    .sort()
    .join();
