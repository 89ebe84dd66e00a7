import { type BidAnswer } from '@qingpai/wire';
import { type Fate } from '../testing/memoryShowLog.js';
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
import { settles } from './answers.js';
import { Desk } from './desk.js';
import { Desks } from './desks.js';
import { DESK_PATIENCE_MS, DESK_TRIES_MAX } from './limits.js';
import { processTimers } from './timers.js';

/** Numbers that look random and are the same for the same seed (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = ['lin', 'wu', 'chen', 'zhou', 'zheng'];
const fates: readonly (Fate | 'happens')[] = [
  'happens',
  'happens',
  'happens',
  'lost',
  'lostAfter',
  'refused',
];

/** Buyers who bid at random, ask again when told to, and sometimes ask again although they were answered. */
async function evening(rig: Rig, random: () => number) {
  const told = new Map<string, BidAnswer>();
  const differing: string[] = [];
  const ask = async (bidder: string): Promise<void> => {
    const price = rig.desk.state.lots.L1!.offerings[0]!.priceFen ?? 900;
    const bid = bidOf(price + 100 * Math.floor(random() * 4), { confirmed: true });
    for (let tries = 0; tries < 20; tries += 1) {
      const answer = await rig.desk.bid(bid, { bidder });
      if (!settles(answer)) continue;
      const before = told.get(bid.bidId);
      if (before && (before.ok !== answer.ok || before.i !== answer.i)) differing.push(bid.bidId);
      told.set(bid.bidId, answer);
      if (random() < 0.7) return;
    }
  };
  const buyer = async (name: string) => {
    for (let round = 0; round < 12; round += 1) {
      rig.log.fates.push(fates[Math.floor(random() * fates.length)]!);
      await ask(bidderNamed(name));
      await sleep(Math.floor(random() * 3));
    }
  };
  await Promise.all(names.map(buyer));
  return { told, differing };
}

describe.each(Array.from({ length: 12 }, (_, k) => k + 1))('an evening on a bad line, seed %i', (seed) => {
  it('answers nothing that the log does not hold, the same id the same, and breaks no rule', async () => {
    const rig = await rigWith({ ...quickRules, openForMs: 60_000, refusalsLoggedMax: 5 });
    await onAir(rig.desk, [lotNamed('L1')], names);
    await offer(rig.desk);
    const { told, differing } = await evening(rig, seeded(seed));
    await rig.desk.close();
    const leaves = rig.log.leavesOf(SHOW);
    const accepted = leaves.flatMap((leaf) => (leaf.type === 'bid.accepted' ? [leaf.body.bid] : []));
    expect(differing).toEqual([]);
    expect(new Set(accepted).size).toBe(accepted.length);
    expect(new Set(accepted)).toEqual(new Set([...told].filter(([, { ok }]) => ok).map(([id]) => id)));
    for (const [bidId, { i }] of told)
      if (i !== undefined) expect(leaves[i]).toMatchObject({ body: { bid: bidId } });
    expect(findingsIn(leaves, rig.desk.state.rules)).toEqual([]);
    expect(rig.log.takeOvers).toBeGreaterThan(1);
  });
});

