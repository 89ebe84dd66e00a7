import fc from 'fast-check';
import { journalOf } from '@qingpai/ledger/rules';
import { defaultRules, type Reason, type ShowRules } from '@qingpai/wire';
import {
  booksRootOf,
  clawbackFen,
  feeOfFen,
  growerOf,
  growersFen,
  keptFen,
  moneyFactsOf,
  payoutStateOf,
} from './index.js';
import { GROWER, LIN, PaperShow } from './testing/paperShow.js';

const CLOSED_AT = 100_000;
const RELEASED_AT = CLOSED_AT + 86_400_000;
const TXN = `${'G'.repeat(43)}=`;
const another = (letter: string) => `${letter.repeat(43)}=`;

/** One pot at ¥58, closed; paid unless told otherwise. */
function closed({
  feePercent,
  isPaid = true,
  rules = {},
}: { feePercent?: number; isPaid?: boolean; rules?: Partial<ShowRules> } = {}): PaperShow {
  const show = new PaperShow({
    lots: { L1: {} },
    rules: { ...rules, ...(feePercent !== undefined && { feePercent }) },
  });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 5_800, { confirmed: true });
  show.pass(CLOSED_AT);
  show.does(CLOSED_AT, { name: 'close' });
  if (isPaid) pay(show);
  return show;
}
function pay(show: PaperShow): void {
  const body = { sale: 'S1', amountFen: 5_800, channel: 'cash' as const, txn: another('B') };
  show.does(CLOSED_AT + 1, { name: 'paid', body });
}
const refund = (show: PaperShow, atMs: number, amountFen: number, letter = 'R') =>
  show.does(atMs, {
    name: 'refunded',
    body: { sale: 'S1', amountFen, channel: 'cash', txn: another(letter) },
  });
