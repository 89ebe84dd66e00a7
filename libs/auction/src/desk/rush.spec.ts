import { type EventsFrame, type LoggedEvent, type ShowState } from '@qingpai/wire';
import fc from 'fast-check';
import { evolve, evolveFrame, HISTORY_MAX } from '../rules/index.js';
import { bidderNamed, HASH, lotNamed, offer, onAir, quickRules, rigWith } from '../testing/rig.js';
import { Rush } from './rush.js';

const BIDDERS_MAX = 60;
const bidders = Array.from({ length: BIDDERS_MAX }, (_, n) => bidderNamed(`b${n}`));
const rules = {
  ...quickRules,
  openForMs: 60_000,
  timed: { openMax: 2, staggerMs: 1_000 },
  ladder: { pauseMs: 1_000, atLast: 'wait' as const, offers: { answerWithinMs: 10_000, perLotMax: 20 } },
  secondChance: { answerWithinMs: 10_000, perSaleMax: 20, atLast: 'wait' as const },
};

/** Two lots that are open, the first with a floor. */
async function twoLots(): Promise<ShowState> {
  const rig = await rigWith(rules);
  const floored = lotNamed('L1', { floor: HASH });
  await onAir(rig.desk, [{ ...floored, floorFen: 1_000_000 } as typeof floored, lotNamed('L2')]);
  await offer(rig.desk, 'L1');
  await offer(rig.desk, 'L2');
  const state = structuredClone(rig.desk.state);
  await rig.desk.close();
  return state;
}

interface Wish {
  lot: 'L1' | 'L2';
  bidder: number;
}
/** Bids that rise; from `metFrom` on they meet the floor of the first lot. */
function bidsFrom({ next, t }: ShowState, wishes: readonly Wish[], metFrom: number): LoggedEvent[] {
  return wishes.map(({ lot, bidder: n }, at) => {
    const [bidder, amountFen] = [bidders[n]!, 1_000 + at * 100];
    const floorMet = lot === 'L1' && at >= metFrom && { floorMet: true as const };
    const body = { bid: `bid-${at}`, bidder, lot, offering: 1, amountFen, nth: at + 1, ...floorMet };
    return { i: next + at, t: t + at, by: bidder, type: 'bid.accepted', body };
  });
}

const frameOf = (events: readonly LoggedEvent[]): EventsFrame => ({
  from: events[0]!.i,
  to: events.at(-1)!.i,
  events: [...events],
});

const wishes = (most: number) =>
  fc
    .integer({ min: 1, max: most })
    .chain((crowd) =>
      fc.array(
        fc.record({ lot: fc.constantFrom('L1', 'L2'), bidder: fc.integer({ min: 0, max: crowd - 1 }) }),
        { minLength: 1, maxLength: 400 },
      ),
    ) as fc.Arbitrary<Wish[]>;

let before: ShowState;
beforeAll(async () => {
  before = await twoLots();
});

it('whoever folds what is left of a rush has the very state of who folds all, from whatever leaf on', () => {
  const cut = fc.integer({ min: 0, max: 400 });
  fc.assert(
    fc.property(wishes(BIDDERS_MAX), cut, cut, cut, (wanted, metFrom, tick, joined) => {
      const events = bidsFrom(before, wanted, metFrom);
      const rush = new Rush();
      const frames = [events.slice(0, tick), events.slice(tick)]
        .filter(({ length }) => length > 0)
        .map(frameOf);
      const [all, page] = [structuredClone(before), structuredClone(before)];
      for (const event of events) evolve(all, structuredClone(event));
      for (const event of events.slice(0, joined)) evolve(page, structuredClone(event));
      for (const frame of frames) expect(evolveFrame(page, structuredClone(rush.shorten(frame)))).toBe(true);
      expect(page).toEqual(all);
    }),
    { numRuns: 100 },
  );
});

it('a thousand bids of a few make a frame of not many more than are listed', () => {
  const rush = new Rush();
  const some = Array.from({ length: 1_000 }, (_, n): Wish => ({ lot: 'L2', bidder: n % 30 }));
  const events = bidsFrom(before, some, 0);
  const { leftOut, events: told } = rush.shorten(frameOf(events));
  expect(told).toHaveLength(30 + HISTORY_MAX);
  expect(leftOut).toEqual([
    { lot: 'L2', offering: 1, leaves: events.slice(30, -HISTORY_MAX).map(({ i }) => i) },
  ]);
  expect(new Set([...told.map(({ i }) => i), ...leftOut![0]!.leaves]).size).toBe(1_000);
});

it('an ordinary tick is told whole', () => {
  const few = Array.from({ length: HISTORY_MAX }, (_, n): Wish => ({ lot: 'L1', bidder: n % 2 }));
  const frame = frameOf(bidsFrom(before, few, 0));
  expect(new Rush().shorten(frame)).toBe(frame);
});