describe('two owners', () => {
  it('never both write: whoever came last does, and each bid is in the log once', async () => {
    const rig = await rigWith({ ...quickRules, openForMs: 60_000 });
    await onAir(rig.desk, [lotNamed('L1')], names);
    await offer(rig.desk);
    const [first, second] = [new Desks(portsOn(rig.log)), new Desks(portsOn(rig.log))];
    const answers: BidAnswer[] = [];
    for (let k = 0; k < 30; k += 1) {
      const desk = await (k % 3 ? first : second).of(SHOW);
      answers.push(await desk.bid(bidOf(1_000 + 100 * k), { bidder: bidderNamed(names[k % 2]!) }));
    }
    const leaves = rig.log.leavesOf(SHOW);
    const accepted = leaves.flatMap((leaf) => (leaf.type === 'bid.accepted' ? [leaf.body.bid] : []));
    expect(accepted).toEqual(answers.flatMap((answer) => (answer.ok ? [answer.bidId] : [])));
    expect(answers.some((answer) => !answer.ok && answer.reason === 'not-ready')).toBe(true);
    expect(findingsIn(leaves, rig.desk.state.rules)).toEqual([]);
    await Promise.all([first.close(), second.close(), rig.desk.close()]);
  });

  it('who has been overtaken and does not know it yet refuses nobody by what he knows', async () => {
    const rig = await rigWith({ ...quickRules, openForMs: 60_000 });
    await onAir(rig.desk, [lotNamed('L1')], names);
    await offer(rig.desk);
    const stale = await Desk.open(SHOW, portsOn(rig.log));
    const unaware = await Desk.open(SHOW, portsOn(rig.log));
    const owner = await Desk.open(SHOW, portsOn(rig.log));
    const lin = { bidder: bidderNamed('lin') };
    for (const amountFen of [1_000, 1_200])
      for (const name of ['lin', 'wu'])
        await done(owner.bid(bidOf(amountFen + (name === 'wu' ? 100 : 0)), { bidder: bidderNamed(name) }));
    const { size, root } = owner.head;
    // His third bid, and a head that only the owner has: the others know of neither.
    const next = bidOf(1_400, { nth: 3 });
    const seeing = bidOf(1_500, { seen: [size, root] });
    expect(await stale.bid(next, lin)).toMatchObject({ ok: false, reason: 'not-ready' });
    expect(await unaware.bid(seeing, lin)).toMatchObject({ ok: false, reason: 'not-ready' });
    expect(await owner.bid(next, lin)).toMatchObject({ ok: true });
    expect(await owner.bid(bidOf(1_600, { nth: 9 }), lin)).toMatchObject({ reason: 'wrong-nth' });
    await Promise.all([stale, unaware, owner, rig.desk].map((desk) => desk.close()));
  });

  it('a show that nobody knows, or that cannot be read now, is refused and asked for again later', async () => {
    const rig = await rigWith();
    const desks = new Desks(portsOn(rig.log));
    await expect(desks.of('20200101-01')).rejects.toMatchObject({ reason: 'unknown-show' });
    rig.log.create('20200101-01', quickRules);
    rig.log.away = true;
    await expect(desks.of('20200101-01')).rejects.toMatchObject({ reason: 'not-ready' });
    rig.log.away = false;
    await expect(desks.of('20200101-01')).resolves.toBeInstanceOf(Desk);
    await Promise.all([desks.close(), rig.desk.close()]);
    await expect(desks.of('20200101-01')).rejects.toMatchObject({ reason: 'not-ready' });
  });
});

describe('a bid that was acknowledged', () => {
  it('is acknowledged again while a later commit is in doubt, and never called beaten by itself', async () => {
    const rig = await rigWith({ ...quickRules, openForMs: 60_000 });
    await onAir(rig.desk, [lotNamed('L1')], names);
    await offer(rig.desk);
    const bid = bidOf(1_000);
    const bidder = bidderNamed(names[0]!);
    const answer = await rig.desk.bid(bid, { bidder });
    expect(answer).toMatchObject({ ok: true });
    // Nobody knows what became of the next one, and the database is away.
    rig.log.fates.push('lost');
    rig.log.away = true;
    const next = rig.desk.bid(bidOf(1_100), { bidder: bidderNamed(names[1]!) });
    await until(() => rig.warnings.includes('desk.take-over-failed'), 2_000);
    expect(await rig.desk.bid(bid, { bidder })).toEqual(answer);
    rig.log.away = false;
    expect(await next).toMatchObject({ ok: true });
    await rig.desk.close();
  });
});

