import { clockPriceFen } from '@qingpai/auction/rules';
import { type EventsFrame, type LoggedEvent } from '@qingpai/wire';
import { Market, pot, shortRules } from './kit/market.js';
import { newId, type Person } from './kit/person.js';

const TICK_MS = 3_000;
const SILENT_MS = 7_000;
const rules = { ...shortRules, clock: { ...shortRules.clock, tickMs: TICK_MS } };
const pots = pot({ format: 'dutch', units: 3, startFen: 2_000, stepFen: 100 });
/** Into a tick, so that the last sign of life lies in it, and the next one is far off. */
const INTO_TICK_MS = 500;

let market: Market;
beforeAll(async () => (market = await Market.open()));
afterAll(() => market.close());

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const clockOf = ({ state }: Person) => state.lots.L1!.offerings.at(-1)!.clock!;
const take = (amountFen: number) => ({ bidId: newId(), lot: 'L1', offering: 1, amountFen, units: 1, run: 0 });

type Shift = Extract<LoggedEvent, { type: 'clock.shifted' }>;
/** Several, where the machine is so busy that the server stands still by itself too. */
async function shiftsIn(showId: string): Promise<Shift[]> {
  const path = `/api/shows/${showId}/events?from=0`;
  const { since } = await market.must<{ since: EventsFrame }>('GET', path);
  return since.events.filter((event) => event.type === 'clock.shifted');
}
const sumOf = (shifts: readonly Shift[]) => shifts.reduce((sum, { body }) => sum + body.byMs, 0);

const silences = {
  'killed (kill -9) and started again seven seconds later': {
    cause: 'dark',
    strike: async () => {
      await market.killHard();
      await sleep(SILENT_MS);
      await market.start();
    },
  },
  'stopped (SIGSTOP) for seven seconds': {
    cause: 'stall',
    strike: async () => {
      process.kill(market.pid, 'SIGSTOP');
      await sleep(SILENT_MS);
      process.kill(market.pid, 'SIGCONT');
    },
  },
};

test.each(Object.keys(silences) as (keyof typeof silences)[])(
  'a falling clock whose server was %s stands where it stood',
  async (how) => {
    const { cause, strike } = silences[how];
    const { showId, host } = await market.openShow([pots], rules);
    const lin = await market.signer(showId, '小林');
    const wu = await market.buyer(showId, '小吴');
    await host.offers('L1', lin);
    const { startsAt } = clockOf(lin);
    const fallenMs = () => Date.now() - clockOf(lin).startsAt;
    while (fallenMs() < 2 * TICK_MS + INTO_TICK_MS) await sleep(20);
    expect(clockPriceFen(clockOf(lin), Date.now())).toBe(1_800);
    const before = clockOf(lin).startsAt;

    await strike();
    const [linAgain, wuAgain] = await Promise.all([
      market.enter(showId, lin.token, lin.key),
      market.enter(showId, wu.token),
    ]);
    if (clockOf(linAgain).startsAt === before) await linAgain.event('clock.shifted', 'L1');
    const shifts = await shiftsIn(showId);
    const at = shifts.findIndex(({ body }) => body.byMs > SILENT_MS - 500);
    const shift = shifts[at]!;
    expect(shift).toMatchObject({ by: 'platform', body: { lot: 'L1', offering: 1, cause } });
    // By the leaf's own time: how long it took to come in again is nobody's matter.
    const then = { ...clockOf(linAgain), startsAt: startsAt + sumOf(shifts.slice(0, at + 1)) };
    expect(clockPriceFen(then, shift.t)).toBe(1_800);
    expect(clockOf(linAgain).run).toBe(0);

    // Had it fallen on, it would stand at ¥16 by now, or below.
    expect(await wuAgain.sends(take(1_600))).toMatchObject({ ok: false, reason: 'above-pressed' });
    const taken = await linAgain.sends(linAgain.signed(take(1_800)));
    expect(taken).toMatchObject({ ok: true });
    expect(taken.ok && taken.amountFen).toBeGreaterThanOrEqual(1_700);
    expect(linAgain.state.lots.L1!.offerings).toHaveLength(1);
  },
  60_000,
);
