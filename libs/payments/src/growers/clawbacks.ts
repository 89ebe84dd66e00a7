import { createHash, randomUUID } from 'node:crypto';
import { OneByOne, Refused } from '@qingpai/platform';
import { type clawbackRepaymentAsk } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type z } from 'zod';
import { type Cashier } from '../cashier.js';
import { sumFen } from '../rules/clawback.js';
import { plainReference } from '../rules/payment.js';
import { isReferenceUsed } from './batchRows.js';
import {
  decideRepayment,
  keepCarried,
  keepRepayment,
  type KeptRepayment,
  repaymentsOf,
} from './clawbackRows.js';
import { type Payouts } from './payouts.js';
import { type ClawbackSaid, type SellingGrower, type ShowGrowers, type ShowPayouts } from './port.js';

export interface ClawbacksParts {
  db: DataSource;
  payouts: ShowPayouts;
  /** Who knows what is owed, and what is to take of it already. */
  debts: Pick<Payouts, 'debtsOf'>;
  nowMs: () => number;
}

/**
 * 扣回 without a payout: what a grower gives back himself, which one person records and another confirms; and what is carried
 * on by name, since nothing more comes to him in this show. What comes off a payout goes with its batch.
 */
export class Clawbacks {
  private readonly lines = new OneByOne();

  constructor(private readonly parts: ClawbacksParts) {}

  /** Refuses: `unknown-sale`, `clawback-above-owed`, `reference-used`. */
  record(showId: string, by: Cashier, ask: z.infer<typeof clawbackRepaymentAsk>): Promise<void> {
    return this.lines.run(showId, async () => {
      const { db, payouts, debts } = this.parts;
      const show = await payouts.growersOf(showId);
      const his = ownerOf(show, ask.sale);
      const owed = (await debts.debtsOf(showId, his.grower)).filter(({ of }) => of === ask.sale);
      if (ask.amountFen > sumFen(owed)) throw new Refused('clawback-above-owed');
      const referenceHash = createHash('sha256').update(plainReference(ask.reference)).digest();
      if (await isReferenceUsed(db.manager, showId, referenceHash)) throw new Refused('reference-used');
      const { sale, amountFen, channel } = ask;
      const kept = { id: randomUUID(), sale, amountFen, channel, referenceHash, grower: his.grower };
      await keepRepayment(db.manager, showId, { ...kept, recordedBy: by.memberId }, this.now());
    });
  }

  /** Refuses: `not-found`, `already-decided`, `same-person`, and what the log refuses. */
  decide(showId: string, id: string, by: Cashier, confirm: boolean): Promise<void> {
    return this.lines.run(showId, async () => {
      const { db, payouts } = this.parts;
      const row = await this.find(showId, id);
      if (row.state !== 'recorded') throw new Refused('already-decided');
      if (row.recordedBy === by.memberId) throw new Refused('same-person');
      const decided = { by: by.memberId, at: this.now() };
      if (!confirm) return decideRepayment(db.manager, id, 'rejected', decided);
      const { sale, grower, amountFen, channel, referenceHash } = row;
      const body = { sale, grower, amountFen, channel, txn: referenceHash.toString('base64') };
      const refusal = await payouts.clawBack(showId, by.role, [{ name: 'repayClawback', body }], (manager) =>
        decideRepayment(manager, id, 'confirmed', decided),
      );
      // The commit may have happened although its answer was lost; then the row says so.
      if (refusal !== null && (await this.find(showId, id)).state !== 'confirmed') throw new Refused(refusal);
    });
  }

  /**
   * All that a grower still owes of this show: it comes off his next payout in the township, whichever show that is of.
   * Refuses: `not-found`, `clawback-none`, and what the log refuses: `clawback-takeable`.
   */
  carry(showId: string, by: Cashier, grower: string): Promise<void> {
    return this.lines.run(showId, async () => {
      const { payouts, debts } = this.parts;
      const show = await payouts.growersOf(showId);
      const his = show.growers.find((one) => one.grower === grower);
      if (!his) throw new Refused('not-found');
      const owed = (await debts.debtsOf(showId, grower)).filter(({ isCarried }) => !isCarried);
      if (owed.length === 0) throw new Refused('clawback-none');
      const said = owed.map(({ of: sale, amountFen }): ClawbackSaid => ({
        ...{ name: 'carryClawback', body: { sale, grower, amountFen } },
      }));
      const refusal = await payouts.clawBack(showId, by.role, said, async (manager) => {
        const { village, name } = his;
        const who = { id: randomUUID(), townshipId: show.townshipId, village, name };
        const carried = { by: by.memberId, at: this.now() };
        for (const { of: sale, amountFen } of owed)
          await keepCarried(
            manager,
            who,
            { showId, sale, from: `${show.origin}#${sale}`, amountFen },
            carried,
          );
      });
      if (refusal !== null) throw new Refused(refusal);
    });
  }

  private async find(showId: string, id: string): Promise<KeptRepayment> {
    const row = (await repaymentsOf(this.parts.db.manager, showId)).find((one) => one.id === id);
    if (!row) throw new Refused('not-found');
    return row;
  }

  private now(): Date {
    return new Date(this.parts.nowMs());
  }
}

function ownerOf({ growers }: ShowGrowers, sale: string): SellingGrower {
  const grower = growers.find(({ sales }) => sales.some((one) => one.sale === sale));
  if (!grower) throw new Refused('unknown-sale');
  return grower;
}
