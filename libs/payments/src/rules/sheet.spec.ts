import { type GrowerMoney, type GrowerSale } from '@qingpai/wire';
import { sheetColumns, sheetOf, sheetRows } from './sheet.js';

const sale = (number: string, amountFen: number, more: Partial<GrowerSale> = {}): GrowerSale => ({
  ...{ sale: 'S1', lot: 'L1', number, title: '绣球', unit: '盆', units: 1 },
  ...{ hammerFen: amountFen, refundedFen: 0, feeFen: 0, freightFen: 0, forfeitFen: 0 },
  ...{ amountFen, clawbackFen: 0, takenFen: 0 },
  ...{ state: 'payable', payout: null, paidAtMs: null },
  ...more,
});
const grower = (village: string, name: string, ...sales: GrowerSale[]): GrowerMoney => ({
  ...{ grower: name.padEnd(16, '-'), village, name, sales },
  account: { payee: '林**', bank: '农信社', number: '**** 6621' },
  ...{ heldFen: 0, payableFen: 0, inBatchFen: 0, paidFen: 0, clawbackFen: 0 },
  ...{ carriedFen: 0, offFen: 0, offInBatchFen: 0, takenFen: 0 },
});
const show = {
  title: '泗桥花卉专场',
  code: '3F7K-92QX',
  growers: [
    grower('坂坑村', '郑大妹', sale('007', 5_000, { hammerFen: 5_200, feeFen: 200 })),
    grower('硋窑村', '林阿福', sale('001', 10_000), sale('012', 650, { state: 'paid' })),
    grower('硋窑村', '林二', sale('003', 100, { state: 'unpaid' })),
  ],
};

test('a sheet has a row for each grower, a sum for each village and one for all, in capitals too', () => {
  const sheet = sheetOf(show, {}, 0);
  expect(sheetRows(sheet).map(({ cells }) => cells)).toEqual([
    ['坂坑村', '郑大妹', '7', '52.00', '0.00', '2.00', '50.00', '伍拾元整', '农信社 **** 6621', ''],
    ['坂坑村 小计', '1 人', '', '52.00', '0.00', '2.00', '50.00', '伍拾元整', '', ''],
    [
      '硋窑村',
      '林阿福',
      '1、12',
      '106.50',
      '0.00',
      '0.00',
      '106.50',
      '壹佰零陆元伍角整',
      '农信社 **** 6621',
      '',
    ],
    ['硋窑村 小计', '1 人', '', '106.50', '0.00', '0.00', '106.50', '壹佰零陆元伍角整', '', ''],
    ['合计', '2 人', '', '158.50', '0.00', '2.00', '156.50', '壹佰伍拾陆元伍角整', '', ''],
  ]);
  expect(sheetRows(sheet).every(({ cells }) => cells.length === sheetColumns.length)).toBe(true);
  expect(sheet.foot).toBe('核验码 3F7K-92QX · 全部已收款 · 1970-01-01 08:00 (UTC+8)');
});

test('its filters leave out villages and what is paid', () => {
  const { villages, total } = sheetOf(show, { village: '硋窑村', state: 'paid' }, 0);
  expect(villages.map(({ village }) => village)).toEqual(['硋窑村']);
  expect(total).toEqual({ growers: 1, amountFen: 650, forfeitFen: 0, deductionFen: 0, netFen: 650 });
});

test('what was forfeited to him, and what he owes back, are told apart from what his lots brought', () => {
  const forfeited = { hammerFen: 9_000, forfeitFen: 3_000, amountFen: 3_000 };
  const one = {
    ...grower('硋窑村', '林阿福', sale('001', 10_000), sale('002', 3_000, forfeited)),
    ...{ clawbackFen: 2_500, offFen: 2_500 },
  };
  const [line] = sheetOf({ ...show, growers: [one] }, { state: 'payable' }, 0).villages[0]!.lines;
  expect(line).toMatchObject({ amountFen: 10_000, forfeitFen: 3_000, deductionFen: 2_500, netFen: 10_500 });
  const paid = {
    ...one,
    offFen: 0,
    takenFen: 13_000,
    sales: one.sales.map((of) => ({ ...of, state: 'paid' as const })),
  };
  const nothing = sheetOf({ ...show, growers: [paid] }, { state: 'paid' }, 0).villages[0]!.lines;
  expect(nothing).toMatchObject([{ deductionFen: 13_000, netFen: 0, capitals: '零元整' }]);
});
