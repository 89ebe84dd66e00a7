import { isBalanced, journalOf } from '@qingpai/ledger/rules';
import { type ShowRules } from '@qingpai/wire';
import { moneyFactsOf } from './books.js';
import { certificateOf } from './certificate.js';
import { CHEN, GROWER, LIN, PaperShow, type PaperLot, WU } from './testing/paperShow.js';

/** 保证金: what it opens, and what becomes of it. */

const DAY_MS = 86_400_000;
const CLOSED = 200_000;
const LATE = CLOSED + DAY_MS;
const txn = (letter: string): string => `${letter.repeat(43)}=`;

function evening(
  deposit: ShowRules['deposit'] = { amountFen: 5_000 },
  lots: Record<string, PaperLot> = { L1: {} },
  differs: Partial<ShowRules> = {},
): PaperShow {
  return new PaperShow({ lots, rules: { ...(deposit && { deposit }), ...differs } });
}
let nth = 0;
function holds(show: PaperShow, atMs: number, bidder: string, amountFen = 5_000) {
  const body = {
    bidder,
    amountFen,
    channel: 'wechat' as const,
    txn: `${String((nth += 1)).padStart(43, 'A')}=`,
  };
  return show.reason(atMs, { name: 'holdDeposit', body });
}
/** LIN leads WU on L1; closed, and LIN has not paid. Both have a deposit. */
function closed(
  differs: Partial<ShowRules> = {},
  paper: PaperLot = {},
  deposit = { amountFen: 5_000 },
): PaperShow {
  const show = evening(deposit, { L1: paper }, differs);
  for (const bidder of [LIN, WU]) holds(show, 1_000, bidder, deposit.amountFen);
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, WU, 3_600);
  show.bid(12_000, LIN, 3_800);
  show.pass(CLOSED);
  show.does(CLOSED, { name: 'close' });
  show.pass(CLOSED + 10);
  return show;
}
const paidFor = (show: PaperShow, atMs: number, sale: string) => {
  const { units, unitPriceFen } = show.state.sales[sale]!;
  const body = { sale, amountFen: units * unitPriceFen, channel: 'cash' as const, txn: txn('P') };
  return show.reason(atMs, { name: 'paid', body });
};

describe('a show that asks for a deposit', () => {
  it('takes no bid, no maximum and no take without it, and says what is missing', () => {
    const show = evening(
      { amountFen: 5_000 },
      { L1: {}, L2: { format: 'dutch', startFen: 2_000, stepFen: 200 } },
    );
    expect(show.most(500, WU, 4_000, 'L1')).toBe('deposit-needed');
    show.does(10_000, { name: 'offer', lot: 'L1' });
    expect(show.bid(11_000, WU, 3_600)).toBe('deposit-needed');
    expect(show.said('bid.refused')).toMatchObject([{ bidder: WU, reason: 'deposit-needed' }]);
    expect(holds(show, 11_500, WU)).toBeNull();
    expect(show.bid(12_000, WU, 3_600)).toBeNull();
    expect(show.most(12_500, CHEN, 5_000, 'L1')).toBe('deposit-needed');
    show.pass(100_000);
    show.does(100_000, { name: 'offer', lot: 'L2' });
    expect(show.bid(101_600, LIN, 1_800, { run: 0 })).toBe('deposit-needed');
    expect(show.bid(101_700, WU, 1_800, { run: 0 })).toBeNull();
  });

  it('asks only for bids that come to more than a sum, where it says so; for a maximum always', () => {
    const show = evening({ amountFen: 5_000, abovePriceFen: 7_200 }, { L1: { units: 2 }, L2: {} });
    show.does(10_000, { name: 'offer', lot: 'L1' });
    expect(show.bid(11_000, WU, 3_600)).toBeNull();
    expect(show.bid(12_000, LIN, 3_800)).toBe('deposit-needed');
    expect(show.most(13_000, LIN, 3_800, 'L2')).toBe('deposit-needed');
  });

  it('takes the sealed amount, once of each, from who has a paddle, before the close', () => {
    const show = evening();
    expect(holds(show, 1_000, WU, 4_999)).toBe('amount-differs');
    expect(holds(show, 1_000, 'nobody-aaaaaaaaa')).toBe('no-paddle');
    expect(holds(show, 1_000, WU)).toBeNull();
    expect(holds(show, 1_000, WU)).toBe('already-paid');
    const none = new PaperShow({ lots: { L1: {} } });
    expect(holds(none, 1_000, WU)).toBe('deposit-none');
    expect(none.said('deposit.held')).toEqual([]);
  });
});

