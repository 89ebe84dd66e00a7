import { type Leaf } from '@qingpai/wire';
import { canonicalText } from './json.js';
import { salesOf } from './past.js';

/** The books told over from the start for every leaf, by sums alone: no account is carried along. */
interface Posting {
  n: number;
  account: string;
  side: string;
  amountFen: number;
}

/** Null: the journal is what the leaves say; else what is wrong with it. */
export function wrongBooks(leaves: readonly Leaf[], journal: readonly object[] | undefined): string | null {
  if (journal === undefined) return null;
  const grower = (lot: string): string => {
    const said = leaves.filter((leaf) => 'grower' in leaf.body && leaf.body.lot === lot).at(-1)!;
    return (said.body as { grower: string }).grower;
  };
  const sales = salesOf(leaves);
  const postings: Posting[] = [];
  const told: object[] = [];
  const first: Record<string, number> = {};
  for (const leaf of leaves) {
    const { type, body, i } = leaf;
    if (!/^(lot\.hammered|sale\..+)$/.test(type)) continue;
    const sale = sales.find((one) => one.sale === (body as { sale: string }).sale)!;
    const kind = type.split('.')[1]!;
    const [buyer, payable] = [`buyer:${sale.bidder}:receivable`, `grower:${grower(sale.lot)}:payable`];
    const whole = sale.units * sale.unitPriceFen;
    const {
      channel,
      amountFen = whole,
      freightFen = 0,
    } = body as { channel?: string; amountFen?: number; freightFen?: number };
    const place = channel === 'stripe' ? 'gateway:stripe:clearing' : 'bank:escrow';
    const pair = {
      hammered: [buyer, payable],
      voided: [payable, buyer],
      defaulted: [payable, buyer],
      paid: [place, buyer],
      refunded: [payable, place],
    }[kind] as [string, string];
    const n = told.length + 1;
    const isPlace = (account: string) => account === place;
    const parts = pair.map((account, k) => ({
      ...{ account, side: k === 0 ? 'debit' : 'credit' },
      partFen: amountFen + (isPlace(account) ? freightFen : 0),
    }));
    // Freight goes through the same place; debits are told first.
    if (freightFen > 0) {
      const side = kind === 'paid' ? 'credit' : 'debit';
      parts.splice(kind === 'paid' ? 2 : 1, 0, { account: 'freight:payable', side, partFen: freightFen });
    }
    const lines = parts.map(({ account, side, partFen }) => {
      const earlier = postings.filter((one) => one.account === account);
      const beforeFen = earlier.reduce(
        (sum, one) => sum + (one.side === 'debit' ? one.amountFen : -one.amountFen),
        0,
      );
      const afterFen = beforeFen + (side === 'debit' ? partFen : -partFen);
      postings.push({ n, account, side, amountFen: partFen });
      return { account, side, amountFen: partFen, version: earlier.length + 1, beforeFen, afterFen };
    });
    if (kind === 'hammered') first[sale.sale] = n;
    const isBack = kind === 'voided' || kind === 'defaulted';
    told.push({ n, i, kind, sale: sale.sale, ...(isBack && { reverses: first[sale.sale] }), lines });
  }
  return canonicalText(told) === canonicalText(journal) ? null : 'books';
}
