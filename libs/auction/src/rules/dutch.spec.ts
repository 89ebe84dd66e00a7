import { type ClockState, type ShowRules } from '@qingpai/wire';
import fc from 'fast-check';
import { floorSoFar } from './floorClaims.js';
import { clockPriceFen, decideDue, dueAtMs, silenceOnClockMs } from './index.js';
import { CHEN, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** A clock of six pots, from ¥20 down by ¥2 every 1.5 s, on the block since 1 000. */
function falling(lot: PaperLot = {}, clock: Partial<ShowRules['clock']> = {}): PaperShow {
  const rules = { clock: { tickMs: 1_500, restartSteps: 3, manyTakers: true, minUnits: 1, ...clock } };
  const pots: PaperLot = { format: 'dutch', units: 6, startFen: 2_000, stepFen: 200, ...lot };
  const show = new PaperShow({ rules, lots: { L1: pots, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  return show;
}
/** The moment of the n-th step. */
const step = (n: number) => 1_000 + n * 1_500;
const clockOf = (show: PaperShow): ClockState => {
  const { clock } = show.offering();
  if (!clock) throw new Error('no clock');
  return clock;
};
const priceAt = (show: PaperShow, atMs: number) => clockPriceFen(clockOf(show), atMs);

describe('the falling clock', () => {
  it('is a function of time: one step lower with each tick', () => {
    const show = falling();
    expect([0, step(0), step(1) - 1, step(1), step(4), step(9)].map((t) => priceAt(show, t))).toEqual([
      2_000, 2_000, 2_000, 1_800, 1_200, 200,
    ]);
  });

  it('never shows nothing, however late the event that ends it', () => {
    expect(priceAt(falling(), step(1_000))).toBe(200);
  });

  it('has the step of the table where the lot has none', () => {
    const show = falling({ startFen: 13_400, stepFen: undefined });
    expect(clockOf(show)).toMatchObject({
      startFen: 13_400,
      stepFen: 500,
      tickMs: 1_500,
      startsAt: 1_000,
      run: 0,
    });
  });
});

describe('a take', () => {
  it("is sold at the clock's price on arrival, never above the pressed one", () => {
    const show = falling();
    expect(show.bid(step(3), LIN, 2_000, { units: 2, run: 0 })).toBeNull();
    expect(show.said('bid.accepted')[0]).toMatchObject({
      amountFen: 1_400,
      pressedFen: 2_000,
      firstUnit: 1,
      units: 2,
    });
    expect(show.said('lot.hammered')[0]).toEqual({
      lot: 'L1',
      offering: 1,
      sale: 'S1',
      bidder: LIN,
      firstUnit: 1,
      units: 2,
      unitPriceFen: 1_400,
    });
    expect(show.offering().unitsLeft).toBe(4);
  });

  it('that pressed less than the price on arrival buys nothing, and learns the price', () => {
    const show = falling();
    expect(show.press(step(1), LIN, 1_600)).toMatchObject({ reason: 'above-pressed', leastFen: 1_800 });
    expect(show.said('bid.refused')).toHaveLength(1);
  });

  it('takes one unit when it names no number', () => {
    const show = falling();
    show.bid(step(1), LIN, 1_800);
    expect(show.said('lot.hammered')[0]).toMatchObject({ units: 1 });
  });

  it('takes no more than is left, and no less than the minimum unless less is left', () => {
    const show = falling({ units: 5 }, { minUnits: 2 });
    expect(show.bid(step(1), LIN, 1_800, { units: 6 })).toBe('units-not-left');
    expect(show.bid(step(1), LIN, 1_800, { units: 1 })).toBe('below-minimum-take');
    show.bid(step(1), LIN, 1_800, { units: 2 });
    show.bid(step(1), WU, 1_800, { units: 2 });
    expect(show.bid(step(1), CHEN, 1_800, { units: 1 })).toBeNull();
    expect(show.lot()).toMatchObject({ phase: 'hammered', soldUnits: 5 });
  });

  it('stays within the limit of its bidder', () => {
    const show = falling();
    show.does(step(1), { name: 'limit', bidder: LIN, limitFen: 3_599 });
    expect(show.bid(step(1), LIN, 1_800, { units: 2 })).toBe('over-limit');
    expect(show.bid(step(1), LIN, 1_800, { units: 1 })).toBeNull();
  });

  it('by the grower is refused', () => {
    const show = falling({ grower: LIN });
    expect(show.bid(step(1), LIN, 1_800)).toBe('own-lot');
  });
});

describe('several takers', () => {
  it('within one tick all buy at the same price while stock lasts', () => {
    const show = falling();
    show.bid(step(2), LIN, 1_600, { units: 2 });
    show.bid(step(2) + 700, WU, 1_600, { units: 2 });
    show.bid(step(3) - 1, CHEN, 1_600, { units: 1 });
    expect(show.said('lot.hammered').map(({ firstUnit, units, unitPriceFen }) => [firstUnit, units, unitPriceFen])).toEqual([
      [1, 2, 1_600],
      [3, 2, 1_600],
      [5, 1, 1_600],
    ]); // prettier-ignore
    expect(show.said('clock.restarted')).toHaveLength(0);
  });

  it('with the end of the tick the clock starts again for the rest, three steps up', () => {
    const show = falling();
    show.bid(step(5) + 10, LIN, 1_000, { units: 4 });
    show.pass(step(6));
    expect(show.said('clock.restarted')).toEqual([
      { lot: 'L1', offering: 1, cause: 'takes', startFen: 1_600, startsAt: step(6), unitsLeft: 2 },
    ]);
    expect(clockOf(show)).toMatchObject({ run: 1, heldFen: null, restartsAt: null });
    expect(priceAt(show, step(7))).toBe(1_400);
  });

  it('stands while takes are gathered, also where the end of the tick is heard of late', () => {
    const show = falling();
    show.bid(step(2), LIN, 1_600);
    expect(priceAt(show, step(9))).toBe(1_600);
  });

  it('is not ended before its time', () => {
    const show = falling();
    const dueAt = dueAtMs(show.state, show)!;
    expect(decideDue(show.state, dueAt - 1, show)).toEqual([]);
    expect(decideDue(show.state, dueAt, show)).toHaveLength(1);
  });

  it('never starts again above its first price', () => {
    const show = falling();
    show.bid(step(1), LIN, 1_800);
    show.pass(step(2));
    expect(clockOf(show).startFen).toBe(2_000);
  });

  it('one taker at a time: the clock starts again at once, and a press from before is stale', () => {
    const show = falling({}, { manyTakers: false });
    show.bid(step(5), LIN, 1_000, { run: 0 });
    expect(show.bid(step(5), WU, 1_000, { run: 0 })).toBe('clock-stale');
    expect(show.bid(step(5), WU, 1_000)).toBe('above-pressed');
    expect(clockOf(show)).toMatchObject({ run: 1, startFen: 1_600 });
  });

  it('a press from before the restart is refused as stale, even if it would pay', () => {
    const show = falling();
    show.bid(step(5), LIN, 1_000, { run: 0 });
    expect(show.bid(step(6), WU, 2_000, { run: 0 })).toBe('clock-stale');
    expect(show.bid(step(6), WU, 2_000, { run: 1 })).toBeNull();
  });

  it('the last unit ends the offering', () => {
    const show = falling({ units: 1 });
    show.bid(step(1), LIN, 1_800);
    expect(show.lot().phase).toBe('hammered');
    expect(show.state.block).toBeNull();
  });
});

describe('the end of a clock', () => {
  it('is an event before it would go below the floor; the last step is cut to it', () => {
    const show = falling({ floorFen: 1_500 });
    show.pass(step(60));
    expect(show.said('clock.restarted')).toEqual([
      { lot: 'L1', offering: 1, cause: 'floor', startFen: 1_500, startsAt: step(3), unitsLeft: 6 },
    ]);
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: step(4), body: { units: 6 } });
    expect(show.lot().phase).toBe('waiting');
  });

  it('that is cut to the floor says exactly what the floor is', () => {
    const show = falling({ floorFen: 1_500 });
    show.pass(step(3) - 1);
    expect(floorSoFar(show.lot())).toEqual({ atLeastFen: 1, atMostFen: 2_000 });
    show.pass(step(3));
    expect(clockOf(show).last).toBe(true);
    expect(floorSoFar(show.lot())).toEqual({ atLeastFen: 1_500, atMostFen: 1_500 });
  });

  it('comes without a cut when a step lies exactly on the floor', () => {
    const show = falling({ floorFen: 1_400 });
    show.pass(step(60));
    expect(show.said('clock.restarted')).toHaveLength(0);
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: step(4) });
  });

  it('without a floor comes before the price would be nothing', () => {
    const show = falling();
    show.pass(step(60));
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: step(10) });
  });

  it('a press made just before the cut still buys, at the lower price', () => {
    const show = falling({ floorFen: 1_500 });
    expect(show.bid(step(3) + 1, LIN, 1_600, { run: 0 })).toBeNull();
    expect(show.said('lot.hammered')[0]).toMatchObject({ unitPriceFen: 1_500 });
  });

  it('after takes on the floor starts again above it', () => {
    const show = falling({ floorFen: 1_500 });
    show.bid(step(3) + 1, LIN, 1_500);
    show.pass(step(4));
    expect(clockOf(show)).toMatchObject({ run: 1, startFen: 2_000, last: false });
  });

  it('with units left over sets the rest aside; what was sold stays sold', () => {
    const show = falling({ floorFen: 1_500 });
    show.bid(step(1), LIN, 1_800, { units: 2 });
    show.pass(step(60));
    expect(show.lot()).toMatchObject({ phase: 'waiting', soldUnits: 2 });
    expect(show.said('lot.setAside')[0]).toMatchObject({ units: 4 });
  });

  it('the clock that starts on its floor stands there for one tick', () => {
    const show = falling({ floorFen: 2_000 });
    show.pass(step(60));
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: step(1) });
  });
});

