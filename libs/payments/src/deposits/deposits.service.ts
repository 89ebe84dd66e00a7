import { createHash, randomUUID } from 'node:crypto';
import { type MembersService, type Vault } from '@qingpai/members';
import { OneByOne, Refused } from '@qingpai/platform';
import {
  type depositList,
  type depositMove,
  type depositRecord,
  type Reason,
  type ReleaseReason,
} from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { type z } from 'zod';
import { buyersSeal } from '../buyersSeal.js';
import { type Cashier } from '../cashier.js';
import { plainReference } from '../rules/payment.js';
import { type ShowSales } from '../sales.js';
import { DepositMoveRow } from './entities.js';
import { type DepositAct, type ShowDeposits } from './port.js';

export interface DepositsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  deposits: ShowDeposits;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

type Move = z.infer<typeof depositMove>;
const MOVES_LISTED_MAX = 2_000;

/**
 * 保证金 by hand: one person records what came in or went back, a second confirms it, and the leaf is written in the same
 * transaction. What is expected to fail throws `Refused`.
 */
export class DepositsService {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: DepositsParts) {}

  /** What is asked, what the log holds of each, and what waits for its second person; newest first. */
  async list(showId: string, memberId: string): Promise<z.infer<typeof depositList>> {
    const { db, deposits, sales } = this.parts;
    const [known, buyers] = [await deposits.depositsOf(showId), await sales.buyersOf(showId)];
    const paddleOf = (id: string) => buyers.find(({ bidder }) => bidder === id)?.paddle ?? 0;
    const rows = await db.manager.find(DepositMoveRow, {
      ...{ where: { showId }, order: { recordedAt: 'DESC' }, take: MOVES_LISTED_MAX },
    });
    return {
      askedFen: known.askedFen,
      deposits: known.deposits.map((one) => ({ ...one, paddle: paddleOf(one.bidder) })),
      moves: rows.map((row) => shown(row, paddleOf(row.bidder), memberId)),
    };
  }

  /** Refuses: `malformed` (neither, or both), `deposit-none`, `no-paddle`, `already-paid`, `not-found`, `reference-used`, `payment-pending`. */
  record(showId: string, by: Cashier, body: z.infer<typeof depositRecord>): Promise<Move> {
    return this.lines.run(showId, async () => {
      const about = await this.aboutOf(showId, body);
      const id = randomUUID();
      const { sealedFor, seal } = await buyersSeal(this.parts, showId, about.bidder);
      const { paddle, ...what } = about;
      const row: DepositMoveRow = {
        ...{ id, showId, channel: body.channel, ...what, sealedFor },
        reference: seal.seal(Buffer.from(body.reference), id),
        referenceHash: createHash('sha256').update(plainReference(body.reference)).digest(),
        ...{ state: 'recorded', recordedBy: by.memberId, recordedAt: this.now() },
        ...{ decidedBy: null, decidedAt: null },
      };
      await this.parts.db.manager.insert(DepositMoveRow, row).catch(refusedBy);
      return shown(row, paddle, by.memberId);
    });
  }

  /** Refuses: `unknown-payment`, `already-decided`, `same-person`, and what the log refuses. */
  decide(showId: string, id: string, by: Cashier, confirm: boolean): Promise<Move> {
    return this.lines.run(showId, async () => {
      const row = await this.find(showId, id);
      if (row.state !== 'recorded') throw new Refused('already-decided');
      if (row.recordedBy === by.memberId) throw new Refused('same-person');
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
      const buyers = await this.parts.sales.buyersOf(showId);
      return shown(after, buyers.find(({ bidder }) => bidder === row.bidder)?.paddle ?? 0, by.memberId);
    });
  }

  /** By the officer, for a reason. Refuses: `not-found`, `already-decided`, `deposit-bound`. */
  async release(showId: string, by: Cashier, deposit: string, reason: ReleaseReason): Promise<void> {
    const act = { name: 'releaseDeposit', deposit, reason } as const;
    const refusal = await this.parts.deposits.act(showId, by.role, act, async () => undefined);
    if (refusal !== null) throw new Refused(refusal);
  }

  /** The sealed amount comes in; what was let go, and no other sum, goes back. */
  private async aboutOf(showId: string, body: z.infer<typeof depositRecord>) {
    const { askedFen, deposits } = await this.parts.deposits.depositsOf(showId);
    const buyers = await this.parts.sales.buyersOf(showId);
    const paddleOf = (id: string) => buyers.find(({ bidder }) => bidder === id)?.paddle;
    if (askedFen === null) throw new Refused('deposit-none');
    if ((body.bidder === undefined) === (body.deposit === undefined)) throw new Refused('malformed');
    if (body.bidder !== undefined) {
      const paddle = paddleOf(body.bidder);
      if (paddle === undefined) throw new Refused('no-paddle');
      return { kind: 'in' as const, bidder: body.bidder, paddle, deposit: null, amountFen: askedFen };
    }
    const one = deposits.find(({ deposit }) => deposit === body.deposit);
    const amountFen = one ? one.releasedFen - one.returnedFen : 0;
    if (!one || amountFen === 0) throw new Refused('not-found');
    const { bidder, deposit } = one;
    return { kind: 'out' as const, bidder, paddle: paddleOf(bidder) ?? 0, deposit, amountFen };
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

function actOf({ kind, bidder, deposit, amountFen, channel, referenceHash }: DepositMoveRow): DepositAct {
  const money = { amountFen, channel, txn: referenceHash.toString('base64') };
  if (kind === 'in') return { name: 'holdDeposit', body: { ...money, bidder } };
  return { name: 'returnDeposit', body: { ...money, deposit: deposit! } };
}

/** Unique indexes by what it means to run into them. */
const collisions: Record<string, Reason> = {
  deposits_reference_once: 'reference-used',
  deposits_one_waits: 'payment-pending',
  deposits_back_once: 'payment-pending',
};
function refusedBy(error: unknown): never {
  const reason = collisions[(error as { constraint?: string }).constraint ?? ''];
  throw reason === undefined ? error : new Refused(reason);
}

const shown = (row: DepositMoveRow, paddle: number, memberId: string): Move => ({
  ...{ id: row.id, kind: row.kind, bidder: row.bidder, paddle, deposit: row.deposit },
  ...{ amountFen: row.amountFen, channel: row.channel, state: row.state },
  recordedAtMs: row.recordedAt.getTime(),
  mine: row.recordedBy === memberId,
});
