import type { Certificate } from '@qingpai/wire';

export type CertifiedLot = Certificate['lots'][number];
export type Attempt = CertifiedLot['attempts'][number];

/** Lots sold, but not (wholly) at the first offering: what the first page shows of the history. */
export const soldLater = (lots: readonly CertifiedLot[]): CertifiedLot[] =>
  lots.filter((lot) => lot.attempts.some(({ offering, soldUnits }) => offering > 1 && soldUnits > 0));

/** Part of a number or a title; everything for an empty search. */
export function searched(lots: readonly CertifiedLot[], text: string): CertifiedLot[] {
  const wanted = text.trim().toLowerCase();
  return lots.filter(
    (lot) => wanted === '' || lot.number.includes(wanted) || lot.title.toLowerCase().includes(wanted),
  );
}
