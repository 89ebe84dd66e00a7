import { type Format, type LotPhase, type TownshipFilter } from '@qingpai/wire';
import { type LotLine } from './lotLine.js';
import { sum } from './totals.js';

/** A show's newest signed head, for the foot of an export. */
export interface ShowHeadLine {
  showId: string;
  /** Leaves. */
  size: number;
  code: string;
}

const formats: Record<Format, string> = { english: '升价拍', dutch: '降价拍' };
const phases: Record<LotPhase, string> = {
  draft: '未锁定',
  struck: '已删去',
  sealed: '待拍',
  onBlock: '正在拍',
  waiting: '稍后返场',
  hammered: '成交',
  passed: '流拍',
  withdrawn: '撤拍',
  carried: '转下场',
};
const filterNames: Record<keyof TownshipFilter, string> = {
  fromDay: '从',
  toDay: '到',
  show: '专场',
  village: '村',
  grower: '花农',
  phase: '结果',
  q: '搜索',
};

type Cell = string | number;
const columns: readonly (readonly [string, (line: LotLine) => Cell])[] = [
  ['日期', (line) => line.day],
  ['专场', (line) => line.showId],
  ['拍品号', (line) => line.number],
  ['名称', (line) => line.title],
  ['花农', (line) => line.growerName],
  ['村', (line) => line.village],
  ['等级', (line) => line.grade],
  ['方式', (line) => formats[line.format]],
  ['单位', (line) => line.unit],
  ['份数', (line) => line.units],
  ['成交份数', (line) => line.soldUnits],
  ['起拍价(元)', (line) => yuanText(line.startFen)],
  ['成交额(元)', (line) => yuanText(line.hammerFen)],
  ['实收(元)', (line) => yuanText(line.paidFen)],
  ['已退(元)', (line) => yuanText(line.refundedFen)],
  ['净收(元)', (line) => yuanText(line.paidFen - line.refundedFen)],
  ['待付(元)', (line) => yuanText(line.hammerFen - line.paidFen)],
  ['开拍次数', (line) => line.offerings],
  ['保留价', (line) => (line.floorMet === null ? '无' : line.floorMet ? '已达' : '未达')],
  ['结果', (line) => phases[line.phase]],
];
const summed: Record<string, (lines: readonly LotLine[]) => Cell> = {
  份数: (lines) => sum(lines, (line) => line.units),
  成交份数: (lines) => sum(lines, (line) => line.soldUnits),
  '成交额(元)': (lines) => yuanText(sum(lines, (line) => line.hammerFen)),
  '实收(元)': (lines) => yuanText(sum(lines, (line) => line.paidFen)),
  '已退(元)': (lines) => yuanText(sum(lines, (line) => line.refundedFen)),
  '净收(元)': (lines) => yuanText(sum(lines, (line) => line.paidFen - line.refundedFen)),
  '待付(元)': (lines) => yuanText(sum(lines, (line) => line.hammerFen - line.paidFen)),
};

/**
 * The export as cells: names, the very lines in their order, their sums, and after an empty row what the rows are:
 * filter, time, and the head of each show's log as it stood. @param atMs milliseconds since 1970, UTC
 */
export function csvTable(
  lines: readonly LotLine[],
  { filter, heads, atMs }: { filter: TownshipFilter; heads: readonly ShowHeadLine[]; atMs: number },
): Cell[][] {
  return [
    columns.map(([name]) => name),
    ...lines.map((line) => columns.map(([, of]) => of(line))),
    columns.map(([name], k) => (k === 0 ? '合计' : (summed[name]?.(lines) ?? ''))),
    [],
    ['筛选', filterWords(filter)],
    ['导出时间', `${townshipTime(atMs)} (UTC+8)`],
    ...heads.map(({ showId, code, size }) => ['账本头', showId, code, `共 ${size} 条`]),
  ];
}

function filterWords(filter: TownshipFilter): string {
  const set = (Object.keys(filterNames) as (keyof TownshipFilter)[]).flatMap((name) => {
    const value = name === 'phase' && filter.phase ? phases[filter.phase] : filter[name];
    return value === undefined ? [] : [`${filterNames[name]} ${value}`];
  });
  return set.length > 0 ? set.join('；') : '全部';
}

/** 13400 → '134.00': the same number of decimals in every row, so that a spreadsheet reads a column of numbers. */
export function yuanText(amountFen: number): string {
  return `${Math.floor(amountFen / 100)}.${String(amountFen % 100).padStart(2, '0')}`;
}

const TOWNSHIP_OFFSET_MS = 8 * 3_600_000;
/** '2026-11-24 20:41:07' by the township's clock. */
export const townshipTime = (atMs: number): string =>
  new Date(atMs + TOWNSHIP_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
