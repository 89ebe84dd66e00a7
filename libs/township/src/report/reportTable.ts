import { type DailyReport, type DayReport } from '@qingpai/wire';
import { townshipTime, yuanText } from '../rules/csvTable.js';

type Cell = string | number;

/** What is told, one figure after the other, by the names that page, table and comparison share. Amounts are fen. */
export function figuresOf({ sold, due, goods, claims, payouts, unsold }: DayReport) {
  return {
    ...{ soldLots: sold.lots, soldUnits: sold.units, hammerFen: sold.hammerFen },
    ...{ paidFen: sold.paidFen, backFen: sold.backFen, unsoldLots: unsold.length },
    ...{ dueSales: due.sales, dueFen: due.fen, lateSales: due.lateSales, lateFen: due.lateFen },
    ...{ defaultedSales: due.defaultedSales, defaultedFen: due.defaultedFen },
    ...{ toPack: goods.toPack, toShip: goods.toShip, underway: goods.underway, received: goods.received },
    ...{ claimsFiled: claims.filed, claimsAnswered: claims.answered },
    ...{ claimsOpen: claims.open, claimsLate: claims.late },
    ...{ paidOutSales: payouts.sales, paidOutFen: payouts.paidFen },
    ...{ payableFen: payouts.payableFen, heldFen: payouts.heldFen },
  };
}
type Figure = keyof ReturnType<typeof figuresOf>;

const names: Record<Figure, string> = {
  soldLots: '成交拍品(件)',
  soldUnits: '成交份数',
  hammerFen: '成交额(元)',
  paidFen: '当日实收(元)',
  backFen: '当日退款(元)',
  unsoldLots: '流拍、撤拍、转场(件)',
  dueSales: '待付(笔)',
  dueFen: '待付(元)',
  lateSales: '逾期(笔)',
  lateFen: '逾期(元)',
  defaultedSales: '当日违约(笔)',
  defaultedFen: '当日违约(元)',
  toPack: '待打包(笔)',
  toShip: '待发货(笔)',
  underway: '在途(笔)',
  received: '当日收货(笔)',
  claimsFiled: '当日售后申请',
  claimsAnswered: '当日答复',
  claimsOpen: '未答复售后',
  claimsLate: '超时未答复',
  paidOutSales: '当日付花农(笔)',
  paidOutFen: '当日付花农(元)',
  payableFen: '可付花农(元)',
  heldFen: '保管中货款(元)',
};
const hows = { passed: '流拍', withdrawn: '撤拍', carried: '转下场' };
const reasons: Record<NonNullable<DayReport['unsold'][number]['reason']>, string> = {
  damaged: '损坏',
  mislabelled: '标错',
  'grower-request': '花农要求',
  'papers-missing': '缺证件',
  other: '其他原因',
};

const shown = (name: Figure, value: number): Cell => (name.endsWith('Fen') ? yuanText(value) : value);

/** The report as cells: each figure as it was told and as it is now, then what stands behind it. */
export function reportTable({ township, kept, now, signed, issues }: DailyReport): Cell[][] {
  const [then, since] = [kept && figuresOf(kept), figuresOf(now)];
  const told = kept ?? now;
  return [
    [`${township} 一天一汇报`, now.day],
    ['项目', kept ? `${townshipTime(kept.atMs)} 所报` : '当日所报', `${townshipTime(now.atMs)} 现况`],
    ...(Object.keys(names) as Figure[]).map((name) => [
      names[name],
      then ? shown(name, then[name]) : '',
      shown(name, since[name]),
    ]),
    [],
    ['签发', '时间', '签发人', '说明', '登记簿中的哈希'],
    ...signed.map(({ version, atMs, by, words, hash }) => [
      ...[`第 ${version} 版`, townshipTime(atMs), by, words, hash],
    ]),
    [],
    ['未成交', '拍品', '名称', '份数', '原因'],
    ...told.unsold.map(({ number, title, units, how, reason, bestFen }) => [
      ...[hows[how], number, title, units],
      reason ? reasons[reason] : bestFen === null ? '无人出价' : `最高 ${yuanText(bestFen)}，未达保留价`,
    ]),
    [],
    ['专场', '名称', '成交份数', '成交额(元)', '结论', '核验码'],
    ...told.shows.map(({ show, title, soldUnits, hammerFen, verdict, code }) => [
      ...[show, title, soldUnits, yuanText(hammerFen), verdict ?? '', code ?? ''],
    ]),
    [],
    ['问题清单', '提出', '内容', '责任', '期限', '专场', '拍品', '销号'],
    ...issues.map(({ id, openedAtMs, openedBy, text, owner, dueDay, show, lot, closed }) => [
      ...[id, `${townshipTime(openedAtMs)} ${openedBy}`, text],
      ...[owner ?? '', dueDay ?? '', show ?? '', lot ?? ''],
      closed ? `${townshipTime(closed.atMs)} ${closed.by}：${closed.text}` : '未销',
    ]),
  ];
}
