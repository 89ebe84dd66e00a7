import { isConserved, missingOf, segmentsOf, standingOf, type Counted } from './standing';

const sold: Counted = {
  phase: 'closed',
  sealedLots: 64,
  sealedUnits: 89,
  soldUnits: 89,
  passedUnits: 0,
  withdrawnUnits: 0,
  carriedUnits: 0,
  openUnits: 0,
  firstPass: { units: 76, of: 89 },
  paid: { units: 87, of: 89 },
};

describe('the sentence of a certificate', () => {
  test('says that all was sold only when every sealed unit was, and the show is over', () => {
    expect(standingOf(sold)).toBe('allSold');
    expect(standingOf({ ...sold, phase: 'settled' })).toBe('allSold');
    expect(standingOf({ ...sold, phase: 'open' })).toBe('running');
    expect(standingOf({ ...sold, soldUnits: 88, passedUnits: 1 })).toBe('accounted');
  });

  test('a withdrawn or carried unit is not a sold one', () => {
    expect(standingOf({ ...sold, soldUnits: 88, withdrawnUnits: 1 })).toBe('accounted');
    expect(standingOf({ ...sold, soldUnits: 88, carriedUnits: 1 })).toBe('accounted');
  });

  test('waits while a unit has no result, even if somebody says that the show is closed', () => {
    expect(standingOf({ ...sold, soldUnits: 88, openUnits: 1 })).toBe('running');
  });

  test('there is none before the seal', () => {
    expect(standingOf({ ...sold, phase: 'draft' })).toBe('draft');
    expect(standingOf({ ...sold, sealedUnits: 0, soldUnits: 0 })).toBe('draft');
  });
});

test('every sealed unit is in exactly one place, or the page says that it is not', () => {
  expect(isConserved(sold)).toBe(true);
  expect(isConserved({ ...sold, passedUnits: 1 })).toBe(false);
});

test('what is missing is named in the order in which it comes', () => {
  expect(missingOf({ ...sold, phase: 'draft' })).toEqual(['seal']);
  expect(
    missingOf({ ...sold, phase: 'sealed', soldUnits: 0, openUnits: 89, paid: { units: 0, of: 89 } }),
  ).toEqual(['opening', 'results', 'closing', 'settlement']);
  expect(missingOf(sold)).toEqual(['payment', 'settlement']);
  expect(missingOf({ ...sold, phase: 'settled' })).toEqual([]);
});

test('the bar has a part for each end, and one for what is open only while there is some', () => {
  expect(segmentsOf(sold).map(({ state, units }) => `${state} ${units}`)).toEqual([
    'firstPass 76',
    'reoffered 13',
    'passed 0',
    'withdrawn 0',
    'carried 0',
  ]);
  expect(segmentsOf({ ...sold, soldUnits: 80, openUnits: 9 }).at(-1)).toEqual({ state: 'open', units: 9 });
});
