import { randomUUID } from 'node:crypto';
import { type MembersService, type Seal, type Vault } from '@qingpai/members';
import { OneByOne, Refused, statusOf } from '@qingpai/platform';
import { type DataSource } from 'typeorm';
import { buyersSeal } from '../buyersSeal.js';
import { type Cases } from '../cases.js';
import { ASK_AGAIN_AFTER_MS, ORDER_LEFT_MS_MIN, ORDER_OPEN_MS } from '../limits.js';
import { sha256 } from '../online/orders.js';
import { type PaymentProvider, type ProviderOrder, type ProviderRefund } from '../online/provider.js';
import { heldFenOf, owedBackFenOf } from '../rules/deposit.js';
import { asOrderState } from '../rules/depositOrder.js';
import { judgedOrder } from '../rules/order.js';
import { type ShowSales } from '../sales.js';
import { DepositOrderRow, DepositRefundRow } from './entities.js';
import { movesOf } from './moveRows.js';
import { moveOrder, openOrderOf, refundOf, waitingSince, withUs } from './orderRows.js';
import { type DepositsOfShow, type ShowDeposits } from './port.js';

export interface OnlineDepositsParts {
  db: DataSource;
  members: MembersService;
  vault: Vault;
  sales: ShowSales;
  deposits: ShowDeposits;
  cases: Cases;
  /** Null: nothing is configured, and nothing is paid online. */
  provider: PaymentProvider | null;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/**
 * 保证金 online, by the same port as bills: a page of the provider's for each, under a number of our own. Money that came is
 * held by the log, or goes back the way it came where the log takes none any more; what the log lets go goes back by
 * itself. Whatever happens – a knock, a look, a poll – the provider is asked what is true, and all moves forward or stays.
 */
export class OnlineDeposits {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: OnlineDepositsParts) {}

  /**
   * A page on which this buyer gives his deposit; the same one until it closes. Refuses: `no-online-payment`, `no-paddle`,
   * `deposit-none`, `wrong-phase` (it is too late), `already-paid`, `payment-pending`, `not-ready`.
   */
  pay(showId: string, memberId: string, returnUrl: string): Promise<{ payUrl: string }> {
    return this.lines.run(`buyer ${showId} ${memberId}`, async () => {
      this.provider();
      const { bidder, askedFen } = await this.asked(showId, memberId);
      const known = await openOrderOf(this.parts.db.manager, showId, bidder);
      const payUrl = known && (await this.current(known));
      if (payUrl) return { payUrl };
      const row = await this.newRow(showId, bidder, askedFen, returnUrl);
      await this.parts.db.manager.insert(DepositOrderRow, row).catch((error: { constraint?: string }) => {
        // Another server was faster: the next press finds its page.
        throw error.constraint === 'deposit_orders_one_open' ? new Refused('payment-pending') : error;
      });
      const begun = await this.refresh(row.id);
      const url = begun.state === 'open' ? await this.payUrlOf(begun) : null;
      if (url === null) throw new Refused('no-online-payment');
      return { payUrl: url };
    });
  }

  /** Asks what has become of this buyer's page, if he has one. Refuses: `no-paddle`, `not-ready`. */
  async look(showId: string, memberId: string): Promise<void> {
    const bidder = await this.bidderOf(showId, memberId);
    const open = await openOrderOf(this.parts.db.manager, showId, bidder);
    if (open) await this.refresh(open.id);
  }

  /** Whether money of his is on its way to us. */
  async isUnderway(showId: string, bidder: string): Promise<boolean> {
    return (await openOrderOf(this.parts.db.manager, showId, bidder))?.state === 'processing';
  }

  /** Whether this number is one of ours. */
  knows(id: string): Promise<boolean> {
    return this.parts.db.manager.existsBy(DepositOrderRow, { id });
  }
  async ofCharge(charge: string): Promise<DepositOrderRow | null> {
    return this.parts.db.manager.findOneBy(DepositOrderRow, { charge });
  }
  /** Whether this is the way back of one of ours. */
  knowsRefund(id: string, orderId: string): Promise<boolean> {
    return this.parts.db.manager.existsBy(DepositRefundRow, { id, orderId });
  }

  /** Asks the provider what has become of an order, and gives back what is to go back. Refuses: `not-found`, `not-ready`. */
  refresh(id: string): Promise<DepositOrderRow> {
    return this.lines.run(id, async () => {
      const row = await this.find(id);
      if (row.state === 'paid' || row.state === 'stray') await this.giveBack(row);
      else {
        const seen = await this.seen(row);
        if (seen !== null) await this.apply(row, seen);
      }
      return this.find(id);
    });
  }

