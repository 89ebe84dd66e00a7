import { standingOf } from './deposit.js';

const came = { amountFen: 5_000, forfeitedFen: 0, releasedFen: 0, returnedFen: 0 };

describe('where a deposit stands', () => {
  it('goes from not given over recorded, held and on its way back to returned', () => {
    expect(standingOf([], false)).toBe('none');
    expect(standingOf([], true)).toBe('recorded');
    expect(standingOf([came], false)).toBe('held');
    expect(standingOf([{ ...came, releasedFen: 5_000 }], false)).toBe('releasing');
    expect(standingOf([{ ...came, releasedFen: 5_000, returnedFen: 5_000 }], false)).toBe('returned');
  });
  it('is forfeited where nothing of it goes back, and on its way back where something does', () => {
    expect(standingOf([{ ...came, forfeitedFen: 5_000 }], false)).toBe('forfeited');
    expect(standingOf([{ ...came, forfeitedFen: 3_000 }], false)).toBe('held');
    expect(standingOf([{ ...came, forfeitedFen: 3_000, releasedFen: 2_000 }], false)).toBe('releasing');
  });
  it('counts one that is held before one that went back, and a new one that was recorded before both', () => {
    const back = { ...came, releasedFen: 5_000, returnedFen: 5_000 };
    expect(standingOf([back, came], false)).toBe('held');
    expect(standingOf([back], true)).toBe('recorded');
  });
});
