import { type Leaf, type ShowRules } from '@qingpai/wire';
import { canonicalText } from './json.js';
import { depositsOf } from './deposits.js';
import { all, salesOf } from './past.js';

/** Of a deposit that is about no sale. */
const nobodys = { sale: '', bidder: '', lot: '', units: 0, unitPriceFen: 0 };

/** The books told over from the start for every leaf, by sums alone: no account is carried along. */
interface Posting {
  n: number;
  account: string;
  side: string;
  amountFen: number;
}

/** Null: the journal is what the leaves say; else what is wrong with it. */
export function wrongBooks(
  leaves: readonly Leaf[],
  rules: ShowRules,
  journal: readonly object[] | undefined,
): string | null {
  if (journal === undefined) return null;
  return canonicalText(entriesOf(leaves, rules)) === canonicalText(journal) ? null : 'books';
}

export function entriesOf(leaves: readonly Leaf[], { feePercent = 0 }: ShowRules): object[] {
  const grower = (lot: string): string => {
    const said = leaves
      .filter((leaf) => 'grower' in leaf.body && 'lot' in leaf.body && leaf.body.lot === lot)
      .at(-1)!;
    return (said.body as { grower: string }).grower;
  };
  const sales = salesOf(leaves);
  const postings: Posting[] = [];
  const told: object[] = [];
  const first: Record<string, number> = {};
  const linesFor = (n: number, signed: [string, number][]): object[] =>
    signed
      .filter(([, fen]) => fen !== 0)
      .map(([account, fen]) => {
        const side = fen > 0 ? 'debit' : 'credit';
        const earlier = postings.filter((one) => one.account === account);
        const beforeFen = earlier.reduce(
          (sum, one) => sum + (one.side === 'debit' ? one.amountFen : -one.amountFen),
          0,
        );
        postings.push({ n, account, side, amountFen: Math.abs(fen) });
        return {
          ...{ account, side, amountFen: Math.abs(fen), version: earlier.length + 1 },
          ...{ beforeFen, afterFen: beforeFen + fen },
        };
      });
  for (const leaf of leaves) {
    const { type, body, i } = leaf;
    if (type === 'show.settled') {
      const overFen = body.books === undefined ? 0 : freightLeft(leaves.slice(0, i), sales);
      if (overFen > 0) {
        const lines = linesFor(told.length + 1, [
          ['bank:escrow', overFen],
          ['gateway:stripe:clearing', -overFen],
        ]);
        told.push({ n: told.length + 1, i, kind: 'settled', lines });
      }
      continue;
    }
    if (
      !/^(lot\.hammered|payout\.made|clawback\..+|sale\.(accepted|takenOver|voided|paid|refunded|defaulted)|deposit\..+)$/.test(
        type,
      )
    )
      continue;
    const { deposit } = body as { deposit?: string };
    const known = sales.find((one) => one.sale === (body as { sale?: string }).sale);
    const held = `buyer:${depositsOf(leaves).find((one) => one.deposit === deposit)?.bidder}:deposit`;
    const sale = known ?? nobodys;
    const named: Record<string, string> = { 'payout.made': 'paidOut', 'sale.accepted': 'hammered' };
    named['sale.takenOver'] = 'hammered';
    const kind = named[type] ?? type.split('.')[1]!;
    const whole = sale.units * sale.unitPriceFen;
    const {
      channel,
      amountFen = whole,
      feeFen = 0,
      freightFen = 0,
    } = body as { amountFen?: number; feeFen?: number; freightFen?: number } & {
      channel?: string;
    };
    const before = leaves.slice(0, i).filter((one) => 'sale' in one.body && one.body.sale === sale.sale);
    const isPaidOut = before.some((one) => one.type === 'payout.made');
    const forfeits = all(before, 'deposit.forfeited').map((one) => one.body.deposit);
    const isStripe = leaves.some(
      (one) =>
        (one.type === 'sale.paid' && before.includes(one) && one.body.channel === 'stripe') ||
        (one.type === 'deposit.held' && forfeits.includes(one.body.deposit) && one.body.channel === 'stripe'),
    );
    const stayed =
      whole - before.reduce((sum, one) => sum + (one.type === 'sale.refunded' ? one.body.amountFen : 0), 0);
    const feeOf = (fen: number) => Math.trunc((fen * feePercent) / 100);
    const feeBack = feeOf(stayed) - feeOf(stayed - amountFen);
    const [buyer, payable] = [
      `buyer:${sale.bidder}:receivable`,
      `grower:${known ? grower(sale.lot) : ''}:payable`,
    ];
    const [bank, clearing] = ['bank:escrow', 'gateway:stripe:clearing'];
    const place = channel === 'stripe' ? clearing : bank;
    const owing = `grower:${known ? grower(sale.lot) : ''}:clawback`;
    const [carried, debt] = ['clawbacks:carried', (body as { debt?: string }).debt];
    const moves: Record<string, [string, string, number][]> = {
      taken: [[bank, debt === undefined ? owing : carried, amountFen]],
      repaid: [[bank, owing, amountFen]],
      carried: [[carried, owing, amountFen]],
      hammered: [[buyer, payable, amountFen]],
      voided: [[payable, buyer, amountFen]],
      defaulted: [[payable, buyer, amountFen]],
      paid: [[place, buyer, amountFen]],
      refunded: [[payable, place, amountFen]],
      held: [[place, held, amountFen]],
      forfeited: [[held, payable, amountFen]],
      released: [[held, 'refunds:payable', amountFen]],
      returned: [['refunds:payable', place, amountFen]],
    };
    // Debits are above nothing, credits below.
    const signed: [string, number][] = (moves[kind] ?? []).flatMap(
      ([debit, credit, fen]): [string, number][] => [
        [debit, fen],
        [credit, -fen],
      ],
    );
    const freight = freightIn(leaves.slice(0, i), sales, sale.bidder);
    if (kind === 'paid') signed.push([place, freightFen], ['freight:payable', -freightFen]);
    if (kind === 'paidOut') {
      if (isStripe) signed.push([bank, amountFen + feeFen], [clearing, -amountFen - feeFen]);
      if (freight.isAtProvider) signed.push([bank, freight.fen], [clearing, -freight.fen]);
      signed.push([payable, amountFen + feeFen], [bank, -amountFen], ['platform:fee', -feeFen]);
    }
    if (kind === 'refunded' && isPaidOut) {
      const owes = `grower:${grower(sale.lot)}:clawback`;
      signed.splice(0, 2, [owes, amountFen - feeBack], ['platform:fee', feeBack], [bank, -amountFen]);
    }
    if (kind === 'refunded') {
      signed.push(['freight:payable', freightFen], [freight.isAtProvider ? clearing : bank, -freightFen]);
    }
    const n = told.length + 1;
    const lines = linesFor(n, signed);
    if (kind === 'hammered') first[sale.sale] = n;
    const isBack = kind === 'voided' || kind === 'defaulted';
    const of = { ...(known && { sale: known.sale }), ...(deposit && { deposit }) };
    told.push({ n, i, kind, ...of, ...(isBack && { reverses: first[sale.sale] }), lines });
  }
  return told;
}