  /** Asks for what nobody told us of, and gives back what the log let go; answers how many could not be asked for. */
  async reconcile(): Promise<number> {
    if (this.parts.provider === null) return 0;
    const { manager } = this.parts.db;
    const before = new Date(this.parts.nowMs() - ASK_AGAIN_AFTER_MS);
    const all = [...(await waitingSince(manager, before)), ...(await withUs(manager))];
    const cases = await this.parts.cases.openOf(all.map(({ id }) => id));
    let failed = 0;
    for (const { id } of all.filter((one) => !cases.has(one.id))) {
      await this.refresh(id).catch(() => (failed += 1));
    }
    return failed;
  }

  // ---------------------------------------------------------------- coming in

  private async asked(showId: string, memberId: string): Promise<{ bidder: string; askedFen: number }> {
    const bidder = await this.bidderOf(showId, memberId);
    const { askedFen, isTaken, deposits } = await this.parts.deposits.depositsOf(showId);
    if (askedFen === null) throw new Refused('deposit-none');
    if (!isTaken) throw new Refused('wrong-phase');
    if (deposits.some((one) => one.bidder === bidder && heldFenOf(one) > 0))
      throw new Refused('already-paid');
    const moves = await movesOf(this.parts.db.manager, { showId, bidder });
    if (moves.some(({ kind, state }) => kind === 'in' && state === 'recorded')) {
      throw new Refused('payment-pending');
    }
    return { bidder, askedFen };
  }

  private async bidderOf(showId: string, memberId: string): Promise<string> {
    const buyers = await this.parts.sales.buyersOf(showId);
    const buyer = buyers.find((one) => one.memberId === memberId);
    if (!buyer) throw new Refused('no-paddle');
    return buyer.bidder;
  }

  /** Where the open page is paid; null: it is over, or soon, and another may begin. */
  private async current({ id }: DepositOrderRow): Promise<string | null> {
    const row = await this.refresh(id);
    if (row.state === 'paid') throw new Refused('already-paid');
    if (row.state === 'processing') throw new Refused('payment-pending');
    if (row.state !== 'open') return null;
    const isLate = row.expiresAt.getTime() - this.parts.nowMs() < ORDER_LEFT_MS_MIN;
    const payUrl = isLate ? null : await this.payUrlOf(row);
    if (payUrl === null) await this.close(row);
    return payUrl;
  }

  private close({ id, ref }: DepositOrderRow): Promise<void> {
    return this.lines.run(id, async () => {
      if (ref !== null) await this.apply(await this.find(id), await this.provider().close(ref));
      const { state } = await this.find(id);
      if (state === 'open' || state === 'processing') throw new Refused('payment-pending');
    });
  }

  private async payUrlOf({ ref }: DepositOrderRow): Promise<string | null> {
    return ref === null ? null : (await this.provider().look(ref)).payUrl;
  }

  private async newRow(
    showId: string,
    bidder: string,
    amountFen: number,
    returnUrl: string,
  ): Promise<DepositOrderRow> {
    const createdAt = new Date(this.parts.nowMs());
    const { sealedFor } = await buyersSeal(this.parts, showId, bidder);
    return {
      ...{ id: randomUUID(), showId, bidder, amountFen, returnUrl, sealedFor, state: 'open' as const },
      ...{ createdAt, consentAt: createdAt, expiresAt: new Date(createdAt.getTime() + ORDER_OPEN_MS) },
      ...{ ref: null, charge: null, answer: null, answerHash: null },
    };
  }

  /** Under our own number: asked again after a crash, the answer is the page that was made before. */
  private async seen(row: DepositOrderRow): Promise<ProviderOrder | null> {
    if (row.ref !== null) return this.provider().look(row.ref);
    const { id, amountFen, returnUrl, expiresAt } = row;
    try {
      const order = { id, amountFen, returnUrl, expiresAtMs: expiresAt.getTime() };
      const begun = await this.provider().begin(order);
      await this.parts.db.manager.update(DepositOrderRow, { id }, { ref: begun.ref });
      return begun;
    } catch (error) {
      if (!(error instanceof Refused) || error.reason !== 'no-online-payment') throw error;
      await moveOrder(this.parts.db.manager, id, 'closed');
      return null;
    }
  }

  private async apply(row: DepositOrderRow, seen: ProviderOrder): Promise<void> {
    const judged = judgedOrder({ ...row, state: asOrderState(row.state) }, seen);
    if (judged.is === 'moves') await moveOrder(this.parts.db.manager, row.id, judged.to);
    else if (judged.is === 'paid') await this.hold(row, judged.charge, seen);
    else if (judged.is === 'case') {
      const note = `${seen.ref} ${judged.charge ?? ''} ${seen.amountFen} ${seen.currency}`;
      await this.parts.cases.raise({ showId: row.showId, kind: judged.kind, subject: row.id, note });
    }
  }

