import { journalOf } from '@qingpai/ledger/rules';
import { defaultFreight, type EventBody, freightRule } from '@qingpai/wire';
import { freightHeldFen, freightOf, type ParcelChoice } from './freight.js';
import { moneyFactsOf } from './books.js';
import { booksRootOf } from './payouts.js';
import { LIN, PaperShow, WU } from './testing/paperShow.js';

const to = (province: '35' | '11' | '54'): ParcelChoice => ({ pickUp: false, province });
const hash = (of: string) => `${of.repeat(43)}=`;

test('freight is that of the province, nothing from the free sum on or for who fetches it; some places are not served', () => {
  const fee = (parcel: ParcelChoice, sumFen: number) => freightOf(defaultFreight, parcel, sumFen);
  expect(fee(to('35'), 19_999)).toEqual({ ok: true, feeFen: 800 });
  expect(fee(to('11'), 19_999)).toEqual({ ok: true, feeFen: 1_800 });
  expect(fee(to('35'), 20_000)).toEqual({ ok: true, feeFen: 0 });
  expect(fee(to('54'), 90_000)).toEqual({ ok: false, reason: 'not-served' });
  expect(fee({ pickUp: true }, 100)).toEqual({ ok: true, feeFen: 0 });
  expect(freightOf({ ...defaultFreight, pickUp: false }, { pickUp: true }, 100).ok).toBe(false);
  expect(freightOf({ ...defaultFreight, elsewhereFen: undefined }, to('11'), 100).ok).toBe(false);
  expect(freightOf(undefined, to('54'), 100)).toEqual({ ok: true, feeFen: 0 });
});

test('a table names each province once', () => {
  expect(freightRule.safeParse(defaultFreight).success).toBe(true);
  expect(freightRule.safeParse({ ...defaultFreight, notServed: ['35'] }).success).toBe(false);
});

/** Two lots of Lin and one of Wu, at ¥36 each. */
function closedShow(freeFromFen?: number, more: { feePercent?: number } = {}) {
  const freight = {
    ...{ zones: defaultFreight.zones, elsewhereFen: 1_800, notServed: [], pickUp: true },
    ...(freeFromFen !== undefined && { freeFromFen }),
  };
  const show = new PaperShow({ rules: { freight, ...more }, lots: { L1: {}, L2: {}, L3: {} } });
  for (const [k, bidder] of [LIN, LIN, WU].entries()) {
    show.does(10_000 + k * 100_000, { name: 'offer', lot: `L${k + 1}` });
    show.bid(11_000 + k * 100_000, bidder, 3_600);
    show.pass(100_000 + k * 100_000);
  }
  show.does(400_000, { name: 'close' });
  const body = (sale: string, txn: string, freightFen?: number): EventBody<'sale.paid'> => ({
    ...{ sale, amountFen: 3_600, channel: 'stripe', txn: hash(txn) },
    ...(freightFen !== undefined && { freightFen }),
  });
  return {
    show,
    pays: (sale: string, freightFen?: number) =>
      show.reason(410_000, { name: 'paid', body: body(sale, `A${sale}`.at(-1)!, freightFen) }),
    back: (sale: string, freightFen?: number) =>
      show.reason(420_000, {
        name: 'refunded',
        body: body(sale, `B${Number(sale.at(-1)) + 4}`.at(-1)!, freightFen),
      }),
  };
}

test('one freight per buyer: a second is refused, and one that the table does not know', () => {
  const { show, pays } = closedShow();
  expect(pays('S1', 900)).toBe('freight-differs');
  expect(pays('S1', 800)).toBeNull();
  expect(pays('S2', 800)).toBe('freight-paid');
  expect(pays('S2')).toBeNull();
  expect(pays('S3', 1_800)).toBeNull();
  expect([freightHeldFen(show.state, LIN), freightHeldFen(show.state)]).toEqual([800, 2_600]);
});

test('from the free sum on none can be taken', () => {
  const { pays } = closedShow(7_200);
  expect(pays('S1')).toBeNull();
  expect(pays('S2', 800)).toBe('freight-differs');
});

