import type { Certificate } from '@qingpai/wire';

/** What of a certificate its sentence rests on. */
export type Counted = Pick<
  Certificate,
  | 'phase'
  | 'sealedLots'
  | 'sealedUnits'
  | 'soldUnits'
  | 'passedUnits'
  | 'withdrawnUnits'
  | 'carriedUnits'
  | 'openUnits'
  | 'firstPass'
  | 'paid'
>;

/**
 * How far the show is: nothing sealed yet · not finished · finished with every sealed unit sold · finished, and
 * some sealed unit was not sold. Only the last two are certificates.
 */
export type Standing = 'draft' | 'running' | 'allSold' | 'accounted';

export function standingOf(c: Counted): Standing {
  if (c.phase === 'draft' || c.sealedUnits === 0) return 'draft';
  if (c.openUnits > 0 || (c.phase !== 'closed' && c.phase !== 'settled')) return 'running';
  return c.soldUnits === c.sealedUnits ? 'allSold' : 'accounted';
}

export const isCertificate = (standing: Standing): boolean =>
  standing === 'allSold' || standing === 'accounted';

/** The conservation law: every sealed unit is in exactly one place. */
export const isConserved = (c: Counted): boolean =>
  c.sealedUnits === c.soldUnits + c.passedUnits + c.withdrawnUnits + c.carriedUnits + c.openUnits;

/** What is still missing, in the order in which it will come. */
export type Missing = 'seal' | 'opening' | 'results' | 'closing' | 'payment' | 'settlement';

export function missingOf(c: Counted): Missing[] {
  if (c.phase === 'settled') return [];
  if (standingOf(c) === 'draft') return ['seal'];
  const missing: Missing[] = [];
  if (c.phase === 'sealed') missing.push('opening');
  if (c.openUnits > 0) missing.push('results');
  if (c.phase !== 'closed') missing.push('closing');
  if (c.paid.units < c.soldUnits) missing.push('payment');
  return [...missing, 'settlement'];
}

export type EndState = 'firstPass' | 'reoffered' | 'passed' | 'withdrawn' | 'carried' | 'open';
export interface Segment {
  state: EndState;
  units: number;
}

/** The bar: where the sealed units went. `open` is listed only while there are some. */
export function segmentsOf(c: Counted): Segment[] {
  const segments: Segment[] = [
    { state: 'firstPass', units: c.firstPass.units },
    { state: 'reoffered', units: c.soldUnits - c.firstPass.units },
    { state: 'passed', units: c.passedUnits },
    { state: 'withdrawn', units: c.withdrawnUnits },
    { state: 'carried', units: c.carriedUnits },
  ];
  return c.openUnits > 0 ? [...segments, { state: 'open', units: c.openUnits }] : segments;
}
