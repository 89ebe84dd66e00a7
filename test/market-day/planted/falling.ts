import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes in the falling clock. */
export const fallingBugs: readonly PlantedLine[] = [
  {
    name: 'a take above the pressed price',
    proves: 'a take costs what the clock says, and no more than was pressed',
    file: `${rules}/dutch.ts`,
    was: "if (priceFen > amountFen) return 'above-pressed';",
    is: '',
  },
  {
    name: 'more units sold than there are',
    proves: 'no more is taken than is left',
    file: `${rules}/dutch.ts`,
    was: "if (units > offering.unitsLeft) return 'units-not-left';",
    is: '',
  },
  {
    name: 'the clock sells a step too high',
    file: `${rules}/dutch.ts`,
    was: 'const amountFen = clockPriceFen(clockOf(bidding), nowMs);',
    is: 'const amountFen = clockPriceFen(clockOf(bidding), nowMs - clockOf(bidding).tickMs);',
  },
  {
    name: 'the ranges of two takes overlap',
    file: `${rules}/lot.ts`,
    was: 'export const firstFreeUnit = (lot: LotState): number => lot.soldUnits + 1;',
    is: 'export const firstFreeUnit = (lot: LotState): number => Math.max(1, lot.soldUnits);',
  },
  {
    name: 'a press of an older run still buys',
    file: `${rules}/dutch.ts`,
    was: "if (run !== clock.run || nowMs >= clockDueMs(clock, floorOf(secrets, lot))) return 'clock-stale';",
    is: "if (nowMs >= clockDueMs(clock, floorOf(secrets, lot))) return 'clock-stale';",
  },
  {
    name: 'the clock goes below the floor',
    file: `${rules}/dutch.ts`,
    was: 'const end = runEnd(clock, floorFen);',
    is: 'const end = runEnd(clock, 0);',
  },
  {
    name: 'the clock starts again too high',
    file: `${rules}/dutch.ts`,
    was: 'return Math.min(block.offering.startFen, takenFen + state.rules.clock.restartSteps * clock.stepFen);',
    is: 'return block.offering.startFen;',
  },
  {
    name: 'two sales hold the same unit',
    proves: 'no unit is sold twice',
    file: `${rules}/sales.ts`,
    was: 'firstUnit: firstFreeUnit(lot),',
    is: 'firstUnit: Math.max(1, firstFreeUnit(lot) - 1),',
  },
  {
    name: 'the clock falls on while nobody can be heard',
    proves: 'no clock falls through a silence',
    file: 'libs/auction/src/desk/deciding.ts',
    was: 'if (runningClock(draft.state)) shiftClock(draft, place);',
    is: 'if (runningClock(draft.state)) place.fromMs = place.toMs;',
  },
  {
    name: 'after a restart the clock stands where it stood at the last leaf',
    proves: 'no clock is set back to before somebody was heard',
    file: 'libs/auction/src/desk/desk.ts',
    was: 'desk.writer.placeDark(heardUntilMs(taken));',
    is: 'desk.writer.placeDark(taken.state.t);',
  },
  {
    name: 'what is due in the silence happens before the clock is set back',
    file: 'libs/auction/src/desk/deciding.ts',
    was: 'draft.silentUntilMs = Math.max(draft.silentUntilMs, place.toMs);',
    is: 'draft.silentUntilMs = Math.max(draft.silentUntilMs, place.toMs); foldDue(draft, place.t);',
  },
  {
    name: 'a clock that is set back begins a new run',
    file: 'libs/auction/src/rules/evolve.ts',
    was: 'offering.clock = clockMovedBy(offering.clock, body.byMs);',
    is: 'offering.clock = { ...clockMovedBy(offering.clock, body.byMs), run: offering.clock.run + 1 };',
  },
  {
    name: 'a clock that is set back keeps its restart where it was',
    file: 'libs/auction/src/rules/clock.ts',
    was: 'restartsAt: clock.restartsAt === null ? null : clock.restartsAt + byMs,',
    is: 'restartsAt: clock.restartsAt,',
  },
  {
    name: 'a clock never ends',
    file: `${rules}/due.ts`,
    was: 'return clock ? clockDueMs(clock, floorOf(secrets, lot)) : closesAt;',
    is: 'return clock ? null : closesAt;',
  },
];
