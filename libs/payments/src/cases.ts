import { randomUUID } from 'node:crypto';
import { type MembersService } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type CaseKind, type DisputeReason, type PaymentCase } from '@qingpai/wire';
import { type DataSource, type EntityManager, In, IsNull } from 'typeorm';
import { DepositOrderRow } from './deposits/entities.js';
import { OrderRow, OrderSaleRow, PaymentCaseRow, PaymentRow } from './entities.js';
import { PAYMENT_CASES_PER_SHOW_MAX } from './limits.js';

export interface CasesParts {
  db: DataSource;
  members: MembersService;
  nowMs: () => number;
  /** Tells whoever watches the house that a person is needed. */
  tell: (kind: CaseKind, details: Record<string, unknown>) => void;
}

interface Found {
  showId: string;
  kind: Exclude<CaseKind, 'disputed'>;
  subject: string;
  /** What was seen, in numbers; nothing personal. */
  note: string;
}

/** What a machine must not decide about money: raised by the server or a person, settled by a person, never the same. */
export class Cases {
  constructor(private readonly parts: CasesParts) {}

  /** The same finding is one case, however often it is met. */
  async raise(found: Found, manager: EntityManager = this.parts.db.manager): Promise<void> {
    const row = { ...this.newRow(found.showId), ...found };
    const { raw } = await manager
      .createQueryBuilder()
      .insert()
      .into(PaymentCaseRow)
      .values(row)
      .orIgnore()
      .returning('id')
      .execute();
    if ((raw as object[]).length > 0) this.parts.tell(found.kind, { ...found });
  }

  /** Somebody says that a payment by hand is not as it was recorded. Refuses: `unknown-payment`, `payment-disputed`. */
  async dispute(
    showId: string,
    payment: string,
    memberId: string,
    says: { reason: DisputeReason; note: string },
  ): Promise<PaymentCase> {
    const row = {
      ...this.newRow(showId),
      ...{ kind: 'disputed' as const, subject: payment, ...says, raisedBy: memberId },
    };
    // The payment's row is locked, so that it is not decided in the same moment.
    await this.parts.db.transaction(async (manager) => {
      const lock = { mode: 'pessimistic_write' as const };
      const disputed = await manager.findOne(PaymentRow, { where: { id: payment, showId }, lock });
      if (!disputed) throw new Refused('unknown-payment');
      const open = await disputeOf(manager, payment);
      const again = await manager.existsBy(PaymentCaseRow, { subject: payment, note: row.note });
      if (open !== null || again) throw new Refused('payment-disputed');
      await manager.insert(PaymentCaseRow, row);
    });
    this.parts.tell('disputed', { showId, payment, reason: says.reason });
    return (await this.shown([row], memberId))[0]!;
  }

  /** Newest first, open ones before settled ones. */
  async list(showId: string, memberId: string): Promise<PaymentCase[]> {
    const rows = await this.parts.db.manager.find(PaymentCaseRow, {
      where: { showId },
      order: { raisedAt: 'DESC' },
      take: PAYMENT_CASES_PER_SHOW_MAX,
    });
    const shown = await this.shown(rows, memberId);
    return shown.sort((a, b) => Number(a.settledAtMs !== null) - Number(b.settledAtMs !== null));
  }

  /**
   * A person looked, and writes down what came of it. An order whose amount or currency was not ours lets go of its
   * sales. Refuses: `not-found`, `already-decided`, `same-person`.
   */
  async settle(showId: string, id: string, memberId: string, outcome: string): Promise<PaymentCase> {
    await this.parts.db.transaction(async (manager) => {
      const row = await manager.findOneBy(PaymentCaseRow, { id, showId });
      if (!row) throw new Refused('not-found');
      if (row.raisedBy === memberId) throw new Refused('same-person');
      const settled = { settledBy: memberId, settledAt: this.now(), outcome };
      const { affected } = await manager.update(PaymentCaseRow, { id, settledAt: IsNull() }, settled);
      if (affected !== 1) throw new Refused('already-decided');
      if (row.kind === 'wrong-amount' || row.kind === 'wrong-currency') await giveUp(manager, row.subject);
    });
    const row = await this.parts.db.manager.findOneByOrFail(PaymentCaseRow, { id });
    return (await this.shown([row], memberId))[0]!;
  }

  /** Which of these have a case that nobody has settled. */
  async openOf(subjects: readonly string[]): Promise<Map<string, PaymentCaseRow>> {
    const rows = await this.parts.db.manager.findBy(PaymentCaseRow, {
      subject: In([...subjects]),
      settledAt: IsNull(),
    });
    return new Map(rows.map((row) => [row.subject, row]));
  }

  private newRow(showId: string) {
    const settled = { settledBy: null, settledAt: null, outcome: null };
    return { id: randomUUID(), showId, reason: null, raisedBy: null, raisedAt: this.now(), ...settled };
  }

  private async shown(rows: readonly PaymentCaseRow[], memberId: string): Promise<PaymentCase[]> {
    const people = rows.flatMap(({ raisedBy, settledBy }) => [raisedBy ?? [], settledBy ?? []].flat());
    const contacts = await this.parts.members.contactsOf([...new Set(people)]);
    const nameOf = (id: string | null) => (id === null ? null : (contacts.get(id)?.nickname ?? ''));
    return rows.map((row) => ({
      ...{ id: row.id, kind: row.kind, subject: row.subject },
      ...{ reason: row.reason ?? ('no' as const), note: row.note },
      raisedAtMs: row.raisedAt.getTime(),
      raisedBy: nameOf(row.raisedBy),
      settledAtMs: row.settledAt?.getTime() ?? null,
      settledBy: nameOf(row.settledBy),
      outcome: row.outcome ?? '',
      mine: row.raisedBy === memberId,
    }));
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

/** Why this payment is disputed and not looked at yet; null: it is not. */
export async function disputeOf(manager: EntityManager, payment: string): Promise<DisputeReason | null> {
  const where = { kind: 'disputed' as const, subject: payment, settledAt: IsNull() };
  return (await manager.findOneBy(PaymentCaseRow, where))?.reason ?? null;
}

async function giveUp(manager: EntityManager, id: string): Promise<void> {
  const waiting = { id, state: In(['open', 'processing']) };
  const { affected } = await manager.update(OrderRow, waiting, { state: 'closed' });
  if (affected === 1) await manager.update(OrderSaleRow, { orderId: id }, { letGo: true });
  else await manager.update(DepositOrderRow, waiting, { state: 'closed' });
}
