import { type FreightRule, type Province, provinceCodes, provinces } from '@qingpai/wire';

const yuan = (fen: number): string => `¥${fen % 100 === 0 ? fen / 100 : (fen / 100).toFixed(2)}`;
const named = (codes: readonly Province[]): string => codes.map((code) => provinces[code].zh).join('、');

/**
 * The sealed table in one line, shown before the first bid (RULES §5):
 * 运费：福建 ¥8，其他 ¥12–¥25，满 ¥200 免；西藏、新疆不送；可自提；合并只收一次
 */
export function freightWords(rule: FreightRule): string {
  const { freeFromFen, pickUp } = rule;
  const fees = [...feesWords(rule), ...(freeFromFen === undefined ? [] : [`满 ${yuan(freeFromFen)} 免`])];
  const parts = [
    ...(fees.length > 0 ? [fees.join('，')] : []),
    ...whereWords(rule),
    ...(pickUp ? ['可自提'] : []),
    '合并只收一次',
  ];
  return `运费：${parts.join('；')}`;
}

/** The first zone by name, all others together; of none where everything is said. */
function feesWords({ zones, elsewhereFen, notServed }: FreightRule): string[] {
  const [near, ...rest] = zones;
  const known = zones.reduce((sum, zone) => sum + zone.provinces.length, notServed.length);
  const hasElse = elsewhereFen !== undefined && known < provinceCodes.length;
  const others = [...rest.map(({ feeFen }) => feeFen), ...(hasElse ? [elsewhereFen] : [])];
  return [
    ...(near ? [feeWords(named(near.provinces), [near.feeFen])] : []),
    ...(others.length > 0 ? [feeWords(near ? '其他' : '各地', others)] : []),
  ];
}

function feeWords(where: string, fees: readonly number[]): string {
  const [least, most] = [Math.min(...fees), Math.max(...fees)];
  if (most === 0) return `${where}包邮`;
  return least < most ? `${where} ${yuan(least)}–${yuan(most)}` : `${where} ${yuan(least)}`;
}

/** Whichever is shorter: where it is not sent, or where alone it is. */
function whereWords({ notServed }: FreightRule): string[] {
  if (notServed.length === 0) return [];
  const served = provinceCodes.filter((code) => !notServed.includes(code));
  if (served.length === 0) return ['不寄送'];
  return [served.length < notServed.length ? `只送${named(served)}` : `${named(notServed)}不送`];
}
