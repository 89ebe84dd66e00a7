import { type EventBody, type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { clockPriceFen } from '../rules/index.js';
import {
  bidderNamed,
  bidOf,
  done,
  findingsIn,
  lotNamed,
  offer,
  onAir,
  portsOn,
  quickRules,
  type Rig,
  rigWith,
  SHOW,
  sleep,
  until,
} from '../testing/rig.js';
import { Desk } from './desk.js';
import { LOOP_TICK_MS } from './limits.js';

const lin = { bidder: bidderNamed('lin') };
const TICK_MS = 800;
/** Into a tick by so much: a sign of life as old as can be still lies in it. */
const MID_TICK_MS = 320;
const fallingRules: ShowRules = { ...quickRules, clock: { ...quickRules.clock, tickMs: TICK_MS } };
const pots = { format: 'dutch', units: 3, startFen: 2_000, stepFen: 200 } as const;

let rig: Rig;
async function start(rules: ShowRules = fallingRules): Promise<void> {
  rig = await rigWith(rules);
  await onAir(rig.desk, [lotNamed('L1', pots), lotNamed('L2')]);
}
afterEach(async () => {
  await rig.desk.close();
  expect(findingsIn(rig.log.leavesOf(SHOW), rig.desk.state.rules)).toEqual([]);
});

/** As after kill -9: nobody told the old desk to stop, and it is fenced off. */
async function restart(): Promise<void> {
  const old = rig.desk;
  const ports = portsOn(rig.log, rig.clock);
  ports.watch.start();
  rig.desk = await Desk.open(SHOW, ports);
  void old.close();
}
const offeringOf = (lot = 'L1') => rig.desk.state.lots[lot]!.offerings.at(-1)!;
const clockOf = (lot = 'L1') => offeringOf(lot).clock!;
const priceFen = () => clockPriceFen(clockOf(), rig.desk.nowMs());
const leaves = (): readonly LoggedEvent[] => rig.log.leavesOf(SHOW);
const bodiesOf = <T extends LoggedEvent['type']>(type: T) =>
  leaves().flatMap((leaf) => (leaf.type === type ? [leaf.body as EventBody<T>] : []));
const intoTickMs = () => (rig.desk.nowMs() - clockOf().startsAt) % TICK_MS;
/** Until it stands at ¥18, in the middle of its second tick. */
const untilSecondTick = async () => {
  await until(() => priceFen() <= 1_800 && intoTickMs() >= MID_TICK_MS);
  expect(priceFen()).toBe(1_800);
};

describe('a falling clock, when the loop stood still', () => {
  beforeEach(async () => {
    await start();
    await offer(rig.desk);
    await untilSecondTick();
  });

  it('goes on from where it stood, and who pressed then buys', async () => {
    rig.clock.jump(3_000);
    const answer = await rig.desk.bid(bidOf(1_800, { run: 0 }), lin);
    expect(answer).toMatchObject({ ok: true, amountFen: 1_800 });
    expect(bodiesOf('clock.shifted')).toMatchObject([{ lot: 'L1', offering: 1, cause: 'stall' }]);
    const [{ byMs }] = bodiesOf('clock.shifted') as [EventBody<'clock.shifted'>];
    expect(byMs).toBeGreaterThanOrEqual(3_000);
    expect(byMs).toBeLessThan(3_000 + MID_TICK_MS);
  });

  it('does not sell at a price that only the silence knew', async () => {
    rig.clock.jump(1_500);
    const answer = await rig.desk.bid(bidOf(1_000, { run: 0 }), lin);
    expect(answer).toMatchObject({ reason: 'above-pressed', leastFen: 1_800 });
  });

  it('does not come to its end', async () => {
    rig.clock.jump(3_600_000);
    await until(() => bodiesOf('clock.shifted').length > 0);
    expect(offeringOf()).toMatchObject({ endedAt: null, offering: 1 });
    expect(priceFen()).toBe(1_800);
  });

  it('and again, gets each time back', async () => {
    for (const times of [1, 2, 3]) {
      rig.clock.jump(2_000);
      await until(() => bodiesOf('clock.shifted').length === times);
    }
    expect(await rig.desk.bid(bidOf(1_800, { run: 0 }), lin)).toMatchObject({ ok: true, amountFen: 1_800 });
  });

  it('for a moment only, falls on', async () => {
    rig.clock.jump(200);
    await sleep(80);
    expect(bodiesOf('clock.shifted')).toEqual([]);
  });

  it('while it gathered takes, gathers them for as long as was left', async () => {
    await done(rig.desk.bid(bidOf(1_800, { run: 0 }), lin));
    const leftMs = clockOf().restartsAt! - rig.desk.nowMs();
    rig.clock.jump(3_000);
    await done(rig.desk.bid(bidOf(1_800, { run: 0 }), { bidder: bidderNamed('wu') }));
    expect(bodiesOf('clock.restarted')).toEqual([]);
    // The silence is counted from when the loop was last seen to turn.
    expect(clockOf().restartsAt! - rig.desk.nowMs()).toBeLessThanOrEqual(leftMs + LOOP_TICK_MS);
    await until(() => bodiesOf('clock.restarted').length === 1);
    expect(clockOf()).toMatchObject({ run: 1 });
  });

  it('while it was frozen, is left alone', async () => {
    await done(rig.desk.command({ by: 'host', name: 'freeze', lot: 'L1' }));
    rig.clock.jump(3_000);
    await sleep(80);
    await done(rig.desk.command({ by: 'host', name: 'resume', lot: 'L1' }));
    expect(bodiesOf('clock.shifted')).toEqual([]);
    expect(priceFen()).toBe(1_800);
  });
});

describe('a falling clock, when the room was dark', () => {
  beforeEach(async () => {
    await start();
    await offer(rig.desk);
    await untilSecondTick();
  });

  it.each([2_000, 3_600_000])('for %i ms after a kill, stands where it stood', async (darkMs) => {
    rig.clock.jump(darkMs);
    await restart();
    await until(() => bodiesOf('clock.shifted').length > 0);
    expect(leaves().at(-1)).toMatchObject({ type: 'clock.shifted', by: 'platform', body: { cause: 'dark' } });
    expect(priceFen()).toBe(1_800);
    expect(clockOf()).toMatchObject({ run: 0 });
    expect(await rig.desk.bid(bidOf(1_800, { run: 0 }), lin)).toMatchObject({ ok: true, amountFen: 1_800 });
  });

  it('after an end in good order, stands to the moment where it stood', async () => {
    const stoodMs = rig.desk.nowMs() - clockOf().startsAt;
    await rig.desk.close();
    rig.clock.jump(60_000);
    await restart();
    await until(() => bodiesOf('clock.shifted').length > 0);
    expect(rig.desk.nowMs() - clockOf().startsAt).toBeLessThan(stoodMs + 100);
    expect(leaves().at(-1)!.t - clockOf().startsAt).toBeGreaterThanOrEqual(stoodMs);
  });

  it('stands there although the machine was set back meanwhile', async () => {
    await rig.desk.close();
    rig.clock.jump(-60_000);
    await restart();
    expect(priceFen()).toBe(1_800);
  });

  it('hears who pressed while the database was away, at the price where it stood', async () => {
    rig.log.away = true;
    const pressed = rig.desk.bid(bidOf(1_800, { run: 0 }), lin);
    await sleep(700);
    expect(priceFen()).toBeLessThan(1_800);
    const tooLow = rig.desk.bid(bidOf(1_600, { run: 0 }), { bidder: bidderNamed('wu') });
    rig.log.away = false;
    expect(await pressed).toMatchObject({ ok: true, amountFen: 1_800 });
    expect(await tooLow).toMatchObject({ reason: 'above-pressed' });
    expect(bodiesOf('clock.shifted')).toMatchObject([{ cause: 'dark' }]);
  });

  it('gets all of it back where one failure follows the other', async () => {
    rig.log.away = true;
    const pressed = rig.desk.bid(bidOf(1_800, { run: 0 }), lin);
    await sleep(700);
    rig.log.fates.push('lost', 'lost');
    rig.log.away = false;
    expect(await pressed).toMatchObject({ ok: true, amountFen: 1_800 });
    expect(bodiesOf('clock.shifted')).toHaveLength(1);
  });
});

describe('a clock does not begin in the dark', () => {
  it('when the ladder was to bring it', async () => {
    await start({ ...fallingRules, ladder: { pauseMs: 200, atLast: 'wait' } });
    for (const lot of ['L1', 'L2'] as const) {
      await offer(rig.desk, lot);
      await done(rig.desk.command({ by: 'host', name: 'setAside', lot }));
    }
    await rig.desk.close();
    rig.clock.jump(600_000);
    await restart();
    const openedMs = rig.desk.nowMs();
    await until(() => rig.desk.state.block !== null);
    const offered = leaves().at(-1)!;
    expect(offered).toMatchObject({ type: 'lot.offered', by: 'platform' });
    expect(offered.t).toBeGreaterThan(openedMs - 100);
    expect(clockOf(rig.desk.state.block!).startsAt).toBe(offered.t);
  });

  it('when the host called it while the database was away', async () => {
    await start();
    rig.log.away = true;
    const called = done(rig.desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
    await sleep(700);
    const backMs = rig.desk.nowMs();
    rig.log.away = false;
    await called;
    expect(clockOf().startsAt).toBeGreaterThanOrEqual(backMs);
  });

  it('nor go on then', async () => {
    await start();
    await offer(rig.desk);
    await done(rig.desk.command({ by: 'host', name: 'freeze', lot: 'L1' }));
    rig.log.away = true;
    const resumed = done(rig.desk.command({ by: 'host', name: 'resume', lot: 'L1' }));
    await sleep(700);
    const backMs = rig.desk.nowMs();
    rig.log.away = false;
    await resumed;
    expect(leaves().at(-1)!.t).toBeGreaterThanOrEqual(backMs);
    expect(priceFen()).toBe(2_000);
  });
});

describe('the sign of life', () => {
  it('is given while a clock runs, by its owner, and by nobody else', async () => {
    await start();
    const heardMs = async () => (await rig.log.takeOver(SHOW)).heardAtMs;
    await sleep(300);
    expect(await heardMs()).toBe(0);
    await restart();
    await offer(rig.desk);
    await sleep(500);
    const first = await heardMs(); // from here on the desk is fenced off
    expect(first).toBeGreaterThan(clockOf().startsAt);
    await sleep(500);
    expect(await heardMs()).toBe(first);
  });

  it('is not given while somebody waits for the database', async () => {
    await start();
    await offer(rig.desk);
    await sleep(300);
    const release = rig.log.hold();
    const pressedMs = rig.desk.nowMs();
    const pressed = rig.desk.bid(bidOf(2_000, { run: 0 }), lin);
    await sleep(500);
    expect((await rig.log.takeOver(SHOW)).heardAtMs).toBeLessThanOrEqual(pressedMs);
    release();
    expect(await pressed).toMatchObject({ reason: 'not-ready' });
  });
});