const payOut = (
  show: PaperShow,
  atMs: number,
  differs: { amountFen?: number; feeFen?: number; grower?: string; payout?: string } = {},
): Reason | null => {
  const sale = show.state.sales.S1!;
  const feeFen = feeOfFen(show.state.rules, keptFen(sale));
  const body = {
    ...{ payout: 'P1', sale: 'S1', grower: growerOf(show.state, sale), channel: 'transfer' as const },
    ...{ amountFen: growersFen(show.state.rules, sale), txn: TXN },
    ...(feeFen > 0 && { feeFen }),
    ...differs,
  };
  return show.reason(atMs, { name: 'payOut', body }, 'officer');
};
const stateAt = (show: PaperShow, atMs: number) => payoutStateOf(show.state, show.state.sales.S1!, atMs);
const settle = (show: PaperShow, atMs: number): Reason | null =>
  show.reason(atMs, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
const balances = (show: PaperShow): Record<string, number> =>
  Object.fromEntries(
    journalOf(moneyFactsOf(show.state, show.leaves)).flatMap(({ lines }) =>
      lines.map(({ account, afterFen }) => [account, afterFen]),
    ),
  );

describe("a grower's money", () => {
  it('is unpaid, then held until the time for complaints is over, then payable, then paid', () => {
    const show = closed({ isPaid: false });
    expect(stateAt(show, RELEASED_AT)).toBe('unpaid');
    pay(show);
    expect(stateAt(show, RELEASED_AT - 1)).toBe('held');
    expect(stateAt(show, RELEASED_AT)).toBe('payable');
    expect(payOut(show, RELEASED_AT - 1)).toBe('not-payable');
    expect(payOut(show, RELEASED_AT)).toBeNull();
    expect(stateAt(show, RELEASED_AT)).toBe('paid');
    expect(show.state.sales.S1).toMatchObject({ payout: { payout: 'P1', amountFen: 5_800, t: RELEASED_AT } });
  });

  it('is held while its goods travel, may be claimed for, or are claimed for', () => {
    const show = closed({ rules: { afterSale: defaultRules.afterSale! } });
    const day = 86_400_000;
    show.does(RELEASED_AT, { name: 'pack', sale: 'S1' });
    expect(stateAt(show, RELEASED_AT + 1)).toBe('held');
    show.does(RELEASED_AT + 1, {
      name: 'ship',
      body: { sale: 'S1', courier: 'zto', tracking: another('T') },
    });
    show.does(RELEASED_AT + day, { name: 'receive', body: { sale: 'S1', cause: 'courier' } });
    expect(stateAt(show, RELEASED_AT + day)).toBe('held');
    const claim = { kind: 'damaged' as const, bidder: LIN, sale: 'S1', units: 1, photo: another('P') };
    show.does(RELEASED_AT + day + 1, { name: 'fileClaim', body: claim }, LIN);
    expect(stateAt(show, RELEASED_AT + 9 * day)).toBe('held');
    expect(payOut(show, RELEASED_AT + 9 * day)).toBe('not-payable');
    const person = 'o'.repeat(16);
    show.does(RELEASED_AT + 9 * day, {
      name: 'declineClaim',
      body: { claim: 'C1', reason: 'not-visible', person },
    });
    expect(stateAt(show, RELEASED_AT + 9 * day)).toBe('payable');
  });

  it('goes to its own grower, once, and to the fen', () => {
    const show = closed({ feePercent: 2 });
    expect(payOut(show, RELEASED_AT, { grower: LIN })).toBe('other-grower');
    expect(payOut(show, RELEASED_AT, { amountFen: 5_685 })).toBe('amount-differs');
    expect(payOut(show, RELEASED_AT, { amountFen: 5_800, feeFen: 116 })).toBe('amount-differs');
    expect(payOut(show, RELEASED_AT, { amountFen: 5_683, feeFen: 117 })).toBe('amount-differs');
    expect(payOut(show, RELEASED_AT)).toBeNull();
    expect(show.said('payout.made')).toMatchObject([{ grower: GROWER, amountFen: 5_684, feeFen: 116 }]);
    expect(payOut(show, RELEASED_AT, { payout: 'P2' })).toBe('paid-out');
  });

  it('is of a sale that stands: none that was undone, or that nobody knows', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    show.does(62_000, { name: 'undo', sale: 'S1', reason: 'technical' });
    show.does(63_000, { name: 'withdraw', lot: 'L1', reason: 'other' });
    show.does(CLOSED_AT, { name: 'close' });
    const out = { payout: 'P1', grower: GROWER, amountFen: 3_600, channel: 'transfer' as const, txn: TXN };
    for (const sale of ['S1', 'S9'])
      expect(show.reason(RELEASED_AT, { name: 'payOut', body: { ...out, sale } }, 'officer')).toBe(
        'unknown-sale',
      );
  });

  it('is nothing where nobody paid: a default costs the grower no fee either', () => {
    const show = closed({ feePercent: 2, isPaid: false });
    show.does(RELEASED_AT, { name: 'default', sale: 'S1' });
    expect(stateAt(show, RELEASED_AT)).toBe('none');
    expect(balances(show)).toEqual({
      'buyer:lin-aaaaaaaaaaaa:receivable': 0,
      [`grower:${GROWER}:payable`]: 0,
    });
  });

  it('is less by what was given back before, and the fee is of what stayed', () => {
    const show = closed({ feePercent: 10 });
    refund(show, CLOSED_AT + 2, 805);
    expect(payOut(show, RELEASED_AT, { amountFen: 5_220, feeFen: 580 })).toBe('amount-differs');
    expect(payOut(show, RELEASED_AT)).toBeNull();
    expect(show.said('payout.made')).toMatchObject([{ amountFen: 4_496, feeFen: 499 }]);
  });

  it('given back afterwards is owed by him, without the share that the township gives back itself', () => {
    const show = closed({ feePercent: 10 });
    payOut(show, RELEASED_AT);
    refund(show, RELEASED_AT + 1, 1_000);
    expect(clawbackFen(show.state.rules, show.state.sales.S1!)).toBe(900);
    expect(balances(show)).toMatchObject({
      [`grower:${GROWER}:payable`]: 0,
      [`grower:${GROWER}:clawback`]: 900,
      'platform:fee': -480,
    });
  });

  it('waits for nobody: a show is settled when all growers are paid, and says so with the root of its books', () => {
    const show = closed({ feePercent: 0 });
    expect(settle(show, RELEASED_AT)).toBe('payouts-left');
    payOut(show, RELEASED_AT);
    expect(settle(show, RELEASED_AT)).toBeNull();
    expect(show.said('show.settled')).toMatchObject([{ paidFen: 5_800, payableFen: 5_800 }]);
  });

  it('does not hold up a show whose growers are paid elsewhere', () => {
    const show = closed();
    expect(settle(show, RELEASED_AT)).toBeNull();
    expect(show.said('show.settled')[0]).not.toHaveProperty('books');
  });

  it('never is more than came in, whatever is given back and when', () => {
    const step = fc.oneof(
      fc.record({ refundFen: fc.integer({ min: 1, max: 3_000 }) }),
      fc.constant('payOut' as const),
    );
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.array(step, { maxLength: 6 }), (feePercent, steps) => {
        const show = closed({ feePercent });
        for (const [k, one] of steps.entries()) {
          if (one === 'payOut') payOut(show, RELEASED_AT + k);
          else show.reason(RELEASED_AT + k, {
            name: 'refunded',
            body: { sale: 'S1', amountFen: one.refundFen, channel: 'cash', txn: another('abcdef'.charAt(k)) },
          }); // prettier-ignore
        }
        const sale = show.state.sales.S1!;
        const [out, fee] = [sale.payout?.amountFen ?? 0, sale.payout?.feeFen ?? 0];
        expect(out + fee).toBeLessThanOrEqual(5_800);
        const { 'bank:escrow': bank = 0, ...rest } = balances(show);
        expect(bank + Object.values(rest).reduce((sum, one) => sum + one, 0)).toBe(0);
        expect(rest[`grower:${GROWER}:clawback`] ?? 0).toBe(clawbackFen(show.state.rules, sale));
        const shareFen = sale.payout ? feeOfFen({ feePercent }, keptFen(sale)) : 0;
        expect((rest['platform:fee'] ?? 0) + shareFen).toBe(0);
      }),
    );
  });
});
