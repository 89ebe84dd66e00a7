import { createHash } from 'node:crypto';
import { type MembersService, type Vault } from '@qingpai/members';
import { OneByOne, Refused } from '@qingpai/platform';
import { type EventBody, type HandRefund, type handRefundAsk, type HandRefundList } from '@qingpai/wire';
import { type DataSource, type EntityManager, Not } from 'typeorm';
import { type z } from 'zod';
import { buyersSeal } from './buyersSeal.js';
import { HandRefundRow, OrderRefundRow, OrderRow, OrderSaleRow, PaymentRow } from './entities.js';
import { PAYMENTS_PER_SHOW_MAX } from './limits.js';
import { type Cashier } from './cashier.js';
import { freightOrderOf } from './online/refunds.js';
import { plainReference } from './rules/payment.js';
import { freightBackByHandFen, refusalOfGivingBack } from './rules/handRefund.js';
import { type ShowSales, type SoldSale } from './sales.js';

export interface HandRefundsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

type Ask = z.infer<typeof handRefundAsk>;

/**
 * Money that was paid by hand goes back by hand: one person writes down what he gave, up to a sealed sum of one sale;
 * above it a second confirms. With that it stands in the log, in the same transaction. What was granted on a claim had
 * its persons there already.
 */
export class HandRefunds {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: HandRefundsParts) {}

  /** All of a show, newest first, as this member sees them. */
  async list(showId: string, memberId: string): Promise<HandRefundList> {
    const rows = await this.parts.db.manager.find(HandRefundRow, {
      where: { showId },
      order: { askedAt: 'DESC' },
      take: PAYMENTS_PER_SHOW_MAX,
    });
    const [refunds, aloneFen, freights] = await Promise.all([
      this.shown(showId, rows, memberId),
      this.parts.sales.aloneFenOf(showId),
      this.freights(showId),
    ]);
    return { refunds, aloneFen, freights };
  }

  /**
   * The same number is the same refund. Refuses: `unknown-sale`, `not-paid`, `paid-online`, `refund-above-paid`,
   * `reference-used`, `id-reused`, and what the log refuses.
   * @param claim that it makes good
   */
  ask(showId: string, by: Cashier, ask: Ask, claim: string | null = null): Promise<HandRefund> {
    return this.lines.run(showId, async () => {
      const known = await this.parts.db.manager.findOneBy(HandRefundRow, { id: ask.refund });
      if (known) return this.again(showId, known, ask, by);
      const row = await this.kept(showId, by, ask, claim);
      if (await this.mayAlone(row)) await this.give(row, by);
      return this.one(showId, row.id, by.memberId);
    });
  }

  /** Refuses: `unknown-payment`, `already-decided`, `same-person`, and what the log refuses. */
  decide(showId: string, id: string, by: Cashier, confirm: boolean): Promise<HandRefund> {
    return this.lines.run(showId, async () => {
      const row = await this.find(showId, id);
      if (row.state !== 'waiting') throw new Refused('already-decided');
      if (row.askedBy === by.memberId) throw new Refused('same-person');
      await (confirm ? this.give(row, by) : this.decided(this.parts.db.manager, row, by, 'dropped'));
      return this.one(showId, id, by.memberId);
    });
  }

  private again(showId: string, known: HandRefundRow, ask: Ask, by: Cashier): Promise<HandRefund> {
    const isSame = known.showId === showId && known.sale === ask.sale && known.amountFen === ask.amountFen;
    if (!isSame) throw new Refused('id-reused');
    return this.one(showId, known.id, by.memberId);
  }

  private async kept(showId: string, by: Cashier, ask: Ask, claim: string | null): Promise<HandRefundRow> {
    const { db, sales } = this.parts;
    const sale = (await sales.salesOf(showId)).find((one) => one.sale === ask.sale);
    if (!sale) throw new Refused('unknown-sale');
    const waitingFen = await this.waitingFen(showId, ask.sale);
    const refusal = refusalOfGivingBack(sale, waitingFen, ask.amountFen);
    if (refusal !== null) throw new Refused(refusal);
    const { refund: id, amountFen, channel, reference } = ask;
    // Of freight alone it does not matter how its goods were paid.
    if (amountFen > 0 && (await isPaidOnline(db.manager, showId, ask.sale))) throw new Refused('paid-online');
    const freightFen = await this.freightBackFen(showId, sale, amountFen, true);
    if (amountFen + freightFen === 0) throw new Refused('freight-stays');
    const referenceHash = createHash('sha256').update(plainReference(reference)).digest();
    // Money in and money out are two transfers.
    if (await db.manager.existsBy(PaymentRow, { showId, referenceHash })) throw new Refused('reference-used');
    const { sealedFor, seal } = await buyersSeal(this.parts, showId, sale.bidder);
    const row: HandRefundRow = {
      ...{ id, showId, sale: ask.sale, claim, bidder: sale.bidder, amountFen },
      ...{ freightFen, channel, sealedFor },
      reference: seal.seal(Buffer.from(reference), id),
      referenceHash,
      ...{ state: 'waiting', askedBy: by.memberId, askedAt: this.now(), decidedBy: null, decidedAt: null },
    };
    await db.manager.insert(HandRefundRow, row).catch((error: { constraint?: string }) => {
      throw error.constraint === 'hand_refunds_reference_once' ? new Refused('reference-used') : error;
    });
    return row;
  }

  private async waitingFen(showId: string, sale: string): Promise<number> {
    const waiting = await this.parts.db.manager.findBy(HandRefundRow, { showId, sale, state: 'waiting' });
    return waiting.reduce((sum, { amountFen }) => sum + amountFen, 0);
  }

  /**
   * Freight that goes back beside so much of this sale, or alone. What came online goes back there.
   * @param isAsked others that wait go back too, as far as anybody knows
   */
  private async freightBackFen(
    showId: string,
    { bidder }: SoldSale,
    amountFen: number,
    isAsked: boolean,
  ): Promise<number> {
    const his = (await this.parts.sales.salesOf(showId)).filter((one) => one.bidder === bidder);
    const going = await Promise.all(
      his.map(async (one) => ({ ...one, waitingFen: isAsked ? await this.waitingFen(showId, one.sale) : 0 })),
    );
    return freightBackByHandFen(going, amountFen, await this.freightHeldFen(showId, bidder));
  }

  /** Of a buyer, what came by hand; and what came online, where the provider refused to give it back. */
  private async freightHeldFen(showId: string, bidder: string): Promise<number> {
    const { sales, db } = this.parts;
    const { state, feeFen } = await sales.freightOf(showId, bidder, null);
    if (state !== 'paid') return 0;
    const order = await freightOrderOf(db.manager, showId, bidder);
    return order === null || (await hasFailedFreight(db.manager, order.id)) ? feeFen : 0;
  }

  private async freights(showId: string): Promise<HandRefundList['freights']> {
    const buyers = await this.parts.sales.buyersOf(showId);
    const held = await Promise.all(
      buyers.map(async ({ bidder, paddle }) => ({
        ...{ paddle, freightFen: await this.freightHeldFen(showId, bidder) },
      })),
    );
    return held.filter(({ freightFen }) => freightFen > 0);
  }

  /** Small sums add up: what counts is all that went back of the sale, and what is to. */
  private async mayAlone({ showId, sale, claim, freightFen }: HandRefundRow): Promise<boolean> {
    if (claim !== null) return true;
    const { sales } = this.parts;
    const { refundedFen } = (await sales.salesOf(showId)).find((one) => one.sale === sale)!;
    return (
      refundedFen + freightFen + (await this.waitingFen(showId, sale)) <= (await sales.aloneFenOf(showId))
    );
  }

  /** Who asked and may give alone is told at once, and nothing stays behind. */
  private async letGo(row: HandRefundRow, by: Cashier): Promise<void> {
    if (row.askedBy === by.memberId) await this.decided(this.parts.db.manager, row, by, 'dropped');
  }

  private async give(row: HandRefundRow, by: Cashier): Promise<void> {
    const { sale, amountFen, freightFen, channel, claim, showId, id } = row;
    // Another that was to go back before was dropped meanwhile, or was confirmed first.
    const sold = (await this.parts.sales.salesOf(showId)).find((one) => one.sale === sale)!;
    if (freightFen > 0 && (await this.freightBackFen(showId, sold, amountFen, false)) !== freightFen) {
      await this.letGo(row, by);
      throw new Refused('freight-stays');
    }
    const body: EventBody<'sale.refunded'> = {
      ...{ sale, amountFen, channel, txn: row.referenceHash.toString('base64') },
      ...(freightFen > 0 && { freightFen }),
      ...(claim !== null && { claim }),
    };
    const refusal = await this.parts.sales.refund(showId, by.role, [body], (manager) =>
      this.decided(manager, row, by, 'given'),
    );
    // The commit may have happened although its answer was lost; then the row says so.
    if (refusal === null || (await this.find(showId, id)).state === 'given') return;
    await this.letGo(row, by);
    throw new Refused(refusal);
  }

  private async decided(
    manager: EntityManager,
    { id }: HandRefundRow,
    by: Cashier,
    state: 'given' | 'dropped',
  ): Promise<void> {
    const decision = { state, decidedBy: by.memberId, decidedAt: this.now() };
    const { affected } = await manager.update(HandRefundRow, { id, state: 'waiting' }, decision);
    if (affected !== 1) throw new Refused('already-decided');
  }

  private async find(showId: string, id: string): Promise<HandRefundRow> {
    const row = await this.parts.db.manager.findOneBy(HandRefundRow, { id, showId });
    if (!row) throw new Refused('unknown-payment');
    return row;
  }

  private async one(showId: string, id: string, memberId: string): Promise<HandRefund> {
    const [shown] = await this.shown(showId, [await this.find(showId, id)], memberId);
    return shown!;
  }

  private async shown(showId: string, rows: HandRefundRow[], memberId: string): Promise<HandRefund[]> {
    const { sales, members, vault } = this.parts;
    const people = rows.flatMap(({ askedBy, decidedBy }) => [askedBy, ...(decidedBy ? [decidedBy] : [])]);
    const sealed = rows.flatMap(({ sealedFor }) => sealedFor ?? []);
    const [buyers, contacts, seals] = await Promise.all([
      sales.buyersOf(showId),
      members.contactsOf([...new Set(people)]),
      members.sealsOf([...new Set(sealed)]),
    ]);
    const nameOf = (id: string) => contacts.get(id)?.nickname ?? '';
    return rows.map((row) => {
      const seal = row.sealedFor === null ? vault : seals.get(row.sealedFor);
      return {
        ...{ refund: row.id, sale: row.sale, amountFen: row.amountFen, channel: row.channel },
        freightFen: row.freightFen,
        paddle: buyers.find(({ bidder }) => bidder === row.bidder)!.paddle,
        reference: seal ? seal.open(row.reference, row.id).toString() : '',
        ...{ claim: row.claim, state: row.state, askedBy: nameOf(row.askedBy) },
        askedAtMs: row.askedAt.getTime(),
        decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
        mine: row.askedBy === memberId,
      };
    });
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

const hasFailedFreight = (manager: EntityManager, orderId: string): Promise<boolean> =>
  manager.existsBy(OrderRefundRow, { orderId, amountFen: 0, state: 'failed' });

const isPaidOnline = async (manager: EntityManager, showId: string, sale: string): Promise<boolean> =>
  (await paidOrderOf(manager, showId, sale)) !== null;

/** The order by which a sale was paid online; null: it was paid by hand, or not at all. */
export async function paidOrderOf(
  manager: EntityManager,
  showId: string,
  sale: string,
): Promise<string | null> {
  const claims = await manager.findBy(OrderSaleRow, { showId, sale, letGo: Not(true) });
  for (const { orderId } of claims) {
    if (await manager.existsBy(OrderRow, { id: orderId, state: 'paid' })) return orderId;
  }
  return null;
}
