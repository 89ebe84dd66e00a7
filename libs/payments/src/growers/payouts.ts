import { createHash, randomUUID } from 'node:crypto';
import { type MembersService } from '@qingpai/members';
import { OneByOne, Refused } from '@qingpai/platform';
import {
  type EventBody,
  type GrowerAccount,
  type GrowerSale,
  type PayoutBatch,
  type PayoutConfirmation,
  type ShowPayoutsAnswer,
} from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Cashier } from '../cashier.js';
import { plainReference } from '../rules/payment.js';
import { type Debt, debtsOf, sumFen, takenOff } from '../rules/clawback.js';
import { masked, type PayoutPart, refusalOfConfirming } from '../rules/payoutBatch.js';
import { type GrowerAccounts, nameKey } from './accounts.js';
import { bankFile } from './bankFile.js';
import * as rows from './batchRows.js';
import { carriedInto, repaymentsOf } from './clawbackRows.js';
import { type SellingGrower, type ShowGrowers, type ShowPayouts } from './port.js';

export interface PayoutsParts {
  db: DataSource;
  members: MembersService;
  payouts: ShowPayouts;
  accounts: GrowerAccounts;
  nowMs: () => number;
}

type Confirmed = { payout: string; reference: string };

/**
 * Growers are paid in batches: one person makes it of what is payable, the bank carries it out, another person says what
 * came of each row. What was paid stands in the log by the same transaction; what failed is payable again. What is
 * expected to fail throws `Refused`.
 */
