import { type LotPhase, type TownshipShow, type TownshipTotals } from '@qingpai/wire';
import { type LotLine } from './lotLine.js';

export type Grades = TownshipShow['grades'];

/** Every total is the sum of the very lines that are listed and exported: they cannot differ. */
export function totalsOf(lines: readonly LotLine[]): TownshipTotals {
  const hammerFen = sum(lines, (line) => line.hammerFen);
  const paidFen = sum(lines, (line) => line.paidFen);
  return {
    hammerFen,
    paidFen,
    refundedFen: sum(lines, (line) => line.refundedFen),
    dueFen: hammerFen - paidFen,
    shows: new Set(lines.map((line) => line.showId)).size,
    lots: lines.length,
    units: sum(lines, (line) => line.units),
    soldLots: countOf(lines, 'hammered'),
    passedLots: countOf(lines, 'passed'),
    withdrawnLots: countOf(lines, 'withdrawn'),
    carriedLots: countOf(lines, 'carried'),
    grades: gradesOf(lines),
    byDay: groups(lines, (line) => line.day)
      .map(([day, group]) => ({ day, ...sold(group) }))
      .sort((a, b) => a.day.localeCompare(b.day)),
    byVillage: groups(lines, (line) => line.village)
      .map(([village, group]) => ({ village, ...sold(group) }))
      .sort((a, b) => b.hammerFen - a.hammerFen),
    byGrower: groups(lines, (line) => JSON.stringify([line.village, line.growerName]))
      .map(([, group]) => ({
        grower: group[0]!.growerName,
        village: group[0]!.village,
        ...sold(group),
      }))
      .sort((a, b) => b.hammerFen - a.hammerFen),
  };
}

/** The four grades: units over sealed units (LEDGER §1). */
export function gradesOf(lines: readonly LotLine[]): Grades {
  const of = sum(lines, (line) => line.units);
  return {
    firstPass: { units: sum(lines, (line) => line.firstPassUnits), of },
    afterReoffer: { units: sum(lines, (line) => line.soldUnits), of },
    paid: { units: sum(lines, (line) => line.paidUnits), of },
    delivered: { units: sum(lines, (line) => line.deliveredUnits), of },
  };
}

export const countOf = (lines: readonly LotLine[], phase: LotPhase): number =>
  lines.filter((line) => line.phase === phase).length;

export const sum = (lines: readonly LotLine[], of: (line: LotLine) => number): number =>
  lines.reduce((total, line) => total + of(line), 0);

const sold = (lines: readonly LotLine[]) => ({
  hammerFen: sum(lines, (line) => line.hammerFen),
  lots: lines.length,
});

/** Lines that share a key, groups and lines in their order. */
export function groups(lines: readonly LotLine[], keyOf: (line: LotLine) => string): [string, LotLine[]][] {
  const found = new Map<string, LotLine[]>();
  for (const line of lines) {
    const group = found.get(keyOf(line));
    if (group) group.push(line);
    else found.set(keyOf(line), [line]);
  }
  return [...found];
}
