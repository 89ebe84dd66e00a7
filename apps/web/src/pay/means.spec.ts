import type { Bill, MyPayment, OnlineOrder } from '@qingpai/wire';
import { isWaiting, isWeChat, methodsIn, standingOf } from './means';

const wechat =
  'Mozilla/5.0 (Linux; Android 12; M2012K11AC) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.47';
const bill: Bill = {
  ...{
    bidder: 'a',
    paddle: 7,
    nickname: '阿梅',
    phone: null,
    hammerFen: 5_800,
    paidFen: 0,
    refundedFen: 0,
    dueFen: 5_800,
  },
  ...{ freight: { state: 'none' as const, feeFen: 0 }, totalDueFen: 5_800, payByMs: null },
  ...{ extended: false, parcel: 'none' as const, fresh: 'none' as const },
  sales: [
    {
      sale: 'S1',
      lot: 'L1',
      number: '001',
      title: '绣球',
      units: 1,
      refundedFen: 0,
      amountFen: 5_800,
      phase: 'awaiting',
    },
  ],
};
const mine = (differs: Partial<MyPayment>): MyPayment => ({
  ...{
    living: null,
    bill,
    payBy: '',
    freight: '',
    freightTable: 'none',
    offered: 'none',
    payee: '',
    contact: '',
    byHand: '',
    online: [],
    paidByHand: [],
    orders: [],
    deposit: false,
  },
  ...differs,
});
const order = (state: OnlineOrder['state']): OnlineOrder => ({
  ...{ order: '', bidder: 'a', paddle: 7, sales: ['S1'], amountFen: 5_800, refundedFen: 0, createdAtMs: 0 },
  ...{ expiresAtMs: 0, state },
});
const recorded = { id: 'p', amountFen: 5_800, channel: 'cash', state: 'recorded', disputed: 'no' } as const;

describe('in WeChat', () => {
  it('is known by the browser’s own word', () => {
    expect([isWeChat(wechat), isWeChat('Mozilla/5.0 (iPhone) Safari/604.1')]).toEqual([true, false]);
  });

  it('Alipay is not offered, since its links do not open', () => {
    const all = ['card', 'alipay', 'wechat_pay'] as const;
    expect(methodsIn(all, true)).toEqual(['card', 'wechat_pay']);
    expect(methodsIn(all, false)).toEqual(['alipay', 'wechat_pay', 'card']);
    expect(methodsIn([], false)).toEqual([]);
  });
});

test('the bill says where it stands, what needs somebody first', () => {
  const paid = { ...bill, dueFen: 0, paidFen: 5_800 };
  expect(standingOf(mine({}))).toBe('due');
  expect(standingOf(mine({ paidByHand: [recorded] }))).toBe('recorded');
  expect(standingOf(mine({ orders: [order('processing')] }))).toBe('processing');
  expect(standingOf(mine({ bill: paid, orders: [order('paid')] }))).toBe('paid');
  expect(standingOf(mine({ bill: paid, orders: [order('stray')] }))).toBe('stray');
  expect(standingOf(mine({ bill: { ...paid, sales: [] } }))).toBe('nothing');
  expect([isWaiting([order('open')]), isWaiting([order('closed')])]).toEqual([true, false]);
});