  /** In one transaction: the leaf, and the order. What the log does not take goes back the way it came. */
  private async hold(row: DepositOrderRow, charge: string, { answer }: ProviderOrder): Promise<void> {
    const { id, showId, bidder, amountFen } = row;
    const answerHash = sha256(answer);
    const proof = { charge, answerHash, answer: (await this.sealOf(row))?.seal(answer, id) ?? null };
    const money = { amountFen, channel: this.provider().channel, txn: sha256(charge).toString('base64') };
    const body = { ...money, evidence: answerHash.toString('base64'), bidder };
    const refusal = await this.parts.deposits.act(
      showId,
      'platform',
      { name: 'holdDeposit', body },
      async (manager) => {
        if (!(await moveOrder(manager, id, 'paid', proof))) throw new Refused('already-decided');
      },
    );
    // The commit may have happened although its answer was lost, or another server was faster.
    if (refusal === null || (await this.find(id)).charge !== null) return;
    if (statusOf(refusal) >= 500) throw new Refused(refusal);
    await moveOrder(this.parts.db.manager, id, 'stray', proof);
    await this.giveBack(await this.find(id));
  }

  // ---------------------------------------------------------------- going back

  /** What is to go back of it, the way it came: all of stray money, of the other what the log let go. */
  private async giveBack(row: DepositOrderRow): Promise<void> {
    if (row.state === 'stray') return this.send(row, row.amountFen, null);
    const deposit = this.depositOf(row, await this.parts.deposits.depositsOf(row.showId));
    if (heldFenOf(deposit) > 0) return;
    const amountFen = owedBackFenOf(deposit);
    if (amountFen > 0) return this.send(row, amountFen, deposit.deposit);
    if (deposit.releasedFen === 0) await moveOrder(this.parts.db.manager, row.id, 'forfeited');
  }

  private depositOf({ id, charge }: DepositOrderRow, { deposits }: DepositsOfShow) {
    const txn = sha256(charge!).toString('base64');
    const deposit = deposits.find((one) => one.txn === txn);
    if (!deposit) throw new Error(`bug: order ${id} was paid and the log holds no deposit for it`);
    return deposit;
  }

  /** First it is written down, then given, then it stands in the log; a crash between is made good by asking again. */
  private async send(order: DepositOrderRow, amountFen: number, deposit: string | null): Promise<void> {
    const { manager } = this.parts.db;
    const fresh = { id: randomUUID(), orderId: order.id, amountFen, askedAt: new Date(this.parts.nowMs()) };
    const refund = await refundOf(manager, fresh);
    if (refund.state === 'given') return;
    const { id } = refund;
    const asked = { id, order: order.id, charge: order.charge!, amountFen: refund.amountFen };
    const given = await this.provider().giveBack(asked).catch(nullIfNever);
    if (given === null || given.state === 'failed') {
      await manager.update(DepositRefundRow, { id, state: 'asked' }, { state: 'failed' });
      // A person looks; when he has written down what came of it, it is tried again.
      await this.raise(order, `${id} failed`);
    } else if (given.state === 'given') await this.given(order, refund, deposit, given);
  }

  private async given(
    order: DepositOrderRow,
    { id, amountFen }: DepositRefundRow,
    deposit: string | null,
    { ref, answer }: ProviderRefund,
  ): Promise<void> {
    const answerHash = sha256(answer);
    const write: Parameters<ShowDeposits['act']>[3] = async (manager) => {
      const kept = { state: 'given' as const, ref, answerHash };
      const { affected } = await manager.update(DepositRefundRow, { id, state: 'asked' }, kept);
      const isMoved = await moveOrder(manager, order.id, deposit === null ? 'sent-back' : 'returned');
      if (affected !== 1 || !isMoved) throw new Refused('already-decided');
    };
    if (deposit === null) return this.parts.db.transaction(write);
    const money = { amountFen, channel: this.provider().channel, txn: sha256(ref).toString('base64') };
    const body = { ...money, evidence: answerHash.toString('base64'), deposit };
    const act = { name: 'returnDeposit', body } as const;
    const refusal = await this.parts.deposits.act(order.showId, 'platform', act, write);
    if (refusal === null || (await this.find(order.id)).state === 'returned') return;
    if (statusOf(refusal) >= 500) throw new Refused(refusal);
    await this.raise(order, `${ref} ${amountFen} ${refusal}`);
  }

  private raise({ showId, id }: DepositOrderRow, note: string): Promise<void> {
    return this.parts.cases.raise({ showId, kind: 'refund-unlogged', subject: id, note });
  }

  private async find(id: string): Promise<DepositOrderRow> {
    const row = await this.parts.db.manager.findOneBy(DepositOrderRow, { id });
    if (!row) throw new Refused('not-found');
    return row;
  }

  /** Null: its buyer asked to be erased; of what he paid, the hash stays. */
  private async sealOf({ sealedFor }: DepositOrderRow): Promise<Seal | null> {
    const { members, vault } = this.parts;
    return sealedFor === null ? vault : ((await members.sealsOf([sealedFor])).get(sealedFor) ?? null);
  }

  private provider(): PaymentProvider {
    if (this.parts.provider === null) throw new Refused('no-online-payment');
    return this.parts.provider;
  }
}

function nullIfNever(error: unknown): null {
  if (error instanceof Refused && error.reason === 'no-online-payment') return null;
  throw error;
}