/** What a buyer's freight comes to by now, and whether the provider still has it: until one of his growers is paid. */
function freightIn(
  past: readonly Leaf[],
  sales: readonly { sale: string; bidder: string }[],
  bidder: string,
): { fen: number; isAtProvider: boolean } {
  const his = past.filter(({ type, body }) => {
    if (!/^(sale\.(paid|refunded)|payout\.made)$/.test(type)) return false;
    return sales.some((one) => one.bidder === bidder && one.sale === (body as { sale: string }).sale);
  });
  let [fen, isAtProvider] = [0, false];
  for (const leaf of his) {
    const { freightFen = 0, channel } = leaf.body as { freightFen?: number; channel?: string };
    if (leaf.type === 'payout.made') isAtProvider = false;
    else fen += leaf.type === 'sale.paid' ? freightFen : -freightFen;
    if (leaf.type === 'sale.paid' && freightFen > 0) isAtProvider = channel === 'stripe';
  }
  return { fen, isAtProvider };
}

/** Of all buyers, what lies at the provider at the end. */
function freightLeft(past: readonly Leaf[], sales: readonly { sale: string; bidder: string }[]): number {
  const buyers = [...new Set(sales.map(({ bidder }) => bidder))];
  return buyers
    .map((bidder) => freightIn(past, sales, bidder))
    .reduce((sum, { fen, isAtProvider }) => sum + (isAtProvider ? fen : 0), 0);
}
