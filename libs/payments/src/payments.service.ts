import { createHash, randomUUID } from 'node:crypto';
import { type MembersService, type Seal, type Vault } from '@qingpai/members';
import { OneByOne, type PictureFolder, Refused } from '@qingpai/platform';
import { type DisputeReason, type EventBody, type Payment, type paymentRecord } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type z } from 'zod';
import { type Cashier } from './cashier.js';
import { type Bills } from './bills.js';
import { buyersSeal } from './buyersSeal.js';
import { type Cases } from './cases.js';
import { type PaymentRow } from './entities.js';
import { type FreshWords } from './freshWords.js';
import { PAYMENTS_PER_SHOW_MAX } from './limits.js';
import { type Means, type MeansOfPayment } from './means.js';
import * as rows from './paymentRows.js';
import { type KeptPayment } from './paymentRows.js';
import { plainReference, refusalOfDeciding, refusalOfRecording } from './rules/payment.js';
import { withFreight } from './rules/freight.js';
import { type Buyer, type ShowSales, type SoldSale } from './sales.js';

export interface PaymentsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  bills: Bills;
  cases: Cases;
  freshWords: FreshWords;
  means: Means;
  /** Photos of receipts: private, never served without asking who wants them. */
  receipts: PictureFolder;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

type Record = z.infer<typeof paymentRecord>;

/**
 * Payments by hand: one person records what came in, a second confirms it, and the sale is paid in the log by the
 * same transaction as the payment here. What is expected to fail throws `Refused`.
 */
export class PaymentsService implements MeansOfPayment {
  readonly name = 'by-hand';
  private readonly lines = new OneByOne();

  constructor(private readonly parts: PaymentsParts) {
    parts.means.add(this);
  }

  /**
   * Refuses: `unknown-sale`, `already-paid`, `malformed` (sales of several buyers), `amount-differs`,
   * `freight-differs`, `fresh-unconfirmed`, `payment-pending`, `reference-used`.
   */
  record(showId: string, by: Cashier, body: Record): Promise<Payment> {
    return this.lines.run(showId, async () => {
      const sales = await this.salesNamed(showId, body.sales);
      const refusal = refusalOfRecording(sales, body.amountFen - (body.freightFen ?? 0));
      if (refusal !== null) throw new Refused(refusal, undefined, errorsOf(refusal));
      await this.assertFreight(showId, sales[0]!.bidder, body.freightFen ?? 0);
      await this.assertFresh(showId, sales[0]!.bidder, body);
      await this.parts.means.freeFor(this, showId, body.sales);
      const row = await this.rowOf(showId, by, body, sales[0]!.bidder);
      await rows.keepPayment(this.parts.db, row, sales);
      return this.one(showId, row.id, by.memberId);
    });
  }

  /**
   * As the bill says, once; another payment that waits may hold it already. Of a buyer whose address nobody knows, in the
   * hall, it is one of the sealed table, or he took his lots with him.
   */
  private async assertFreight(showId: string, bidder: string, freightFen: number): Promise<void> {
    const { bills, sales, db } = this.parts;
    const freight = await bills.freightOf(showId, bidder);
    const isHeld = await rows.isFreightRecorded(db.manager, showId, bidder);
    if (freight.state === 'needs-parcel' && !isHeld) {
      const rule = await sales.freightRuleOf(showId);
      const fees = rule ? [...rule.zones.map(({ feeFen }) => feeFen), rule.elsewhereFen] : [];
      if (freightFen === 0 || fees.includes(freightFen)) return;
    } else if (freightFen === (freight.state === 'due' && !isHeld ? freight.feeFen : 0)) return;
    throw new Refused('freight-differs');
  }

  /** As online, nothing is taken for living goods before their buyer confirmed what holds for them; here somebody may say so. */
  private async assertFresh(showId: string, bidder: string, { freshWord }: Record): Promise<void> {
    const { sales, freshWords } = this.parts;
    const buyer = (await sales.buyersOf(showId)).find((one) => one.bidder === bidder)!;
    if (freshWord === undefined && (await freshWords.of(showId, buyer)) === 'open')
      throw new Refused('fresh-unconfirmed');
  }

  /** What was recorded waits for its second person, and is not let go. */
  async letGo(showId: string, sales: readonly string[]): Promise<void> {
    if (await rows.isRecorded(this.parts.db.manager, showId, sales)) throw new Refused('payment-pending');
  }