test('freight goes back whole with a refund, once', () => {
  const { show, pays, back } = closedShow();
  pays('S1', 800);
  expect(back('S1', 700)).toBe('freight-differs');
  expect(back('S1', 800)).toBeNull();
  expect(freightHeldFen(show.state, LIN)).toBe(0);
  pays('S2');
  expect(back('S2', 800)).toBe('freight-differs');
});

test('freight goes back alone, after goods that went back another way than it came', () => {
  const { show, pays } = closedShow();
  pays('S1', 800);
  const refunded = (amountFen: number, channel: 'cash' | 'stripe', freightFen?: number) => {
    const body = { sale: 'S1', amountFen, channel, txn: hash(channel === 'cash' ? 'D' : 'E') };
    return show.reason(420_000, {
      name: 'refunded',
      body: { ...body, ...(freightFen !== undefined && { freightFen }) },
    });
  };
  expect(refunded(3_600, 'cash')).toBeNull();
  expect(refunded(0, 'stripe')).toBe('malformed');
  expect(refunded(0, 'stripe', 700)).toBe('freight-differs');
  expect(refunded(0, 'stripe', 800)).toBeNull();
  expect(refunded(0, 'stripe', 800)).toBe('freight-differs');
  expect(freightHeldFen(show.state)).toBe(0);
  const entry = journalOf(moneyFactsOf(show.state, show.leaves)).at(-1)!;
  expect(entry).toMatchObject({
    ...{ kind: 'refunded', sale: 'S1' },
    lines: [
      { account: 'freight:payable', side: 'debit', amountFen: 800, afterFen: 0 },
      { account: 'gateway:stripe:clearing', side: 'credit', amountFen: 800, afterFen: 3_600 },
    ],
  });
});

test('freight that stays although nothing of its buyer is paid out has come over from the provider at the settlement', () => {
  const { show, pays } = closedShow(undefined, { feePercent: 0 });
  for (const [sale, fen] of [['S1'], ['S2', 800], ['S3', 1_800]] as [string, number?][]) pays(sale, fen);
  for (const [sale, of] of [
    ['S1', 'D'],
    ['S2', 'D'],
    ['S3', 'E'],
  ] as const) {
    const body = { sale, amountFen: 3_600, channel: 'stripe' as const, txn: hash(of) };
    show.does(420_000, { name: 'refunded', body });
  }
  show.does(90_000_000, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
  const entry = journalOf(moneyFactsOf(show.state, show.leaves)).at(-1)!;
  expect(entry).toMatchObject({ kind: 'settled', i: show.leaves.length - 1 });
  expect(entry.lines).toMatchObject([
    { account: 'bank:escrow', side: 'debit', amountFen: 2_600 },
    { account: 'gateway:stripe:clearing', side: 'credit', amountFen: 2_600, afterFen: 0 },
  ]);
});

test('in the books freight comes with the money and is owed to the carrier; the settlement names what was kept', () => {
  const { show, pays, back } = closedShow();
  for (const [sale, fen] of [['S1'], ['S2', 800], ['S3', 1_800]] as [string, number?][]) pays(sale, fen);
  back('S3', 1_800);
  const journal = journalOf(moneyFactsOf(show.state, show.leaves));
  const sides = (n: number) =>
    journal[n]!.lines.map(({ account, side, amountFen }) => `${side} ${account} ${amountFen}`);
  expect(sides(4)).toEqual([
    'debit gateway:stripe:clearing 3600',
    `credit buyer:${LIN}:receivable 3600`,
    'debit gateway:stripe:clearing 800',
    'credit freight:payable 800',
  ]);
  expect(sides(6)).toEqual([
    'debit grower:grower-aaaaaaaaa:payable 3600',
    'credit gateway:stripe:clearing 3600',
    'debit freight:payable 1800',
    'credit gateway:stripe:clearing 1800',
  ]);
  const [settled] = show.does(90_000_000, { name: 'settle' });
  expect(settled!.body).toMatchObject({ paidFen: 10_800, refundedFen: 3_600, freightFen: 800 });
});
