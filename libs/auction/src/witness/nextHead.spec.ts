import { nextHead } from './nextHead.js';

const moments = [10, 50, 60];

describe('the head a witness cosigns next', () => {
  it('is the sealed head first, then each moment, then the newest', () => {
    const walk: number[] = [];
    for (let at: number | null = 0; ; walk.push(at)) {
      at = nextHead({ at: walk.at(-1) ?? 0, given: walk.at(-1) ?? 0, moments, newest: 75 });
      if (at === null) break;
    }
    expect(walk).toEqual([10, 50, 60, 75]);
  });

  it('is none when it has all', () => {
    expect(nextHead({ at: 60, given: 60, moments, newest: 60 })).toBeNull();
  });

  it('is the one it stands at, when its answer was lost', () => {
    expect(nextHead({ at: 50, given: 10, moments, newest: 75 })).toBe(50);
    expect(nextHead({ at: 52, given: 10, moments, newest: 75 })).toBe(52);
  });

  it('begins again where a witness stands that forgot', () => {
    expect(nextHead({ at: 0, given: 50, moments, newest: 75 })).toBe(10);
  });
});