  /** Who paid it; undefined: somebody in the hall. Refuses: `unknown-payment`. */
  async buyerOf(showId: string, id: string): Promise<{ memberId: string | undefined }> {
    const { row } = await this.find(showId, id);
    const buyers = await this.parts.sales.buyersOf(showId);
    return { memberId: buyers.find(({ bidder }) => bidder === row.bidder)?.memberId ?? undefined };
  }

  /** All of a show, newest first, as this member sees them. */
  async list(showId: string, memberId: string): Promise<Payment[]> {
    const kept = await rows.paymentsOf(this.parts.db.manager, showId, PAYMENTS_PER_SHOW_MAX);
    return this.shown(showId, kept, memberId);
  }

  /** Keeps the photo of the receipt, in place of an earlier one. Refuses: `unknown-payment`, `already-decided`, `bad-photo`. */
  addPhoto(showId: string, id: string, by: Cashier, upload: Buffer): Promise<Payment> {
    return this.lines.run(showId, async () => {
      const { row } = await this.find(showId, id);
      if (row.state !== 'recorded') throw new Refused('already-decided');
      const { name, sha256 } = await this.parts.receipts.keep(upload);
      await rows.setPhoto(this.parts.db.manager, id, name, sha256);
      return this.one(showId, id, by.memberId);
    });
  }

  /** WebP bytes. Refuses: `unknown-payment`, `not-found` (also when the buyer asked to be erased). */
  async photo(showId: string, id: string): Promise<Buffer> {
    const { row } = await this.find(showId, id);
    const isShown = (await this.sealsOf([row]))(row) !== null;
    const bytes = row.photo === null || !isShown ? null : await this.parts.receipts.read(row.photo);
    if (bytes === null) throw new Refused('not-found');
    return bytes;
  }

  /** Refuses: `unknown-payment`, `already-decided`, `same-person`, `payment-disputed`, and what the log refuses (an undone sale: `unknown-sale`). */
  decide(showId: string, id: string, by: Cashier, confirm: boolean): Promise<Payment> {
    return this.lines.run(showId, async () => {
      const kept = await this.find(showId, id);
      const refusal = refusalOfDeciding(kept.row, by.memberId);
      if (refusal !== null) throw new Refused(refusal);
      await (confirm ? this.confirm(showId, kept, by) : this.reject(kept, by));
      return this.one(showId, id, by.memberId);
    });
  }

  private async confirm(showId: string, { row, sales }: KeptPayment, by: Cashier): Promise<void> {
    const paid = withFreight(
      (await this.salesNamed(showId, sales)).map((sale) => paidBody(row, sale)),
      row.freightFen,
    );
    const decision = { state: 'confirmed' as const, decidedBy: by.memberId, decidedAt: this.now() };
    const refusal = await this.parts.sales.pay(showId, by.role, paid, (manager) =>
      rows.decidePayment(manager, row.id, decision),
    );
    if (refusal === null) return;
    // The commit may have happened although its answer was lost; then the row says so.
    const { row: after } = await this.find(showId, row.id);
    if (after.state !== 'confirmed') throw new Refused(refusal);
  }

  private reject({ row }: KeptPayment, by: Cashier): Promise<void> {
    const decision = { state: 'rejected' as const, decidedBy: by.memberId, decidedAt: this.now() };
    return this.parts.db.transaction((manager) => rows.decidePayment(manager, row.id, decision));
  }

  private async salesNamed(showId: string, ids: readonly string[]): Promise<SoldSale[]> {
    const all = new Map((await this.parts.sales.salesOf(showId)).map((sale) => [sale.sale, sale]));
    return ids.map((id) => {
      const sale = all.get(id);
      if (!sale) throw new Refused('unknown-sale');
      return sale;
    });
  }

  private async find(showId: string, id: string): Promise<KeptPayment> {
    const kept = await rows.paymentOf(this.parts.db.manager, showId, id);
    if (!kept) throw new Refused('unknown-payment');
    return kept;
  }

  private async one(showId: string, id: string, memberId: string): Promise<Payment> {
    const [payment] = await this.shown(showId, [await this.find(showId, id)], memberId);
    return payment!;
  }