describe('a frozen clock', () => {
  it('stands between two steps, and goes on from there', () => {
    const show = falling();
    show.does(step(2) + 500, { name: 'freeze', lot: 'L1' });
    expect(show.said('lot.frozen')[0]).toMatchObject({ left: 1_000 });
    expect(show.bid(step(9), LIN, 2_000)).toBe('frozen');
    show.does(step(20), { name: 'resume', lot: 'L1' });
    expect(show.said('lot.resumed')[0]).toMatchObject({ left: 1_000 });
    expect(priceAt(show, step(20) + 999)).toBe(1_600);
    expect(priceAt(show, step(20) + 1_000)).toBe(1_400);
  });

  it('keeps gathering takes when it was held', () => {
    const show = falling();
    show.bid(step(5), LIN, 1_000);
    show.does(step(5) + 500, { name: 'freeze', lot: 'L1' });
    show.pass(step(50));
    expect(show.said('clock.restarted')).toHaveLength(0);
    show.does(step(50), { name: 'resume', lot: 'L1' });
    expect(show.bid(step(50) + 999, WU, 1_000, { run: 0 })).toBeNull();
    show.pass(step(50) + 1_000);
    expect(show.said('clock.restarted')[0]).toMatchObject({ startsAt: step(50) + 1_000, unitsLeft: 4 });
  });

  it('has no last call', () => {
    expect(falling().reason(step(1), { name: 'lastCall', lot: 'L1' })).toBe('not-rising');
  });
});

