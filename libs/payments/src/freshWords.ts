import { type Bill } from '@qingpai/wire';
import { type DataSource, IsNull, Not } from 'typeorm';
import { PaymentRow } from './entities.js';
import { type Buyer, type ShowSales } from './sales.js';

export interface FreshWordsParts {
  db: DataSource;
  sales: Pick<ShowSales, 'livingOf'>;
}

/** What holds for living goods is confirmed before they are paid: by their buyer's own tap, or as the house wrote it down. */
export class FreshWords {
  constructor(private readonly parts: FreshWordsParts) {}

  /** Of one buyer, whether he has an account or stands in the hall. */
  async of(showId: string, { bidder, memberId }: Pick<Buyer, 'bidder' | 'memberId'>): Promise<Bill['fresh']> {
    const { db, sales } = this.parts;
    const living = await sales.livingOf(showId, { bidder, memberId });
    if (living === null) return 'none';
    if (living.saidAtMs !== null) return 'said';
    const written = { showId, bidder, freshWord: Not(IsNull()), state: Not('rejected' as const) };
    return (await db.manager.existsBy(PaymentRow, written)) ? 'said' : 'open';
  }
}
