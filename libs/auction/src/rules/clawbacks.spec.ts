import { journalOf } from '@qingpai/ledger/rules';
import { type Reason, type ShowRules } from '@qingpai/wire';
import { type Command } from './command.js';
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
import { growersTotalFen } from './payouts.js';
import { CHEN, GROWER, LIN, PaperShow, WU } from './testing/paperShow.js';

const CLOSED_AT = 500_000;
const RELEASED_AT = CLOSED_AT + 86_400_000;
const txn = (letter: string) => `${letter.repeat(43)}=`;

/** Two pots at ¥50 and ¥40, of one grower unless told otherwise, to LIN and WU; paid unless told otherwise. */
function closed(rules: Partial<ShowRules> = {}, unpaid: readonly string[] = [], growerOfL2 = GROWER): PaperShow {
  const show = new PaperShow({ lots: { L1: {}, L2: { grower: growerOfL2 } }, rules: { feePercent: 10, growerDues: 'settled', ...rules } });
  if (rules.deposit)
    for (const [k, bidder] of (rules.secondChance ? [LIN, WU, CHEN] : [LIN, WU]).entries()) {
      const body = { bidder, amountFen: rules.deposit.amountFen, channel: 'wechat' as const, txn: txn('DEJ'.charAt(k)) };
      show.does(500 + k, { name: 'holdDeposit', body }, 'officer');
    }
  for (const [k, [lot, bidder, fen]] of ([['L1', LIN, 5_000], ['L2', WU, 4_000]] as const).entries()) {
    show.does(10_000 + k * 200_000, { name: 'offer', lot });
    if (rules.secondChance && lot === 'L1') show.bid(10_500, CHEN, 3_600, { confirmed: true });
    show.bid(11_000 + k * 200_000, bidder, fen, { confirmed: true });
    show.pass(150_000 + k * 200_000);
  }
  show.does(CLOSED_AT, { name: 'close' });
  for (const { sale, unitPriceFen } of Object.values(show.state.sales)) {
    if (unpaid.includes(sale)) continue;
    const body = { sale, amountFen: unitPriceFen, channel: 'cash' as const, txn: txn('BC'.charAt(Number(sale[1]) - 1)) };
    show.does(CLOSED_AT + 1, { name: 'paid', body });
  }
  return show;
} // prettier-ignore

function payOut(show: PaperShow, id: string, atMs: number, payout = `P${id[1]}`): void {
  const sale = show.state.sales[id]!;
  const feeFen = feeOfFen(show.state.rules, keptFen(sale));
  const body = {
    ...{ payout, sale: id, grower: growerOf(show.state, sale), channel: 'transfer' as const },
    ...{ amountFen: growersFen(show.state.rules, sale), txn: txn('FGH'.charAt(Number(payout[1]))) },
    ...(feeFen > 0 && { feeFen }),
  };
  show.does(atMs, { name: 'payOut', body }, 'officer');
}
const refund = (show: PaperShow, sale: string, amountFen: number, atMs: number) =>
  show.does(atMs, { name: 'refunded', body: { sale, amountFen, channel: 'cash', txn: txn('R') } });
type Said = Extract<Command, { name: 'takeBack' | 'repayClawback' | 'carryClawback' }>;
const says = (show: PaperShow, atMs: number, name: Said['name'], body: object): Reason | null =>
  show.reason(atMs, { name, body } as Said, 'officer');