describe('a clock that nobody could press for a while', () => {
  it('goes on from where it stood when the silence began, however long it was', () => {
    for (const silentMs of [400, 5_000, 3_600_000]) {
      const show = falling();
      const heardMs = step(2) + 700;
      expect(show.givesBack(heardMs + silentMs, silentMs)).toBeNull();
      const backMs = heardMs + silentMs;
      expect([backMs, backMs + 799, backMs + 800].map((t) => priceAt(show, t))).toEqual([
        1_600, 1_600, 1_400,
      ]);
    }
  });

  it('is in the same run: who pressed before buys, at no more than he pressed', () => {
    const show = falling();
    show.givesBack(step(2) + 5_000, 5_000);
    expect(show.bid(step(2) + 5_100, LIN, 1_600, { run: 0 })).toBeNull();
    expect(show.said('lot.hammered')[0]).toMatchObject({ unitPriceFen: 1_600 });
    expect(show.said('clock.restarted')).toHaveLength(0);
  });

  it('does not sell at a price that only the silence knew', () => {
    const show = falling();
    show.givesBack(step(2) + 5_000, 5_000);
    expect(show.press(step(2) + 5_100, LIN, 1_000, { run: 0 })).toMatchObject({
      reason: 'above-pressed',
      leastFen: 1_600,
    });
  });

  it('does not come to its end in the silence, nor start again', () => {
    const show = falling({ floorFen: 1_500 });
    show.givesBack(600_000, 600_000 - step(1));
    expect(show.types().slice(-2)).toEqual(['lot.offered', 'clock.shifted']);
    show.pass(900_000);
    const cutAtMs = 600_000 + step(3) - step(1);
    expect(show.said('clock.restarted')).toMatchObject([{ cause: 'floor', startsAt: cutAtMs }]);
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: cutAtMs + 1_500 });
  });

  it('that was held goes on gathering takes for as long as was left', () => {
    const show = falling();
    show.bid(step(5), LIN, 1_000);
    show.givesBack(step(50), step(50) - step(5) - 500);
    expect(show.bid(step(50) + 999, WU, 1_000, { run: 0 })).toBeNull();
    show.pass(step(50) + 1_000);
    expect(show.said('clock.restarted')[0]).toMatchObject({ startsAt: step(50) + 1_000, unitsLeft: 4 });
  });

  it('may be set back again and again, each time by no more than since the leaf before', () => {
    const show = falling();
    show.givesBack(step(2) + 5_000, 5_000);
    expect(show.givesBack(step(2) + 5_400, 401)).toBe('malformed');
    expect(show.givesBack(step(2) + 5_400, 400)).toBeNull();
    expect(show.givesBack(step(2) + 5_400, 1)).toBe('malformed');
    expect(priceAt(show, step(2) + 5_400)).toBe(1_600);
  });

  it('is not set back by less than keeps it from having moved on', () => {
    const show = falling(); // it ends at the tenth step
    expect(show.givesBack(step(40), step(30) - step(0) - 1)).toBe('malformed');
    expect(show.givesBack(step(40), step(30) - step(0))).toBeNull();
    show.pass(step(40));
    expect(show.leaves.at(-1)).toMatchObject({ type: 'lot.setAside', t: step(40) });
  });

  it('is not put forward, nor set back for nothing', () => {
    expect([0, -1].map((byMs) => falling().givesBack(step(2), byMs))).toEqual(['malformed', 'malformed']);
  });
});

