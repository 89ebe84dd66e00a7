import { initialShow } from '@qingpai/auction/rules';
import type { LotState, OfferingState, SaleState, ShowState } from '@qingpai/wire';
import { defaultRules } from '@qingpai/wire';
import { priceNowFen, sceneOf, SIDE_BY_SIDE_MAX, totalsOf } from './scene';

const offering = (more: Partial<OfferingState> = {}) =>
  ({
    ...{ offering: 1, format: 'english', startFen: 100, priceFen: null, closesAt: 5_000, clock: null },
    ...{ endedAt: null, frozenAt: null, result: null },
    ...more,
  }) as OfferingState;
const lot = (id: string, offerings: OfferingState[]) =>
  ({ lot: id, number: id.slice(1), list: 1, phase: 'block', offerings }) as unknown as LotState;
const sale = (more: Partial<SaleState>) =>
  ({
    ...{ sale: 's1', lot: 'L1', offering: 1, units: 1, unitPriceFen: 5_800, phase: 'unpaid' },
    ...more,
  }) as SaleState;

function show(more: Partial<ShowState>): ShowState {
  return { ...initialShow(defaultRules), phase: 'open', ...more };
}

it('before the first lot the screen invites, and rests', () => {
  expect(sceneOf(show({ phase: 'draft' }))).toEqual({ scene: 'before' });
  expect(sceneOf(show({ phase: 'sealed' }))).toEqual({ scene: 'before' });
  expect(sceneOf(show({}))).toEqual({ scene: 'resting' });
});

it('one lot fills the screen; several stand in the order of their closes, and those without room are counted', () => {
  const lots = Object.fromEntries(
    Array.from({ length: 12 }, (_, n) => [
      `L${n + 1}`,
      lot(`L${n + 1}`, [offering({ closesAt: 90_000 - n * 1_000 })]),
    ]),
  );
  expect(sceneOf(show({ lots, open: ['L1'] }))).toMatchObject({ scene: 'lot', lot: { lot: 'L1' } });
  const several = sceneOf(show({ lots, open: Object.keys(lots) }));
  if (several.scene !== 'several') throw new Error(several.scene);
  expect(several.lots.map((one) => one.lot.lot).slice(0, 3)).toEqual(['L12', 'L11', 'L10']);
  expect(several.lots).toHaveLength(SIDE_BY_SIDE_MAX);
  expect(several.more).toBe(12 - SIDE_BY_SIDE_MAX);
});

it('after a lot its result stands, with the sales of that offering alone', () => {
  const ended = lot('L1', [offering({ endedAt: 1 }), offering({ offering: 2, endedAt: 9 })]);
  const sales = {
    s1: sale({ sale: 's1', offering: 1, phase: 'voided' }),
    s2: sale({ sale: 's2', offering: 2 }),
  };
  const scene = sceneOf(show({ lots: { L1: ended }, sales }));
  expect(scene).toMatchObject({ scene: 'result', offering: { offering: 2 }, sales: [{ sale: 's2' }] });
});

it('the total leaves out what was undone, and counts a unit that was sold a second time once', () => {
  const sales = {
    s1: sale({ sale: 's1', phase: 'voided' }),
    s2: sale({ sale: 's2', lot: 'L1', units: 2, unitPriceFen: 1_000 }),
    s3: sale({ sale: 's3', lot: 'L2', followedBy: 's4', phase: 'defaulted' }),
    s4: sale({ sale: 's4', lot: 'L2', unitPriceFen: 500 }),
  };
  expect(totalsOf(show({ sales }))).toEqual({ lots: 2, units: 3, totalFen: 2_500 });
});

it('the price is the best bid, or the start before any', () => {
  expect(priceNowFen(offering(), 0)).toBe(100);
  expect(priceNowFen(offering({ priceFen: 5_800 }), 0)).toBe(5_800);
});