export class Payouts {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: PayoutsParts) {}

  /** What every grower of a show is owed, held, paid; accounts masked. Refuses: `unknown-show`. */
  async of(showId: string, memberId: string): Promise<ShowPayoutsAnswer> {
    const known = await this.known(showId);
    const { show, batches, accounts, repayments } = known;
    const contacts = await this.parts.members.contactsOf([...new Set(batches.map(({ madeBy }) => madeBy))]);
    const { title, code, payableAtMs, feePercent } = show;
    const taken = takenSales(batches);
    return {
      ...{ title, code, payableAtMs, feePercent },
      growers: show.growers.map((grower) =>
        shownGrower(grower, taken, {
          ...{ account: maskedOf(accounts, grower), debts: this.debts(known, grower) },
          rows: batches.flatMap((batch) => batch.rows).filter((row) => row.grower === grower.grower),
        }),
      ),
      repayments: repayments.map(({ recordedBy, referenceHash: _, ...one }) => ({
        ...{ ...one, mine: recordedBy === memberId, name: growerIn(show, one.grower).name },
        number: growerIn(show, one.grower).sales.find(({ sale }) => sale === one.sale)!.number,
      })),
      batches: batches.map((batch) => ({
        ...shownBatch(batch, show, accounts),
        madeBy: contacts.get(batch.madeBy)?.nickname ?? '',
        mine: batch.madeBy === memberId,
      })),
    };
  }

  /** Where a grower of this show is paid. Refuses: `not-found`. */
  async keepAccount(showId: string, grower: string, account: GrowerAccount, memberId: string): Promise<void> {
    const { show } = await this.known(showId);
    const his = show.growers.find((one) => one.grower === grower);
    if (!his) throw new Refused('not-found');
    const { townshipId } = show;
    await this.parts.accounts.keep({ townshipId, village: his.village, name: his.name }, account, memberId);
  }

  /** Of what is payable and in no batch, one row per grower. Refuses: `not-payable`, `no-account`. */
  make(
    showId: string,
    by: Cashier,
    asked: { growers: readonly string[]; channel: PayoutBatch['channel'] },
  ): Promise<ShowPayoutsAnswer> {
    return this.lines.run(showId, async () => {
      const known = await this.known(showId);
      const { show, batches, accounts } = known;
      const taken = takenSales(batches);
      const made = [...new Set(asked.growers)].map((id) => {
        const grower = show.growers.find((one) => one.grower === id);
        const parts = grower ? payableParts(grower.sales, taken) : [];
        if (!grower || parts.length === 0) throw new Refused('not-payable');
        if (asked.channel === 'transfer' && !accounts.has(nameKey(grower))) throw new Refused('no-account');
        return { grower: id, parts, taken: takenOff(sumFen(parts), this.debts(known, grower)) };
      });
      await this.parts.db.transaction((manager) =>
        rows.keepBatch(manager, {
          ...{ id: randomUUID(), showId, channel: asked.channel, madeBy: by.memberId, madeAt: this.now() },
          ...{ rows: made, after: lastPayout(show) },
        }),
      );
      return this.of(showId, by.memberId);
    });
  }

  /** The bank's file, with whole account numbers; who took it, and when, is kept. Refuses: `not-found`, `no-account`. */
  async bankFile(showId: string, id: string, by: Cashier): Promise<string> {
    const { show, batches, accounts } = await this.known(showId);
    const batch = batches.find((one) => one.id === id);
    if (!batch) throw new Refused('not-found');
    const lines = batch.rows
      // Where all of it comes off there is nothing to transfer.
      .filter(({ state, amountFen }) => state === 'made' && amountFen > 0)
      .map((row) => {
        const grower = growerIn(show, row.grower);
        const account = accounts.get(nameKey(grower));
        if (!account) throw new Refused('no-account');
        return { ...row, account, village: grower.village };
      });
    await rows.noteExport(this.parts.db.manager, id, by.memberId, this.now());
    return bankFile(lines, show);
  }

  /**
   * What came of rows of a batch. Refuses: `not-found`, `malformed`, `already-decided`, `same-person`, `reference-used`,
   * and what the log refuses: `amount-differs` when money went back meanwhile.
   */
  confirm(showId: string, id: string, by: Cashier, said: PayoutConfirmation): Promise<ShowPayoutsAnswer> {
    return this.lines.run(showId, async () => {
      const { batches } = await this.known(showId);
      const batch = batches.find((one) => one.id === id);
      if (!batch) throw new Refused('not-found');
      const refusal = refusalOfConfirming(batch.rows, said, by.memberId);
      if (refusal !== null) throw new Refused(refusal);
      await this.decide(showId, batch, by, said);
      return this.of(showId, by.memberId);
    });
  }

  private async decide(
    showId: string,
    batch: rows.KeptBatch,
    by: Cashier,
    { rows: said, evidence }: PayoutConfirmation,
  ): Promise<void> {
    const decided = { by: by.memberId, at: this.now() };
    const paid = said.filter((one): one is Confirmed => 'reference' in one);
    await this.assertFresh(showId, paid);
    const write = async (manager: EntityManager) => {
      for (const one of said) {
        if ('failure' in one) await rows.markFailed(manager, showId, one, decided);
        else {
          const referenceHash = hashOf(one.reference);
          await rows.markPaid(manager, showId, { payout: one.payout, referenceHash }, decided);
        }
      }
    };
    if (paid.length === 0) return void (await this.parts.db.transaction(write));
    const made = paid.flatMap((one) => leavesOf(batch, one, evidence));
    const off = paid.flatMap((one) => takenLeavesOf(batch, one));
    const refusal = await this.parts.payouts.payOut(showId, by.role, made, off, write);
    if (refusal === null) return;
    // The commit may have happened although its answer was lost; then the rows say so.
    const after = await rows.batchesOf(this.parts.db.manager, showId);
    const stored = after.flatMap((one) => one.rows).filter(({ payout }) => isNamed(paid, payout));
    if (!stored.every(({ state }) => state === 'paid')) throw new Refused(refusal);
  }

  private async assertFresh(showId: string, paid: readonly Confirmed[]): Promise<void> {
    const hashes = paid.map(({ reference }) => hashOf(reference));
    const isTwice = new Set(hashes.map((hash) => hash.toString('hex'))).size !== hashes.length;
    if (isTwice) throw new Refused('reference-used');
    for (const hash of hashes) {
      if (await rows.isReferenceUsed(this.parts.db.manager, showId, hash))
        throw new Refused('reference-used');
    }
  }

  private async known(showId: string) {
    const { db, payouts, accounts } = this.parts;
    const show = await payouts.growersOf(showId);
    const batches = await rows.batchesOf(db.manager, showId);
    const { townshipId } = show;
    return {
      ...{ show, batches, accounts: await accounts.of(townshipId) },
      repayments: await repaymentsOf(db.manager, showId),
      carried: await carriedInto(db.manager, townshipId, showId),
    };
  }

  /** What this grower owes back and nothing is to take of it yet. Refuses: `not-found`. */
  async debtsOf(showId: string, id: string): Promise<Debt[]> {
    const known = await this.known(showId);
    const grower = known.show.growers.find((one) => one.grower === id);
    if (!grower) throw new Refused('not-found');
    return this.debts(known, grower);
  }

  /** What may come off his next payout, those of earlier shows first. */
  private debts({ batches, repayments, carried }: Known, grower: SellingGrower): Debt[] {
    const taken = batches
      .flatMap((batch) => batch.rows)
      .filter(({ state }) => state === 'made')
      .flatMap((row) => row.taken);
    const waiting = repayments.filter(({ state }) => state === 'recorded');
    const pendingFen = new Map<string, number>();
    const add = (of: string, fen: number) => pendingFen.set(of, (pendingFen.get(of) ?? 0) + fen);
    for (const { of, amountFen } of taken) add(of, amountFen);
    for (const { sale, amountFen } of waiting) add(sale, amountFen);
    return [...(carried.get(nameKey(grower)) ?? []), ...debtsOf(grower.sales, pendingFen)];
  }

  nowMs(): number {
    return this.parts.nowMs();
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

type Known = Awaited<ReturnType<Payouts['known']>>;

const hashOf = (reference: string): Buffer => createHash('sha256').update(plainReference(reference)).digest();
const isNamed = (paid: readonly Confirmed[], payout: string) => paid.some((one) => one.payout === payout);

/** Number of the last payout that the log knows: after a restore those of the log before, too. */
const lastPayout = ({ growers }: ShowGrowers): number =>
  Math.max(0, ...growers.flatMap(({ sales }) => sales.map(({ payout }) => Number(payout?.slice(1) ?? 0))));

/** One leaf per sale: they share the payout and the bank's reference. */
function leavesOf(
  { rows: kept, channel }: rows.KeptBatch,
  { payout, reference }: Confirmed,
  evidence: string | undefined,
): EventBody<'payout.made'>[] {
  const { grower, parts } = kept.find((row) => row.payout === payout)!;
  const txn = hashOf(reference).toString('base64');
  return parts.map(({ sale, amountFen, feeFen }) => ({
    ...{ payout, sale, grower, amountFen, channel, txn },
    ...(feeFen > 0 && { feeFen }),
    ...(evidence && { evidence }),
  }));
}

/** What comes off that transfer, one leaf per debt. */
const takenLeavesOf = (
  { rows: kept }: rows.KeptBatch,
  { payout }: Confirmed,
): EventBody<'clawback.taken'>[] => {
  const { grower, taken } = kept.find((row) => row.payout === payout)!;
  return taken.map(({ of, isCarried, amountFen }) => ({
    ...{ payout, grower, amountFen },
    ...(isCarried ? { debt: of } : { sale: of }),
  }));
};

/** Sales that stand under a row which is not decided yet. */
const takenSales = (batches: readonly rows.KeptBatch[]): ReadonlySet<string> =>
  new Set(
    batches
      .flatMap((batch) => batch.rows)
      .filter(({ state }) => state === 'made')
      .flatMap(({ parts }) => parts.map(({ sale }) => sale)),
  );

const payableParts = (sales: readonly GrowerSale[], taken: ReadonlySet<string>): PayoutPart[] =>
  sales
    .filter(({ state, sale }) => state === 'payable' && !taken.has(sale))
    .map(({ sale, amountFen, feeFen }) => ({ sale, amountFen, feeFen }));

type Accounts = ReadonlyMap<string, GrowerAccount>;
type Masked = ReturnType<typeof maskedOf>;
const maskedOf = (accounts: Accounts, grower: SellingGrower) => {
  const account = accounts.get(nameKey(grower));
  return account ? masked(account) : null;
};

function growerIn({ growers }: ShowGrowers, id: string): SellingGrower {
  const grower = growers.find((one) => one.grower === id);
  if (!grower) throw new Error(`bug: a payout to ${id}, who sold nothing`);
  return grower;
}

function shownGrower(
  grower: SellingGrower,
  taken: ReadonlySet<string>,
  { account, debts, rows: his }: { account: Masked; debts: readonly Debt[]; rows: readonly rows.KeptRow[] },
): ShowPayoutsAnswer['growers'][number] {
  const sum = (of: (sale: GrowerSale) => number) => grower.sales.reduce((all, sale) => all + of(sale), 0);
  const inState = (state: GrowerSale['state']) => sum((sale) => (sale.state === state ? sale.amountFen : 0));
  const inBatchFen = sum((sale) => (taken.has(sale.sale) ? sale.amountFen : 0));
  const payableFen = inState('payable') - inBatchFen;
  const offIn = (state: rows.KeptRow['state']) =>
    sumFen(his.filter((row) => row.state === state).flatMap((row) => row.taken));
  return {
    ...{ grower: grower.grower, name: grower.name, village: grower.village, sales: grower.sales },
    ...{ account, payableFen },
    heldFen: inState('held'),
    inBatchFen,
    paidFen: inState('paid'),
    clawbackFen: sumFen(debts.filter(({ isCarried }) => !isCarried)),
    carriedFen: sumFen(debts.filter(({ isCarried }) => isCarried)),
    offFen: sumFen(takenOff(payableFen, debts)),
    ...{ offInBatchFen: offIn('made'), takenFen: offIn('paid') },
  };
}

function shownBatch(batch: rows.KeptBatch, show: ShowGrowers, accounts: Accounts) {
  return {
    ...{ id: batch.id, channel: batch.channel, madeAtMs: batch.madeAt.getTime(), exports: batch.exports },
    totalFen: batch.rows.reduce((sum, { amountFen }) => sum + amountFen, 0),
    rows: batch.rows.map(({ payout, grower: id, amountFen, state, failure, parts, taken }) => {
      const grower = growerIn(show, id);
      const { name, village } = grower;
      return {
        ...{ payout, grower: id, name, village, amountFen, state, failure },
        account: maskedOf(accounts, grower),
        sales: parts.map(({ sale }) => sale),
        takenFen: sumFen(taken),
      };
    }),
  };
}
