import { type Verdict, type Verification } from '@qingpai/wire';
import { badgeOf } from './badge.js';

const judged = (verdict: Verdict, leaves: (number | null)[] = []): Verification => ({
  verdict,
  exitCode: 0,
  gates: [],
  findings: leaves.map((i) => ({ code: 'x', i, by: null, zh: '', en: '' })),
  notes: [],
  size: 9,
  code: null,
});

test('a settled show that holds is green, also when a lot passed', () => {
  expect(badgeOf(judged('ALL_SOLD_AND_SETTLED'), 'settled').badge).toBe('verified');
  expect(badgeOf(judged('ALL_ACCOUNTED_NOT_ALL_SOLD'), 'settled').badge).toBe('verified');
});

test('a show that holds but is not settled is yellow', () => {
  expect(badgeOf(judged('ALL_SOLD_UNSETTLED'), 'closed').badge).toBe('pending');
  expect(badgeOf(judged('ALL_ACCOUNTED_NOT_ALL_SOLD'), 'closed').badge).toBe('pending');
  expect(badgeOf(judged('INCOMPLETE'), 'open').badge).toBe('pending');
});

test('what does not hold is red at once and names the first leaf to blame', () => {
  expect(badgeOf(judged('INVALID', [40, null, 12]), 'open')).toEqual({ badge: 'mismatch', badgeLeaf: 12 });
  expect(badgeOf(judged('EQUIVOCATION'), 'settled')).toEqual({ badge: 'mismatch', badgeLeaf: null });
});

test('what could not be checked accuses nobody', () => {
  expect(badgeOf(null, 'settled').badge).toBe('pending');
  for (const verdict of ['DAMAGED', 'STALE', 'UNTRUSTED'] as const) {
    expect(badgeOf(judged(verdict), 'settled').badge).toBe('pending');
  }
});