  private async shown(showId: string, kept: KeptPayment[], memberId: string): Promise<Payment[]> {
    const people = kept.flatMap(({ row }) => [row.recordedBy, ...(row.decidedBy ? [row.decidedBy] : [])]);
    const [buyers, contacts, sealOf, disputes] = await Promise.all([
      this.parts.sales.buyersOf(showId),
      this.parts.members.contactsOf([...new Set(people)]),
      this.sealsOf(kept.map(({ row }) => row)),
      this.parts.cases.openOf(kept.map(({ row }) => row.id)),
    ]);
    const nameOf = (id: string) => contacts.get(id)?.nickname ?? '';
    const disputed = (id: string) => disputes.get(id)?.reason ?? 'no';
    return kept.map((one) => shownPayment(one, { buyers, nameOf, memberId, sealOf, disputed }));
  }

  /** What opens a payment's reference; null when its buyer asked to be erased. */
  private async sealsOf(rows: readonly PaymentRow[]): Promise<SealOf> {
    const people = rows.flatMap(({ sealedFor }) => sealedFor ?? []);
    const seals = await this.parts.members.sealsOf([...new Set(people)]);
    return ({ sealedFor }) => (sealedFor === null ? this.parts.vault : (seals.get(sealedFor) ?? null));
  }

  /** Forgets the photos of who is erased; his references went with his key. To be called now and then. */
  async sweep(): Promise<void> {
    const { db, receipts } = this.parts;
    for (const name of await rows.dropPhotosOfErased(db.manager)) await receipts.remove(name);
  }

  private async rowOf(showId: string, by: Cashier, body: Record, bidder: string): Promise<PaymentRow> {
    const id = randomUUID();
    const { amountFen, freightFen = 0, channel, reference, freshWord = null } = body;
    const { sealedFor, seal } = await buyersSeal(this.parts, showId, bidder);
    return {
      ...{ id, showId, bidder, amountFen, freightFen, channel, sealedFor, freshWord },
      reference: seal.seal(Buffer.from(reference), id),
      referenceHash: hashOfReference(reference),
      photo: null,
      photoHash: null,
      state: 'recorded',
      recordedBy: by.memberId,
      recordedAt: this.now(),
      decidedBy: null,
      decidedAt: null,
    };
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

const hashOfReference = (reference: string): Buffer =>
  createHash('sha256').update(plainReference(reference)).digest();

const errorsOf = (refusal: string) =>
  refusal === 'malformed' ? [{ path: 'sales', message: 'each once, and all of one buyer' }] : [];

/** The leaf of one sale of a payment: the whole sale, to the fen (LEDGER §3). */
function paidBody(row: PaymentRow, sale: SoldSale): EventBody<'sale.paid'> {
  return {
    sale: sale.sale,
    amountFen: sale.amountFen,
    channel: row.channel,
    txn: row.referenceHash.toString('base64'),
    ...(row.photoHash && { evidence: row.photoHash.toString('base64') }),
  };
}

type SealOf = (row: Pick<PaymentRow, 'sealedFor'>) => Seal | null;

interface Seen {
  buyers: readonly Buyer[];
  nameOf: (memberId: string) => string;
  memberId: string;
  sealOf: SealOf;
  disputed: (payment: string) => DisputeReason | 'no';
}

/** What stands in place of the reference of a buyer who asked to be erased. */
const GONE = '已注销';

function shownPayment(
  { row, sales }: KeptPayment,
  { buyers, nameOf, memberId, sealOf, disputed }: Seen,
): Payment {
  const buyer = buyers.find(({ bidder }) => bidder === row.bidder);
  if (!buyer) throw new Error(`bug: payment ${row.id} of a bidder without a paddle`);
  const seal = sealOf(row);
  return {
    id: row.id,
    sales,
    bidder: row.bidder,
    paddle: buyer.paddle,
    amountFen: row.amountFen,
    channel: row.channel,
    reference: seal === null ? GONE : seal.open(row.reference, row.id).toString(),
    photo: row.photo === null || seal === null ? null : `/api/shows/${row.showId}/payments/${row.id}/photo`,
    state: row.state,
    recordedBy: nameOf(row.recordedBy),
    recordedAtMs: row.recordedAt.getTime(),
    decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
    decidedAtMs: row.decidedAt === null ? null : row.decidedAt.getTime(),
    mine: row.recordedBy === memberId,
    freshWord: row.freshWord ?? 'no',
    disputed: disputed(row.id),
  };
}