describe('a database that says nothing at all', () => {
  const impatient: typeof processTimers = {
    ...processTimers,
    later: (run, afterMs) => processTimers.later(run, afterMs === DESK_PATIENCE_MS ? 60 : afterMs),
  };

  it('keeps nobody waiting: who asks is put off, and asked again gets the answer of what was committed', async () => {
    const { desk, log, ports } = await rigWith({ ...quickRules, openForMs: 60_000 });
    await onAir(desk, [lotNamed('L1')], names);
    await offer(desk);
    await desk.close();
    const patient = await Desk.open(SHOW, { ...ports, timers: impatient });
    const answers = log.hold();
    const [bid, next] = [bidOf(1_000), bidOf(1_100)];
    const [lin, wu] = [{ bidder: bidderNamed('lin') }, { bidder: bidderNamed('wu') }];
    expect(await patient.bid(bid, lin)).toMatchObject({ ok: false, reason: 'not-ready' });
    // What nobody knows yet is told to nobody, and nothing waits behind it.
    expect(await patient.bid(bid, lin)).toMatchObject({ ok: false, reason: 'not-ready' });
    expect(await patient.bid(next, wu)).toMatchObject({ ok: false, reason: 'not-ready' });
    answers();
    await until(() => patient.state.lots.L1!.offerings[0]!.priceFen === 1_000);
    expect(await patient.bid(bid, lin)).toMatchObject({ ok: true });
    expect(await patient.bid(next, wu)).toMatchObject({ ok: true });
    await patient.close();
    const leaves = log.leavesOf(SHOW);
    expect(leaves.flatMap((leaf) => (leaf.type === 'bid.accepted' ? [leaf.body.bid] : []))).toEqual([
      bid.bidId,
      next.bidId,
    ]);
    expect(findingsIn(leaves, patient.state.rules)).toEqual([]);
  });

  it('gives back the time in which a lot near its end could not be bid on', async () => {
    const { desk, log, ports } = await rigWith({ ...quickRules, openForMs: 900, windowMs: 600 });
    await onAir(desk, [lotNamed('L1')], names);
    await desk.close();
    const patient = await Desk.open(SHOW, { ...ports, timers: impatient });
    await offer(patient);
    await sleep(500);
    const answers = log.hold();
    const bid = bidOf(1_000);
    expect(await patient.bid(bid, { bidder: bidderNamed('lin') })).toMatchObject({ reason: 'not-ready' });
    await sleep(600);
    answers();
    await until(() => log.leavesOf(SHOW).some(({ type }) => type === 'lot.hammered'), 4_000);
    await patient.close();
    const leaves = log.leavesOf(SHOW);
    const extended = leaves.flatMap((leaf) => (leaf.type === 'lot.extended' ? [leaf.body.cause] : []));
    expect(extended).toContain('dark');
    expect(findingsIn(leaves, patient.state.rules)).toEqual([]);
  });
});

describe('a disk without room', () => {
  it('puts bids off with a reason that is true, and takes them when there is room', async () => {
    const { desk, log } = await rigWith({ ...quickRules, openForMs: 60_000 });
    await onAir(desk, [lotNamed('L1')], names);
    await offer(desk);
    const [bid, bidder] = [bidOf(1_000), { bidder: bidderNamed('lin') }];
    log.fates.push(...Array.from({ length: DESK_TRIES_MAX + 1 }, () => 'full' as const));
    expect(await desk.bid(bid, bidder)).toMatchObject({ ok: false, reason: 'not-ready' });
    expect(await desk.bid(bid, bidder)).toMatchObject({ ok: true });
    await desk.close();
  });
});

describe('a falling clock', () => {
  it('sells to all who take within one tick, starts again by itself, and ends by itself', async () => {
    const clock = { tickMs: 150, restartSteps: 1, manyTakers: true, minUnits: 1 };
    const rig = await rigWith({ ...quickRules, clock });
    const dutch = { format: 'dutch', units: 5, startFen: 500, stepFen: 100 } as const;
    await onAir(rig.desk, [lotNamed('L1', dutch)], names);
    await offer(rig.desk);
    const takes = await Promise.all(
      names.slice(0, 3).map((name) => rig.desk.bid(bidOf(500, { units: 1 }), { bidder: bidderNamed(name) })),
    );
    expect(takes.map((take) => take.ok && take.sale)).toEqual(['S1', 'S2', 'S3']);
    const offering = () => rig.desk.state.lots.L1!.offerings[0]!;
    await until(() => offering().clock!.run === 1);
    expect(await rig.desk.bid(bidOf(500, { run: 0 }), { bidder: bidderNamed('lin') })).toMatchObject({
      reason: 'clock-stale',
    });
    await until(() => offering().endedAt !== null, 4_000);
    expect(offering()).toMatchObject({ unitsLeft: 2, result: 'setAside' });
    await rig.desk.close();
    expect(findingsIn(rig.log.leavesOf(SHOW), rig.desk.state.rules)).toEqual([]);
  });
});
