import { type HashedLine, matchOf, type Movement, readStatement } from './statement.js';

const movement = (more: Partial<Movement> = {}): Movement => ({
  ...{ kind: 'paid', channel: 'transfer', txn: 'a', amountFen: 5_000, day: '2026-11-25', sales: ['S1'] },
  ...more,
});
const line = (more: Partial<HashedLine> = {}): HashedLine => ({
  ...{ kind: 'bank', txn: 'a', amountFen: 5_000, day: '2026-11-25' },
  ...more,
});
const recorded = new Map([['paid a', 5_000]]);
const statesOf = (...of: Parameters<typeof matchOf>) => matchOf(...of).map(({ state }) => state);

describe('a statement', () => {
  it('is read by the names of its columns, in one column of amounts or two, and each row it cannot read is told', () => {
    const bank = readStatement([
      ['交易日期', '收入', '支出', '交易流水号'],
      ['2026/11/25', '1,280.50', '', 'NX1'],
      ['20261126', '', '98.00', 'NX2'],
      ['', '1', '', 'NX3'],
      ['2026-11-26', '', '', 'NX4'],
      ['2026-11-26', '3.005', '', 'NX5'],
    ]);
    expect(bank.lines).toEqual([
      { row: 2, day: '2026-11-25', amountFen: 128_050, reference: 'NX1' },
      { row: 3, day: '2026-11-26', amountFen: -9_800, reference: 'NX2' },
    ]);
    expect(bank.refused).toEqual([
      { row: 4, problem: 'no-day' },
      { row: 5, problem: 'no-amount' },
      { row: 6, problem: 'no-amount' },
    ]);
    const provider = readStatement([
      ['created_utc', 'currency', 'gross', 'payment_intent_id'],
      ['2026-11-25 08:00:00', 'cny', '58.00', 'pi_1'],
      ['2026-11-25 08:00:00', 'usd', '8.00', 'pi_2'],
    ]);
    expect(provider.lines).toMatchObject([{ amountFen: 5_800, reference: 'pi_1' }]);
    expect(provider.refused).toEqual([{ row: 3, problem: 'not-yuan' }]);
  });
});

describe('ledger, statement and records', () => {
  it('match by the reference, and differ where its amount does', () => {
    expect(statesOf([movement()], [line()], recorded)).toEqual(['matched']);
    expect(statesOf([movement()], [line({ amountFen: 4_999 })], recorded)).toEqual(['amount-differs']);
    expect(statesOf([movement()], [line({ amountFen: -5_000 })], recorded)).toEqual(['amount-differs']);
  });

  it('match by amount and day where there is one of each, and are ambiguous where there are two', () => {
    const other = line({ txn: 'x', day: '2026-11-27' });
    expect(statesOf([movement()], [other], recorded)).toEqual(['by-amount-and-day']);
    expect(statesOf([movement()], [line({ txn: 'x', day: '2026-12-09' })], recorded)).toEqual([
      ...['not-in-statement', 'not-in-ledger'],
    ]);
    expect(statesOf([movement()], [other, line({ txn: 'y' })], recorded)).toEqual([
      ...['ambiguous', 'not-in-ledger', 'not-in-ledger'],
    ]);
    const two = [movement(), movement({ txn: 'b' })];
    expect(statesOf(two, [other], recorded)).toEqual(['ambiguous', 'ambiguous', 'not-in-ledger']);
  });

  it('tell of what one side alone knows, differences first; cash is in no statement', () => {
    const out = movement({ kind: 'paidOut', txn: 'p' });
    const cash = movement({ channel: 'cash', txn: 'c' });
    expect(statesOf([cash, movement(), out], [line(), line({ txn: 'z', amountFen: 7 })], recorded)).toEqual([
      ...['not-in-statement', 'not-in-ledger', 'matched', 'cash'],
    ]);
  });

  it('do not match a payout that nobody recorded, nor money of a provider with a bank', () => {
    const out = movement({ kind: 'paidOut', txn: 'p' });
    const bank = [line({ txn: 'p', amountFen: -5_000 })];
    expect(statesOf([out], bank, new Map())).toEqual(['not-in-records']);
    expect(statesOf([out], bank, new Map([['paidOut p', 5_000]]))).toEqual(['matched']);
    expect(statesOf([movement({ channel: 'stripe' })], [line()], recorded)).toEqual([
      ...['not-in-statement', 'not-in-ledger'],
    ]);
  });
});
