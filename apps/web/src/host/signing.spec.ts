import { actMessage, rulesHash } from '@qingpai/auction/rules';
import { defaultRules } from '@qingpai/wire';
import { actOf, isListSeen } from './signing';
import { draft, fold, HASH, opened, sealed } from './testing/show';

const nowMs = 100_000;

describe('what the host signs', () => {
  it('is the leaf that withdrawing would make, by the shared rules', () => {
    const state = fold([...sealed, opened]);
    const act = actOf(state, 'host', { name: 'withdraw', lot: 'L3', reason: 'damaged' }, nowMs);
    expect(act).toMatchObject({
      type: 'lot.withdrawn',
      body: { lot: 'L3', units: 6, reason: 'damaged' },
    });
    expect(actMessage(act!, state.origin)).toEqual(actMessage(act!, 'market.example/shows/20261124-01'));
  });

  it('is nothing where the rules refuse: lots without a result cannot be closed over', () => {
    expect(actOf(fold([...sealed, opened]), 'host', { name: 'close' }, nowMs)).toBeNull();
  });

  it('is the sum of the evening when it is closed', () => {
    const withdrawn = ['L1', 'L2', 'L3'].map((lot) => ({
      type: 'lot.withdrawn' as const,
      body: { lot, units: lot === 'L3' ? 6 : 1, reason: 'other' as const },
    }));
    const state = fold([...sealed, opened, ...withdrawn]);
    expect(actOf(state, 'host', { name: 'close' }, nowMs)).toMatchObject({
      type: 'show.closed',
      body: { lots: 3, withdrawnUnits: 8, hammerFen: 0 },
    });
  });
});

describe('a list to be sealed', () => {
  const drafted = { list: 1, lots: 3, units: 8, catalogue: HASH, rules: rulesHash(defaultRules) };

  it('is signed when it is the one before the host’s eyes', () => {
    expect(isListSeen(fold(draft), drafted)).toBe(true);
  });

  it.each([{ lots: 4 }, { units: 9 }, { rules: HASH }])('is not signed when it says %j', (other) => {
    expect(isListSeen(fold(draft), { ...drafted, ...other })).toBe(false);
  });
});
