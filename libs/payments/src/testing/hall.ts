import { type FreightDue, type Reason } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type ShowDeposits } from '../deposits/port.js';
import { type Buyer, type LivingGoods, type ShowSales, type SoldSale } from '../sales.js';

/** Sales that keep the port's promises, and break them when told to. */
export class Hall implements ShowSales {
  readonly sales: SoldSale[] = [];
  readonly buyers: Buyer[] = [{ bidder: 'hall', paddle: 7, memberId: null }];
  living: LivingGoods | null = null;
  /** Each `sale.paid` and `sale.refunded`, as the log would have it. */
  readonly leaves: { kind: 'paid' | 'refunded'; sale: string; amountFen: number; txn: string }[] = [];
  /** What one person may give back of a sale. */
  aloneFen = 5_800;
  /** `lost`: it did not happen; `lostAfter`: it did, and nobody was told. Then it is as before. */
  fate: 'happens' | 'lost' | 'lostAfter' = 'happens';

  constructor(private readonly db: DataSource) {}

  sell(bidder = 'hall', amountFen = 5_800): string {
    const sale = `S${this.sales.length + 1}`;
    const lot = {
      lot: 'L1',
      number: '001',
      title: '建兰',
      units: 1,
      refundedFen: 0,
      payByMs: null,
      extended: false,
    };
    this.sales.push({ ...lot, sale, amountFen, bidder, phase: 'awaiting' });
    return sale;
  }

  async salesOf() {
    return this.sales;
  }

  async livingOf() {
    return this.living;
  }

  async aloneFenOf() {
    return this.aloneFen;
  }

  async buyersOf() {
    return this.buyers;
  }

  async pay(...[, , paid, beside]: Parameters<ShowSales['pay']>): Promise<Reason | null> {
    return this.happen(async () => {
      for (const { sale } of paid) {
        const { phase } = this.named(sale);
        if (phase !== 'awaiting') return phase === 'voided' ? 'unknown-sale' : 'already-paid';
      }
      await this.db.transaction(beside);
      for (const { sale, amountFen, txn } of paid) {
        this.named(sale).phase = 'paid';
        this.leaves.push({ kind: 'paid', sale, amountFen, txn });
      }
      return null;
    });
  }

  async refund(...[, , refunded, beside]: Parameters<ShowSales['refund']>): Promise<Reason | null> {
    return this.happen(async () => {
      for (const { sale, amountFen } of refunded) {
        const sold = this.named(sale);
        if (sold.refundedFen + amountFen > sold.amountFen) return 'refund-above-paid';
      }
      await this.db.transaction(beside);
      for (const { sale, amountFen, txn } of refunded) {
        this.named(sale).refundedFen += amountFen;
        this.leaves.push({ kind: 'refunded', sale, amountFen, txn });
      }
      return null;
    });
  }

  async default(...[, sales, beside]: Parameters<ShowSales['default']>): Promise<Reason | null> {
    return this.happen(async () => {
      await this.db.transaction(beside);
      for (const sale of sales) this.named(sale).phase = 'defaulted';
      return null;
    });
  }

  /** What freight everybody owes. */
  freight: FreightDue = { state: 'none', feeFen: 0 };
  async freightOf() {
    return this.freight;
  }
  async allBack() {
    return [];
  }
  async freightRuleOf() {
    return null;
  }

  onOwed(): void {}

  async showsOwed(): Promise<string[]> {
    return [];
  }

  /** One after the other, as at the desk. */
  private happen(act: () => Promise<Reason | null>): Promise<Reason | null> {
    const done = this.line.then(async () => {
      const { fate } = this;
      this.fate = 'happens';
      if (fate === 'lost') return 'not-ready';
      const reason = await act().catch((error: { reason?: Reason }) => {
        if (error.reason === undefined) throw error;
        return error.reason;
      });
      return fate === 'lostAfter' ? 'not-ready' : reason;
    });
    this.line = done.catch(() => undefined);
    return done;
  }
  private line: Promise<unknown> = Promise.resolve();

  named(id: string): SoldSale {
    return this.sales.find(({ sale }) => sale === id)!;
  }
}

/** A show that asks for no deposit. */
export const noDeposits: ShowDeposits = {
  depositsOf: async () => ({ askedFen: null, abovePriceFen: 0, isTaken: false, deposits: [] }),
  act: async () => 'deposit-none',
};
