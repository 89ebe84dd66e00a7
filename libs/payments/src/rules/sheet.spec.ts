import { type GrowerMoney, type GrowerSale } from '@qingpai/wire';
import { sheetColumns, sheetOf, sheetRows } from './sheet.js';

const sale = (number: string, amountFen: number, more: Partial<GrowerSale> = {}): GrowerSale => ({
  ...{ sale: 'S1', lot: 'L1', number, title: '绣球', unit: '盆', units: 1 },
  ...{ hammerFen: amountFen, refundedFen: 0, feeFen: 0, freightFen: 0, amountFen, clawbackFen: 0 },
  ...{ state: 'payable', payout: null, paidAtMs: null },
  ...more,
});
const grower = (village: string, name: string, ...sales: GrowerSale[]): GrowerMoney => ({
  ...{ grower: name.padEnd(16, '-'), village, name, sales },
  account: { payee: '林**', bank: '农信社', number: '**** 6621' },
  ...{ heldFen: 0, payableFen: 0, inBatchFen: 0, paidFen: 0, clawbackFen: 0 },
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
    ['坂坑村', '郑大妹', '7', '52.00', '2.00', '50.00', '伍拾元整', '农信社 **** 6621', ''],
    ['坂坑村 小计', '1 人', '', '52.00', '2.00', '50.00', '伍拾元整', '', ''],
    ['硋窑村', '林阿福', '1、12', '106.50', '0.00', '106.50', '壹佰零陆元伍角整', '农信社 **** 6621', ''],
    ['硋窑村 小计', '1 人', '', '106.50', '0.00', '106.50', '壹佰零陆元伍角整', '', ''],
    ['合计', '2 人', '', '158.50', '2.00', '156.50', '壹佰伍拾陆元伍角整', '', ''],
  ]);
  expect(sheetRows(sheet).every(({ cells }) => cells.length === sheetColumns.length)).toBe(true);
  expect(sheet.foot).toBe('核验码 3F7K-92QX · 全部已收款 · 1970-01-01 08:00 (UTC+8)');
});

test('its filters leave out villages and what is paid', () => {
  const { villages, total } = sheetOf(show, { village: '硋窑村', state: 'paid' }, 0);
  expect(villages.map(({ village }) => village)).toEqual(['硋窑村']);
  expect(total).toEqual({ growers: 1, amountFen: 650, deductionFen: 0, netFen: 650 });
});
