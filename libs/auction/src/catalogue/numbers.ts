import { type ShowState } from '@qingpai/wire';

/** Numbers that a further lot cannot have; a struck lot gives its number back. */
export function takenNumbers(state: ShowState): Set<string> {
  const standing = Object.values(state.lots).filter(({ phase }) => phase !== 'struck');
  return new Set(standing.map(({ number }) => number));
}

/** One above the highest, e.g. 065. */
export function nextNumber(taken: ReadonlySet<string>): string {
  return String(Math.max(0, ...[...taken].map(Number)) + 1).padStart(3, '0');
}

/** The ids of the next lots: L65, L66 … Struck lots keep theirs, and so do those whose sales were taken over. */
export function nextLotIds(state: ShowState, count: number): string[] {
  const sold = Object.values(state.sales).map(({ lot }) => lot);
  const highest = Math.max(0, ...[...Object.keys(state.lots), ...sold].map((lot) => Number(lot.slice(1))));
  return Array.from({ length: count }, (_, nth) => `L${highest + nth + 1}`);
}
