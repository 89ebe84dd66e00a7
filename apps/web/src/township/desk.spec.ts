import type { Bill, Payment } from '@qingpai/wire';
import { payableSales, sumFen } from '../shared/bills';
import { waitingFen } from './bills';
import { fenOf, typed } from '../shared/yuan';
import { addressOf, conditions, filteredBy, placeOf, queryOf, type Place } from './place';

describe('where one is on the desk', () => {
  const deep: Place = {
    view: 'lot',
    at: '20261124-01',
    lot: 'L3',
    filter: { village: '吴山村', phase: 'hammered', fromDay: '2026-11-01' },
  };
  test('survives a reload: the address says all of it', () => {
    expect(placeOf(new URL(addressOf(deep), 'http://desk').search)).toEqual(deep);
  });
  test('the overview without a filter is the plain page', () => {
    expect(addressOf({ view: 'overview', at: null, lot: null, filter: {} })).toBe('/township');
  });
  test('an address nobody made leads to the overview', () => {
    expect(placeOf('?view=vault&colour=red')).toEqual({ view: 'overview', at: null, lot: null, filter: {} });
  });
  test('the API is asked by the same words, in a fixed order', () => {
    expect(queryOf({ q: '兰', village: '吴山村' })).toBe(
      `?village=${encodeURIComponent('吴山村')}&q=${encodeURIComponent('兰')}`,
    );
    expect(queryOf({})).toBe('');
  });
  test('a condition set to nothing is gone', () => {
    const filter = filteredBy(deep.filter, { village: '', q: '兰' });
    expect(filter).toEqual({ phase: 'hammered', fromDay: '2026-11-01', q: '兰' });
    expect(conditions(filter)).toBe(3);
  });
});

describe('yuan as people type them', () => {
  test.each([
    ['128', 12_800],
    ['128.5', 12_850],
    ['¥1,280.05', 128_005],
    ['１２８．００', 12_800],
    [' 128元 ', 12_800],
    ['0.07', 7],
  ])('%s is %i fen', (text, fen) => expect(fenOf(text)).toBe(fen));
  test.each(['', 'abc', '1.234', '-5', '1e3', '.5', '12.'])('%p is not an amount', (text) =>
    expect(fenOf(text)).toBeNull(),
  );
  test('what the field is given can be read back', () => {
    for (const fen of [0, 7, 50, 12_800, 12_850, 99_999_999]) expect(fenOf(typed(fen))).toBe(fen);
  });
});

describe('a bill', () => {
  const sale = (name: string, amountFen: number, phase: 'awaiting' | 'paid') => ({
    ...{ sale: name, amountFen, phase },
    lot: 'L1',
    number: '001',
    title: '兰花',
    units: 1,
    refundedFen: 0,
  });
  const bill: Bill = {
    bidder: 'A'.repeat(16),
    paddle: 28,
    nickname: '阿梅',
    phone: null,
    sales: [sale('S1', 100, 'awaiting'), sale('S2', 200, 'awaiting'), sale('S3', 400, 'paid')],
    hammerFen: 700,
    paidFen: 400,
    refundedFen: 0,
    dueFen: 300,
    ...{ freight: { state: 'none' as const, feeFen: 0 }, totalDueFen: 300, payByMs: null },
    ...{ extended: false, parcel: 'none' as const, fresh: 'none' as const },
  };
  const payment = (sales: string[], state: Payment['state'], bidder = bill.bidder): Payment => ({
    ...{ sales, state, bidder },
    id: 'p',
    paddle: 28,
    amountFen: 200,
    channel: 'cash',
    reference: 'r',
    photo: null,
    recordedBy: '小周',
    recordedAtMs: 0,
    decidedBy: null,
    decidedAtMs: null,
    mine: false,
    ...{ freshWord: 'no' as const, disputed: 'no' as const },
  });

  test('asks only for what is neither paid nor waiting to be confirmed', () => {
    expect(payableSales(bill, [payment(['S2'], 'recorded')]).map((one) => one.sale)).toEqual(['S1']);
  });
  test('a rejected payment leaves its sales to be paid again', () => {
    expect(sumFen(payableSales(bill, [payment(['S2'], 'rejected')]))).toBe(300);
  });
  test('counts as waiting what this buyer paid and nobody confirmed', () => {
    const others = payment(['S9'], 'recorded', 'B'.repeat(16));
    expect(waitingFen(bill, [payment(['S2'], 'recorded'), payment(['S1'], 'confirmed'), others])).toBe(200);
  });
});
