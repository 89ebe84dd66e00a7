import { rulesOf, usualRules } from './showRules';

describe('the rules a host chooses', () => {
  it('are left to the server while nothing differs, but for who is asked when somebody does not pay', () => {
    expect(rulesOf({ ...usualRules, secondChance: false })).toEqual({});
    expect(rulesOf(usualRules)).toEqual({
      secondChance: { answerWithinMs: 21_600_000, perSaleMax: 3, atLast: 'carry' },
    });
  });
  it('take a share of what growers are paid only in whole percent, up to thirty', () => {
    const fee = (feePercent: string) => rulesOf({ ...usualRules, payGrowers: true, feePercent });
    expect([fee(''), fee('5'), fee('30％')]).toMatchObject([
      { feePercent: 0 },
      { feePercent: 5 },
      { feePercent: 30 },
    ]);
    expect([fee('31'), fee('1.5'), fee('一')]).toEqual([null, null, null]);
  });
  it('say what differs', () => {
    const form = { openFor: '120', suddenDeath: true, ladder: 'carry', bidLimit: '500' } as const;
    expect(rulesOf({ ...usualRules, ...form, offers: false, secondChance: false })).toEqual({
      openForMs: 120_000,
      suddenDeath: true,
      ladder: { pauseMs: 10_000, atLast: 'carry' },
      bidLimitFen: 50_000,
    });
  });
  it('say of a timed show how many lots may be open, and how far apart they close', () => {
    const timed = { mode: 'timed', openMax: '20', stagger: '30', secondChance: false } as const;
    expect(rulesOf({ ...usualRules, ...timed })).toEqual({
      timed: { openMax: 20, staggerMs: 30_000 },
    });
  });
  it('ask who bid before a lot is given up, unless the host will not have it', () => {
    expect(rulesOf({ ...usualRules, ladder: 'pass' })).toMatchObject({
      ladder: { atLast: 'pass', offers: { answerWithinMs: 180_000, perLotMax: 3 } },
    });
  });
  it('ask for a deposit only where the host names one, and then perhaps only above a sum', () => {
    const deposit = (amount: string, above: string) =>
      rulesOf({ ...usualRules, secondChance: false, deposit: amount, depositAbove: above });
    expect(deposit('', '100')).toEqual({});
    expect(deposit('50', '')).toEqual({ deposit: { amountFen: 5_000 } });
    expect(deposit('50', '200')).toEqual({ deposit: { amountFen: 5_000, abovePriceFen: 20_000 } });
    expect([deposit('0', ''), deposit('五十', ''), deposit('50', '很多')]).toEqual([null, null, null]);
  });
  it('bring the usual freight with them unsaid, a table as it is filled in, or none', () => {
    const freight = (way: 'usual' | 'own' | 'none', elsewhere = '18') => {
      const freightTable = { ...usualRules.freightTable, elsewhere, rows: [] };
      return rulesOf({ ...usualRules, secondChance: false, freight: way, freightTable });
    };
    expect(freight('usual', '很多')).toEqual({});
    expect(freight('own')).toMatchObject({
      freight: { zones: [], elsewhereFen: 1_800, freeFromFen: 20_000 },
    });
    expect(freight('own', '很多')).toBeNull();
    expect(freight('none')).toMatchObject({ freight: { zones: [], elsewhereFen: 0, pickUp: true } });
  });
  it('need an amount where one is written', () => {
    expect(rulesOf({ ...usualRules, bidLimit: '很多' })).toBeNull();
  });
});
