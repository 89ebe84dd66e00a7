import type { Bill, Payment } from '@qingpai/wire';
import { payableSales, paymentOf } from '../shared/bills';
import { billsInOrder, billState } from './bills';

const line = (sale: string, amountFen: number, phase: Bill['sales'][number]['phase'] = 'awaiting') => ({
  sale,
  lot: 'L1',
  number: '001',
  title: '绣球',
  units: 1,
  refundedFen: 0,
  amountFen,
  phase,
});
const bill = (paddle: number, sales: Bill['sales'], dueFen: number): Bill => ({
  bidder: `bidder-${paddle}-aaaaaaaa`.slice(0, 16),
  paddle,
  nickname: '小林',
  phone: null,
  sales,
  hammerFen: 0,
  paidFen: 0,
  refundedFen: 0,
  dueFen,
  ...{ freight: { state: 'none' as const, feeFen: 0 }, totalDueFen: dueFen, payByMs: null },
  ...{ extended: false, parcel: 'none' as const, fresh: 'none' as const },
});
const payment = (sales: string[], state: Payment['state']): Payment => ({
  id: 'p1',
  sales,
  bidder: 'bidder-1-aaaaaaa',
  paddle: 1,
  amountFen: 1,
  channel: 'cash',
  reference: 'x',
  photo: null,
  state,
  recordedBy: '',
  recordedAtMs: 0,
  decidedBy: null,
  decidedAtMs: null,
  mine: false,
  ...{ freshWord: 'no' as const, disputed: 'no' as const },
});

describe('a bill', () => {
  const two = bill(
    1,
    [line('S1', 5_800), line('S2', 200), line('S3', 900, 'voided'), line('S4', 1, 'paid')],
    6_000,
  );

  it('can be paid for what awaits payment and is in no open record', () => {
    expect(payableSales(two, []).map((sale) => sale.sale)).toEqual(['S1', 'S2']);
    expect(payableSales(two, [payment(['S1'], 'recorded')]).map((sale) => sale.sale)).toEqual(['S2']);
    expect(payableSales(two, [payment(['S1'], 'rejected')])).toHaveLength(2);
  });

  it('whose hammers were all undone has nothing to pay', () => {
    expect(billState(bill(1, [line('S1', 5_800, 'voided')], 0), [])).toBe('voided');
  });

  it('is due, recorded or paid', () => {
    expect(billState(two, [])).toBe('due');
    expect(billState(two, [payment(['S1', 'S2'], 'recorded')])).toBe('recorded');
    expect(billState(bill(1, [line('S1', 5_800, 'paid')], 0), [])).toBe('paid');
  });

  it('stands above those that are paid, by paddle', () => {
    const bills = [
      bill(3, [line('S3', 100, 'paid')], 0),
      bill(9, [line('S1', 100)], 100),
      bill(2, [line('S2', 100)], 100),
    ];
    expect(billsInOrder(bills, []).map((each) => each.paddle)).toEqual([2, 9, 3]);
  });
});

describe('a payment by hand', () => {
  const sales = [line('S1', 5_800), line('S2', 250)];
  const typed = { amount: '60.50', channel: 'transfer' as const, reference: ' T2026 ' };

  it('is recorded in whole fen', () => {
    expect(paymentOf(sales, 0, typed)).toEqual({
      ok: true,
      record: { sales: ['S1', 'S2'], amountFen: 6_050, channel: 'transfer', reference: 'T2026' },
    });
  });

  it('must come to what the sales come to, and carry a reference', () => {
    const withFreight = paymentOf(sales, 800, { ...typed, amount: '68.5' });
    expect(withFreight).toMatchObject({ ok: true, record: { amountFen: 6_850, freightFen: 800 } });
    expect(paymentOf(sales, 0, { ...typed, amount: '60' })).toEqual({ ok: false, problem: 'differs' });
    expect(paymentOf(sales, 0, { ...typed, amount: '六十' })).toEqual({ ok: false, problem: 'notMoney' });
    expect(paymentOf(sales, 0, { ...typed, reference: ' ' })).toEqual({
      ok: false,
      problem: 'referenceNeeded',
    });
  });

  it('for living goods says how their buyer confirmed what holds for them, unless he tapped it himself', () => {
    const sales = [line('S1', 5_800)];
    const typed = { amount: '58', channel: 'cash' as const, reference: '收据 3' };
    expect(paymentOf(sales, 0, typed, 'open')).toEqual({ ok: false, problem: 'freshNeeded' });
    const told = paymentOf(sales, 0, { ...typed, freshWord: 'by-phone' }, 'open');
    expect(told).toMatchObject({ ok: true, record: { freshWord: 'by-phone' } });
    for (const fresh of ['said', 'none'] as const) {
      expect(paymentOf(sales, 0, typed, fresh)).toMatchObject({ ok: true });
    }
  });

  it('of somebody who did not pay in time is in default, and never called paid', () => {
    const late = bill(1, [line('S1', 5_800, 'defaulted'), line('S2', 200, 'paid')], 0);
    expect(billState(late, [])).toBe('defaulted');
  });
});