describe('how long the silence on a clock was', () => {
  const silence = (show: PaperShow, fromMs: number, toMs: number) =>
    silenceOnClockMs(show.state, { fromMs, toMs }, show);

  it('is not longer than since the last leaf, nor since the run began', () => {
    expect(silence(falling(), step(1), step(3))).toBe(3_000);
    expect(silence(falling(), 0, step(3))).toBe(step(3) - 1_000);
    const show = falling();
    show.bid(step(2), LIN, 100);
    expect(silence(show, step(1), step(3))).toBe(1_500);
  });

  it('goes back to what ought to have happened just before it', () => {
    expect(silence(falling(), step(10) + 30, step(12))).toBe(3_000);
  });

  it('is nothing where no clock runs', () => {
    const frozen = falling();
    frozen.does(step(1), { name: 'freeze', lot: 'L1' });
    expect(silence(frozen, step(2), step(9))).toBeNull();
    expect(silence(new PaperShow({ lots: { L1: {} } }), 0, 9_000)).toBeNull();
    const rising = new PaperShow({ lots: { L1: {} } });
    rising.does(1_000, { name: 'offer', lot: 'L1' });
    expect(silence(rising, 2_000, 9_000)).toBeNull();
  });
});

const clocks = fc.record({
  startFen: fc.integer({ min: 1, max: 5_000 }),
  stepFen: fc.integer({ min: 1, max: 700 }),
  floorPart: fc.double({ min: 0, max: 1, noNaN: true }),
  units: fc.integer({ min: 1, max: 6 }),
  manyTakers: fc.boolean(),
  minUnits: fc.integer({ min: 1, max: 3 }),
  restartSteps: fc.integer({ min: 0, max: 4 }),
});
const presses = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 4_000 }),
    who: fc.constantFrom(LIN, WU, CHEN),
    units: fc.integer({ min: 1, max: 4 }),
    overFen: fc.integer({ min: -200, max: 400 }),
    isSilent: fc.boolean(),
  }),
  { maxLength: 25 },
);

describe('any clock, whoever presses', () => {
  it('never rises within a run, never sells below the floor, never sells a unit twice, and comes to an end', () => {
    fc.assert(
      fc.property(clocks, presses, ({ floorPart, ...paper }, tries) => {
        const floorFen = Math.floor(paper.startFen * floorPart);
        const { startFen, stepFen, units, ...clock } = paper;
        const show = falling({ startFen, stepFen, units, floorFen }, clock);
        let seen = { run: 0, priceFen: Infinity };
        let t = 1_000;
        for (const { afterMs, who, units: wanted, overFen, isSilent } of tries) {
          const fromMs = t;
          t += afterMs;
          const byMs = isSilent ? (silenceOnClockMs(show.state, { fromMs, toMs: t }, show) ?? 0) : 0;
          if (byMs > 0) expect(show.givesBack(t, byMs)).toBeNull();
          show.pass(t);
          if (show.state.block === null) break;
          const { run } = clockOf(show);
          const priceFen = priceAt(show, t);
          if (run === seen.run) expect(priceFen).toBeLessThanOrEqual(seen.priceFen);
          expect(priceFen).toBeGreaterThanOrEqual(Math.max(1, floorFen));
          expect(priceFen).toBeLessThanOrEqual(startFen);
          seen = { run, priceFen };
          show.bid(t, who, Math.max(1, priceFen + overFen), { units: wanted, run });
        }
        show.pass(t + 1_500 * 5_100);
        expect(show.state.block).toBeNull();
        const sold = new Set<number>();
        for (const { firstUnit, units: taken, unitPriceFen } of show.said('lot.hammered')) {
          expect(unitPriceFen).toBeGreaterThanOrEqual(floorFen);
          for (let unit = firstUnit; unit < firstUnit + taken; unit += 1) {
            expect(unit).toBeLessThanOrEqual(units);
            expect(sold.has(unit)).toBe(false);
            sold.add(unit);
          }
        }
        expect(show.lot().soldUnits).toBe(sold.size);
      }),
      { numRuns: 80 },
    );
  });
});
