import { rulesOf, usualRules } from './showRules';

describe('the rules a host chooses', () => {
  it('are left to the server while nothing differs', () => {
    expect(rulesOf(usualRules)).toEqual({});
  });
  it('say what differs', () => {
    expect(rulesOf({ openFor: '120', suddenDeath: true, ladder: 'carry', bidLimit: '500' })).toEqual({
      openForMs: 120_000,
      suddenDeath: true,
      ladder: { pauseMs: 10_000, atLast: 'carry' },
      bidLimitFen: 50_000,
    });
  });
  it('need an amount where one is written', () => {
    expect(rulesOf({ ...usualRules, bidLimit: '很多' })).toBeNull();
  });
});