describe('a deposit', () => {
  it('is let go by itself when the show is closed and its bidder owes nothing', () => {
    const show = closed();
    expect(show.said('deposit.released')).toEqual([
      { deposit: 'D2', amountFen: 5_000, reason: 'nothing-owed' },
    ]);
    expect(paidFor(show, CLOSED + 1_000, 'S1')).toBeNull();
    show.pass(CLOSED + 2_000);
    expect(show.said('deposit.released').at(-1)).toMatchObject({ deposit: 'D1', amountFen: 5_000 });
    expect(show.reason(LATE, { name: 'settle' })).toBe('deposits-open');
    for (const [k, deposit] of ['D1', 'D2'].entries()) {
      const back = { deposit, amountFen: 5_000, channel: 'wechat' as const, txn: txn('XY'.charAt(k)) };
      expect(show.reason(LATE, { name: 'returnDeposit', body: { ...back, amountFen: 4_000 } })).toBe(
        'amount-differs',
      );
      show.does(LATE, { name: 'returnDeposit', body: back });
      expect(show.reason(LATE, { name: 'returnDeposit', body: back })).toBe('already-decided');
    }
    show.does(LATE, { name: 'settle' });
  });

  it('goes to the grower in the same moment as the default, as much as the sale comes to; the rest is let go', () => {
    const show = closed();
    const leaves = show.does(LATE, { name: 'default', sale: 'S1' });
    expect(leaves.map(({ type }) => type)).toEqual(['sale.defaulted', 'deposit.forfeited']);
    expect(leaves[1]).toMatchObject({
      by: 'platform',
      body: { deposit: 'D1', sale: 'S1', amountFen: 3_800 },
    });
    show.pass(LATE + 10);
    expect(show.said('deposit.released').at(-1)).toMatchObject({ deposit: 'D1', amountFen: 1_200 });
    const journal = journalOf(moneyFactsOf(show.state, show.leaves));
    expect(journal.every(isBalanced)).toBe(true);
    const last = new Map(
      journal.flatMap(({ lines }) => lines).map(({ account, afterFen }) => [account, afterFen]),
    );
    expect(Object.fromEntries(last)).toEqual({
      'bank:escrow': 10_000,
      [`buyer:${LIN}:deposit`]: 0,
      [`buyer:${WU}:deposit`]: 0,
      [`buyer:${LIN}:receivable`]: 0,
      [`grower:${GROWER}:payable`]: -3_800,
      'refunds:payable': -6_200,
    });
    expect(certificateOf(show.state.rules, show.leaves).deposits).toEqual({
      ...{ heldFen: 10_000, forfeitedFen: 3_800, releasedFen: 6_200, returnedFen: 0 },
    });
  });

  it('that is smaller than the sale is forfeited whole, and the units go to who came next all the same', () => {
    const secondChance = { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'carry' as const };
    const show = closed({ secondChance }, { units: 2 });
    show.does(LATE, { name: 'default', sale: 'S1' });
    show.pass(LATE + 10);
    expect(show.types().slice(-3)).toEqual(['sale.defaulted', 'deposit.forfeited', 'sale.offered']);
    expect(show.said('deposit.forfeited')).toMatchObject([{ amountFen: 5_000 }]);
  });

  it('is let go by the officer for a reason, but not while a bid, a maximum or a debt depends on it', () => {
    const show = evening();
    holds(show, 1_000, WU);
    const ask = (atMs: number) => {
      const asked = { name: 'releaseDeposit', deposit: 'D1', reason: 'bidder-request' } as const;
      const decision = show.ask(atMs, asked, 'officer');
      return decision.ok ? null : decision.reason;
    };
    show.does(10_000, { name: 'offer', lot: 'L1' });
    show.bid(11_000, WU, 3_600);
    expect(ask(12_000)).toBe('deposit-bound');
    show.pass(100_000);
    expect(ask(100_000)).toBe('deposit-bound');
    expect(paidFor(show, 100_100, 'S1')).toBeNull();
    expect(ask(100_200)).toBeNull();
    expect(ask(100_300)).toBe('already-decided');
    expect(holds(show, 100_400, WU)).toBeNull();
    expect(Object.keys(show.state.deposits)).toEqual(['D1', 'D2']);
  });

  it('is let go for owing nothing by itself, once the show is closed, and never at anybody’s word', () => {
    const show = evening();
    holds(show, 1_000, WU);
    const asked = { name: 'releaseDeposit', deposit: 'D1', reason: 'nothing-owed' } as const;
    for (const by of ['officer', 'platform'] as const)
      expect(show.reason(2_000, asked, by)).toBe('deposit-bound');
  });

  it('goes back once, whole, and only what was let go', () => {
    const show = closed();
    const back = (deposit: string, amountFen: number, letter: string) =>
      show.reason(CLOSED + 100, {
        name: 'returnDeposit',
        body: { deposit, amountFen, channel: 'wechat', txn: txn(letter) },
      });
    expect(back('D9', 5_000, 'a')).toBe('not-found');
    expect(back('D1', 5_000, 'b')).toBe('already-decided');
    expect(back('D2', 4_999, 'c')).toBe('amount-differs');
    expect(back('D2', 5_000, 'd')).toBeNull();
    expect(back('D2', 5_000, 'e')).toBe('already-decided');
    expect(
      show.reason(CLOSED + 200, { name: 'releaseDeposit', deposit: 'D9', reason: 'other' }, 'officer'),
    ).toBe('not-found');
  });

  it('is not asked for where the rules are as they always were', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(10_000, { name: 'offer', lot: 'L1' });
    expect(show.bid(11_000, WU, 3_600)).toBeNull();
  });
});
