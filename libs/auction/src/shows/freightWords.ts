import { type FreightRule, provinces } from '@qingpai/wire';

const yuan = (fen: number): string => `¥${fen % 100 === 0 ? fen / 100 : (fen / 100).toFixed(2)}`;
const named = (codes: readonly (keyof typeof provinces)[]): string =>
  codes.map((code) => provinces[code].zh).join('、');

/**
 * The sealed table in one line, shown before the first bid (RULES §5):
 * 运费：福建 ¥8，其他 ¥12–¥25，满 ¥200 免；西藏、新疆不送；可自提；合并只收一次
 */
export function freightWords({ zones, elsewhereFen, notServed, freeFromFen, pickUp }: FreightRule): string {
  const [near, ...rest] = zones;
  const others = [...rest.map(({ feeFen }) => feeFen), ...(elsewhereFen === undefined ? [] : [elsewhereFen])];
  const [least, most] = [Math.min(...others), Math.max(...others)];
  const fees = [
    ...(near ? [`${named(near.provinces)} ${yuan(near.feeFen)}`] : []),
    ...(others.length > 0 ? [`其他 ${yuan(least)}${most > least ? `–${yuan(most)}` : ''}`] : []),
    ...(freeFromFen === undefined ? [] : [`满 ${yuan(freeFromFen)} 免`]),
  ];
  const parts = [
    ...(fees.length > 0 ? [fees.join('，')] : []),
    ...(notServed.length > 0 ? [`${named(notServed)}不送`] : []),
    ...(pickUp ? ['可自提'] : []),
    '合并只收一次',
  ];
  return `运费：${parts.join('；')}`;
}
