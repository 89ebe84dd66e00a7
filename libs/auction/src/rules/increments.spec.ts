import { defaultRules, type ShowRules } from '@qingpai/wire';
import fc from 'fast-check';
import { amountAboveFen, gridBelowFen, leastBidFen, stepAtFen, stepsBetween } from './increments.js';

const table = { stepFen: null };
const own = { stepFen: 250 };

describe('the increment grid', () => {
  it('asks the step of the row an amount falls into, the bound being exclusive', () => {
    expect([0, 2_999, 3_000, 9_999, 10_000, 30_000, 100_000, 299_999, 300_000].map(at)).toEqual([
      100, 100, 200, 200, 500, 1_000, 2_000, 2_000, 5_000,
    ]);
    function at(amountFen: number): number {
      return stepAtFen(defaultRules, table, amountFen);
    }
  });

  it('never steps over a bound: from ¥29.50 the next is ¥30', () => {
    expect(amountAboveFen(defaultRules, table, 2_950, 1)).toBe(3_000);
    expect(amountAboveFen(defaultRules, table, 2_950, 2)).toBe(3_200);
  });

  it("uses the lot's own step where it has one, past every bound", () => {
    expect(amountAboveFen(defaultRules, own, 2_900, 3)).toBe(3_650);
  });

  it('opens at the start price, at 0元起拍 at one step, and then asks one step more', () => {
    const least = (startFen: number, priceFen: number | null) =>
      leastBidFen(defaultRules, table, { startFen, priceFen });
    expect(least(3_600, null)).toBe(3_600);
    expect(least(0, null)).toBe(100);
    expect(least(3_600, 5_800)).toBe(6_000);
  });

  it('has nothing below its first amount', () => {
    const below = (amountFen: number) => gridBelowFen(defaultRules, table, 3_600, amountFen);
    expect([3_500, 3_600, 3_601, 3_800, 4_000].map(below)).toEqual([0, 0, 3_600, 3_600, 3_800]);
  });

  it('knows at once that an absurd amount is on the grid, and how far it goes', () => {
    const steps = stepsBetween(defaultRules, table, 0, 900_000_000_000_000);
    expect(steps).toBe(30 + 35 + 40 + 70 + 100 + (900_000_000_000_000 - 300_000) / 5_000);
  });
});

/** The naive twin: the grid walked step by step, as RULES §2 says it. */
function walk(rules: ShowRules, fromFen: number, toFen: number): number | null {
  let at = fromFen;
  for (let steps = 0; at <= toFen; steps += 1) {
    if (at === toFen) return steps;
    let stepFen = rules.topStepFen;
    let boundFen = Infinity;
    for (const row of [...rules.increments].reverse()) {
      if (at < row.belowFen) [stepFen, boundFen] = [row.stepFen, row.belowFen];
    }
    at = at + stepFen < boundFen ? at + stepFen : boundFen;
  }
  return null;
}

const rulesWithTable = fc
  .record({
    bounds: fc.uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 5 }),
    steps: fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 6, maxLength: 6 }),
  })
  .map(({ bounds, steps }) => ({
    ...defaultRules,
    increments: bounds.sort((a, b) => a - b).map((belowFen, row) => ({ belowFen, stepFen: steps[row] ?? 1 })),
    topStepFen: steps[5] ?? 1,
  }));
const amount = fc.integer({ min: 0, max: 4_000 });

describe('the grid, whatever the table', () => {
  it('is the one that the naive twin walks', () => {
    fc.assert(
      fc.property(rulesWithTable, amount, amount, (rules, fromFen, toFen) => {
        expect(stepsBetween(rules, table, fromFen, toFen)).toBe(walk(rules, fromFen, toFen));
      }),
      { numRuns: 500 },
    );
  });

  it('only rises, and each member is as many steps away as it was asked for', () => {
    fc.assert(
      fc.property(rulesWithTable, amount, fc.integer({ min: 1, max: 30 }), (rules, fromFen, steps) => {
        const above = amountAboveFen(rules, table, fromFen, steps);
        expect(above).toBeGreaterThan(amountAboveFen(rules, table, fromFen, steps - 1));
        expect(stepsBetween(rules, table, fromFen, above)).toBe(steps);
      }),
    );
  });
});
