import { createHash, randomUUID } from 'node:crypto';
import { type MembersService, type Vault } from '@qingpai/members';
import { OneByOne, type PictureFolder, Refused } from '@qingpai/platform';
import { type DepositMove, type depositRecord, type ReleaseReason } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { type z } from 'zod';
import { buyersSeal } from '../buyersSeal.js';
import { type Cashier } from '../cashier.js';
import { owedBackFenOf } from '../rules/deposit.js';
import { plainReference, refusalOfDeciding } from '../rules/payment.js';
import { type ShowSales } from '../sales.js';
import { type DepositViews } from './depositViews.js';
import { DepositMoveRow } from './entities.js';
import { dropPhotosOfErased, keepMove } from './moveRows.js';
import { type DepositAct, type ShowDeposits } from './port.js';

export interface DepositsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  deposits: ShowDeposits;
  views: DepositViews;
  /** Photos of receipts: private, never served without asking who wants them. */
  receipts: PictureFolder;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/**
 * 保证金 by hand: one person records what came in or went back, a second confirms it, and the leaf is written in the same
 * transaction. What is expected to fail throws `Refused`.
 */
export class DepositsService {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: DepositsParts) {}

  /** Refuses: `malformed` (neither, or both), `deposit-none`, `no-paddle`, `not-found`, `paid-online`, `reference-used`, `payment-pending`. */
  record(showId: string, by: Cashier, body: z.infer<typeof depositRecord>): Promise<DepositMove> {
    return this.lines.run(showId, async () => {
      const about = await this.aboutOf(showId, body);
      const id = randomUUID();
      const { sealedFor, seal } = await buyersSeal(this.parts, showId, about.bidder);
      const row: DepositMoveRow = {
        ...{ id, showId, channel: body.channel, ...about, sealedFor },
        reference: seal.seal(Buffer.from(body.reference), id),
        referenceHash: createHash('sha256').update(plainReference(body.reference)).digest(),
        ...{ photo: null, photoHash: null },
        ...{ state: 'recorded', recordedBy: by.memberId, recordedAt: this.now() },
        ...{ decidedBy: null, decidedAt: null },
      };
      await keepMove(this.parts.db.manager, row);
      return this.one(row, by);
    });
  }

  /** Keeps the photo of the receipt, in place of an earlier one. Refuses: `unknown-payment`, `already-decided`, `bad-photo`. */
  addPhoto(showId: string, id: string, by: Cashier, upload: Buffer): Promise<DepositMove> {
    return this.lines.run(showId, async () => {
      const { state } = await this.find(showId, id);
      if (state !== 'recorded') throw new Refused('already-decided');
      const { name: photo, sha256: photoHash } = await this.parts.receipts.keep(upload);
      await this.parts.db.manager.update(DepositMoveRow, { id, state: 'recorded' }, { photo, photoHash });
      return this.one(await this.find(showId, id), by);
    });
  }

  /** WebP bytes. Refuses: `unknown-payment`, `not-found` (also when the buyer asked to be erased). */
  async photo(showId: string, id: string): Promise<Buffer> {
    const row = await this.find(showId, id);
    const isShown = (await this.parts.views.sealsOf([row]))(row) !== null;
    const bytes = row.photo === null || !isShown ? null : await this.parts.receipts.read(row.photo);
    if (bytes === null) throw new Refused('not-found');
    return bytes;
  }

  /** Refuses: `unknown-payment`, `already-decided`, `same-person`, and what the log refuses. */
  decide(showId: string, id: string, by: Cashier, confirm: boolean): Promise<DepositMove> {
    return this.lines.run(showId, async () => {
      const row = await this.find(showId, id);
      const no = refusalOfDeciding(row, by.memberId);
      if (no !== null) throw new Refused(no);
      const state = confirm ? ('confirmed' as const) : ('rejected' as const);
      const write = async (manager: EntityManager) => {
        const decision = { state, decidedBy: by.memberId, decidedAt: this.now() };
        const { affected } = await manager.update(DepositMoveRow, { id, state: 'recorded' }, decision);
        if (affected !== 1) throw new Refused('already-decided');
      };
      const refusal = confirm
        ? await this.parts.deposits.act(showId, by.role, actOf(row), write)
        : await this.parts.db.transaction(write).then(() => null);
      const after = await this.find(showId, id);
      // The commit may have happened although its answer was lost; then the row says so.
      if (refusal !== null && after.state !== state) throw new Refused(refusal);
      return this.one(after, by);
    });
  }

  /** By the officer, for a reason. Refuses: `not-found`, `already-decided`, `deposit-bound`. */
  async release(showId: string, by: Cashier, deposit: string, reason: ReleaseReason): Promise<void> {
    const act = { name: 'releaseDeposit', deposit, reason } as const;
    const refusal = await this.parts.deposits.act(showId, by.role, act, async () => undefined);
    if (refusal !== null) throw new Refused(refusal);
  }

  /** Forgets the photos of who is erased; his references went with his key. To be called now and then. */
  async sweep(): Promise<void> {
    const { db, receipts } = this.parts;
    for (const name of await dropPhotosOfErased(db.manager)) await receipts.remove(name);
  }

  /** The sealed amount comes in; what was let go, and no other sum, goes back. */
  private async aboutOf(showId: string, body: z.infer<typeof depositRecord>) {
    const { askedFen, deposits } = await this.parts.deposits.depositsOf(showId);
    if (askedFen === null) throw new Refused('deposit-none');
    if ((body.bidder === undefined) === (body.deposit === undefined)) throw new Refused('malformed');
    if (body.bidder !== undefined) {
      const buyers = await this.parts.sales.buyersOf(showId);
      if (!buyers.some(({ bidder }) => bidder === body.bidder)) throw new Refused('no-paddle');
      return { kind: 'in' as const, bidder: body.bidder, deposit: null, amountFen: askedFen };
    }
    const one = deposits.find(({ deposit }) => deposit === body.deposit);
    const amountFen = one ? owedBackFenOf(one) : 0;
    if (!one || amountFen === 0) throw new Refused('not-found');
    if (one.channel === 'stripe') throw new Refused('paid-online');
    return { kind: 'out' as const, bidder: one.bidder, deposit: one.deposit, amountFen };
  }

  private async one(row: DepositMoveRow, { memberId }: Cashier): Promise<DepositMove> {
    const [move] = await this.parts.views.shownMoves(row.showId, [row], memberId);
    return move!;
  }

  private async find(showId: string, id: string): Promise<DepositMoveRow> {
    const row = await this.parts.db.manager.findOneBy(DepositMoveRow, { showId, id });
    if (!row) throw new Refused('unknown-payment');
    return row;
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

function actOf(row: DepositMoveRow): DepositAct {
  const { kind, bidder, deposit, amountFen, channel, referenceHash, photoHash } = row;
  const evidence = photoHash !== null && { evidence: photoHash.toString('base64') };
  const money = { amountFen, channel, txn: referenceHash.toString('base64'), ...evidence };
  if (kind === 'in') return { name: 'holdDeposit', body: { ...money, bidder } };
  return { name: 'returnDeposit', body: { ...money, deposit: deposit! } };
}
