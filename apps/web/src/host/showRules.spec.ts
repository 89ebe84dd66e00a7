import { rulesOf, usualRules } from './showRules';

describe('the rules a host chooses', () => {
  it('are left to the server while nothing differs', () => {
    expect(rulesOf(usualRules)).toEqual({});
  });
  it('say what differs', () => {
    const form = { openFor: '120', suddenDeath: true, ladder: 'carry', bidLimit: '500' } as const;
    expect(rulesOf({ ...usualRules, ...form, offers: false })).toEqual({
      openForMs: 120_000,
      suddenDeath: true,
      ladder: { pauseMs: 10_000, atLast: 'carry' },
      bidLimitFen: 50_000,
    });
  });
  it('say of a timed show how many lots may be open, and how far apart they close', () => {
    expect(rulesOf({ ...usualRules, mode: 'timed', openMax: '20', stagger: '30' })).toEqual({
      timed: { openMax: 20, staggerMs: 30_000 },
    });
  });
  it('ask who bid before a lot is given up, unless the host will not have it', () => {
    expect(rulesOf({ ...usualRules, ladder: 'pass' })).toMatchObject({
      ladder: { atLast: 'pass', offers: { answerWithinMs: 180_000, perLotMax: 3 } },
    });
  });
  it('need an amount where one is written', () => {
    expect(rulesOf({ ...usualRules, bidLimit: '很多' })).toBeNull();
  });
});