const owed = (show: PaperShow, sale = 'S1') => clawbackFen(show.state.rules, show.state.sales[sale]!);
const settle = (show: PaperShow, atMs: number): Reason | null =>
  show.reason(atMs, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
const balances = (show: PaperShow): Record<string, number> =>
  Object.fromEntries(
    journalOf(moneyFactsOf(show.state, show.leaves)).flatMap(({ lines }) =>
      lines.map(({ account, afterFen }) => [account, afterFen]),
    ),
  );

describe('what a grower owes back, since a sale was given back after he had been paid,', () => {
  it('comes off his next payout at the same moment, and never more than it comes to', () => {
    const show = closed();
    payOut(show, 'S1', RELEASED_AT);
    refund(show, 'S1', 5_000, RELEASED_AT + 1);
    expect(owed(show)).toBe(4_500);
    const taken = { payout: 'P2', grower: GROWER, sale: 'S1', amountFen: 3_600 };
    expect(says(show, RELEASED_AT + 2, 'takeBack', taken)).toBe('not-found');
    payOut(show, 'S2', RELEASED_AT + 2);
    expect(says(show, RELEASED_AT + 2, 'takeBack', { ...taken, amountFen: 3_601 })).toBe('amount-differs');
    expect(says(show, RELEASED_AT + 2, 'takeBack', { ...taken, grower: CHEN })).toBe('other-grower');
    expect(says(show, RELEASED_AT + 2, 'takeBack', { ...taken, sale: 'S2' })).toBe('clawback-none');
    expect(says(show, RELEASED_AT + 3, 'takeBack', taken)).toBe('already-decided');
    expect(says(show, RELEASED_AT + 2, 'takeBack', taken)).toBeNull();
    expect(owed(show)).toBe(900);
    expect(balances(show)).toMatchObject({
      [`grower:${GROWER}:payable`]: 0,
      [`grower:${GROWER}:clawback`]: 900,
      'platform:fee': -400,
      'bank:escrow': -500,
    });
  });

  it('is given back by himself, in part or whole, under a reference of its own', () => {
    const show = closed();
    payOut(show, 'S1', RELEASED_AT);
    payOut(show, 'S2', RELEASED_AT);
    refund(show, 'S1', 1_000, RELEASED_AT + 1);
    const back = { sale: 'S1', grower: GROWER, amountFen: 901, channel: 'cash', txn: txn('Q') };
    expect(says(show, RELEASED_AT + 2, 'repayClawback', back)).toBe('clawback-above-owed');
    expect(says(show, RELEASED_AT + 2, 'repayClawback', { ...back, amountFen: 400 })).toBeNull();
    expect(settle(show, RELEASED_AT + 2)).toBe('clawback-left');
    expect(says(show, RELEASED_AT + 3, 'repayClawback', { ...back, amountFen: 500 })).toBeNull();
    expect(says(show, RELEASED_AT + 4, 'repayClawback', { ...back, amountFen: 1 })).toBe('clawback-none');
    expect(settle(show, RELEASED_AT + 4)).toBeNull();
    expect(show.said('show.settled')).toMatchObject([
      { paidFen: 9_000, refundedFen: 1_000, payableFen: 7_200 },
    ]);
    expect(balances(show)).toMatchObject({ [`grower:${GROWER}:clawback`]: 0, 'bank:escrow': 800 });
  });

  it('is carried on by name when nothing more comes to him here, and comes off in another show', () => {
    const show = closed();
    payOut(show, 'S1', RELEASED_AT);
    refund(show, 'S1', 1_000, RELEASED_AT + 1);
    const carried = { sale: 'S1', grower: GROWER, amountFen: 900 };
    expect(says(show, RELEASED_AT + 2, 'carryClawback', carried)).toBe('clawback-takeable');
    payOut(show, 'S2', RELEASED_AT + 2);
    expect(says(show, RELEASED_AT + 3, 'carryClawback', { ...carried, amountFen: 800 })).toBe(
      'amount-differs',
    );
    expect(says(show, RELEASED_AT + 3, 'carryClawback', carried)).toBeNull();
    expect(balances(show)).toMatchObject({ [`grower:${GROWER}:clawback`]: 0, 'clawbacks:carried': 900 });
    expect(settle(show, RELEASED_AT + 3)).toBeNull();
    expect(show.said('show.settled')).toMatchObject([{ carriedFen: 900 }]);

    const next = closed();
    payOut(next, 'S1', RELEASED_AT);
    const from = (origin: string) => ({ payout: 'P1', grower: GROWER, debt: `${origin}#S1`, amountFen: 900 });
    expect(says(next, RELEASED_AT, 'takeBack', from(next.state.origin))).toBe('malformed');
    expect(says(next, RELEASED_AT, 'takeBack', from('other.example/shows/1'))).toBeNull();
    expect(balances(next)).toMatchObject({ 'clawbacks:carried': -900 });
  });

  it('is carried on whatever is still to come to another grower', () => {
    const show = closed({}, [], 'grower-bbbbbbbbb');
    payOut(show, 'S1', RELEASED_AT);
    refund(show, 'S1', 1_000, RELEASED_AT + 1);
    expect(payoutStateOf(show.state, show.state.sales.S2!, RELEASED_AT + 2)).toBe('payable');
    const carried = { sale: 'S1', grower: GROWER, amountFen: 900 };
    expect(says(show, RELEASED_AT + 2, 'carryClawback', carried)).toBeNull();
  });

  it('is owed by nobody else, and of no sale that nobody knows', () => {
    const show = closed();
    payOut(show, 'S1', RELEASED_AT);
    refund(show, 'S1', 1_000, RELEASED_AT + 1);
    payOut(show, 'S2', RELEASED_AT + 2);
    const owes = { sale: 'S1', grower: GROWER, amountFen: 900 };
    const ways = [
      ['takeBack', { payout: 'P2' }],
      ['repayClawback', { channel: 'cash', txn: txn('Q') }],
      ['carryClawback', {}],
    ] as const;
    for (const [name, more] of ways) {
      const said = (differs: object) => says(show, RELEASED_AT + 2, name, { ...owes, ...more, ...differs });
      expect([said({ sale: 'S9' }), said({ grower: CHEN })]).toEqual(['unknown-sale', 'other-grower']);
    }
    const elsewhere = { payout: 'P2', grower: CHEN, debt: 'other.example/shows/1#S1', amountFen: 900 };
    expect(says(show, RELEASED_AT + 2, 'takeBack', elsewhere)).toBe('other-grower');
  });

  it('holds up no show whose rules were sealed before', () => {
    const show = closed({ growerDues: undefined });
    payOut(show, 'S1', RELEASED_AT);
    payOut(show, 'S2', RELEASED_AT);
    refund(show, 'S1', 1_000, RELEASED_AT + 1);
    expect(settle(show, RELEASED_AT + 2)).toBeNull();
  });
});

describe('a deposit that was forfeited to a grower', () => {
  const forfeited = (rules: Partial<ShowRules> = {}) => {
    const show = closed({ deposit: { amountFen: 2_000 }, ...rules }, ['S1']);
    show.does(RELEASED_AT, { name: 'default', sale: 'S1' });
    show.pass(RELEASED_AT + 10);
    return show;
  };

  it('is payable to him, whole and without a fee, when the time for complaints is over', () => {
    const show = forfeited();
    expect(show.state.sales.S1).toMatchObject({ phase: 'defaulted', forfeitFen: 2_000 });
    expect(payoutStateOf(show.state, show.state.sales.S1!, RELEASED_AT - 1)).toBe('held');
    const body = { payout: 'P1', sale: 'S1', grower: GROWER, channel: 'cash' as const, txn: txn('F') };
    expect(show.reason(RELEASED_AT + 20, { name: 'payOut', body: { ...body, amountFen: 2_001 } })).toBe('amount-differs');
    expect(show.reason(RELEASED_AT + 20, { name: 'payOut', body: { ...body, amountFen: 1_800, feeFen: 200 } })).toBe('amount-differs');
    payOut(show, 'S1', RELEASED_AT + 20);
    expect(balances(show)).toMatchObject({ [`grower:${GROWER}:payable`]: -4_000 });
    payOut(show, 'S2', RELEASED_AT + 21);
    expect(growersTotalFen(show.state)).toBe(5_600);
    expect(balances(show)).toMatchObject({ [`grower:${GROWER}:payable`]: 0, 'platform:fee': -400, 'refunds:payable': -2_000 });
  }); // prettier-ignore

  it('is of the sale in default alone: who buys its units then pays for them, and they are paid out too', () => {
    const show = forfeited({ secondChance: { answerWithinMs: 600_000, perSaleMax: 1, atLast: 'wait' } });
    payOut(show, 'S1', RELEASED_AT + 20);
    show.does(RELEASED_AT + 30, { name: 'answerChance', sale: 'S3', accept: true }, CHEN);
    const sale = show.state.sales.S3!;
    expect([sale.forfeitFen, sale.payout]).toEqual([undefined, undefined]);
    expect(payoutStateOf(show.state, sale, RELEASED_AT + 31)).toBe('unpaid');
    const body = { sale: 'S3', amountFen: 3_600, channel: 'cash' as const, txn: txn('K') };
    show.does(RELEASED_AT + 31, { name: 'paid', body });
    expect(growersFen(show.state.rules, sale)).toBe(3_240);
  });

  it('is waited for where the sealed rules say so, and nowhere else', () => {
    for (const growerDues of ['settled', undefined] as const) {
      const show = forfeited({ growerDues });
      payOut(show, 'S2', RELEASED_AT + 20);
      const body = { deposit: 'D2', amountFen: 2_000, channel: 'wechat' as const, txn: txn('T') };
      show.does(RELEASED_AT + 30, { name: 'returnDeposit', body }, 'officer');
      expect(settle(show, RELEASED_AT + 40)).toBe(growerDues ? 'payouts-left' : null);
      if (!growerDues) expect(show.said('show.settled')).toMatchObject([{ payableFen: 3_600 }]);
    }
  });
});
