import { groupCommit, verifies } from './limits.mjs';
import { over, overTimes, row } from './table.mjs';

/** Open at once, in a timed show. */
const LOTS = 50;

/**
 * One hot lot over real sockets: G1, G1s, G3, G4, and what an answer costs and how long it takes: G2, G5, G6. Ours and
 * what it is compared with take turns.
 */
export async function hotLot(rig, { repetitions, forMs, idleMs, say }) {
  const { ownerUrl } = rig.house.postgres;
  const fifty = await rig.room({ people: 50 });
  const thousand = await rig.room({ people: 1_000 });
  const signed = await rig.room({ people: 50, signs: true });
  const watched = await rig.room({ people: 50 });
  await watched.watch(200);
  const echo = await rig.peer('echo', 50);
  const locked = await rig.peer('rowLock', 50);
  const lockedWide = await rig.peer('rowLock', 1_000);
  const entities = await rig.peer('entities', 50);
  const fiftyLots = await rig.room({ people: 50, lots: LOTS, timed: true });
  const lockedLots = await rig.peer('rowLock', 50, { lots: LOTS });
  const race = (place, more = {}) => rig.run(place, { way: 'race', forMs, ...more });
  const open = (place, perSecond) => rig.run(place, { way: 'open', forMs, perSecond });
  for (const place of [fifty, signed, echo, locked, entities, fiftyLots, lockedLots])
    await race(place, { forMs: Math.min(500, forMs / 2) }); // warm

  const runs = [];
  for (let n = 1; n <= repetitions; n += 1) {
    const one = { race: await race(fifty) };
    one.commits = await groupCommit(ownerUrl, batchOf(one.race), idleMs);
    one.locked = await race(locked);
    one.echo = await race(echo);
    one.thousand = await race(thousand);
    one.wideCommits = await groupCommit(ownerUrl, batchOf(one.thousand), idleMs);
    one.lockedWide = await race(lockedWide);
    one.fiftyLots = await race(fiftyLots);
    one.lockedLots = await race(lockedLots);
    one.signed = await race(signed);
    one.verifies = verifies(idleMs / 2);
    one.entities = await race(entities);
    one.idle = await rig.run(fifty, { way: 'idle', forMs: idleMs });
    one.idleEcho = await rig.run(echo, { way: 'idle', forMs: idleMs });
    one.single = await groupCommit(ownerUrl, 1, idleMs);
    one.calm = await open(fifty, 100);
    one.half = await open(fifty, Math.max(100, Math.round(one.race.acceptedPerSecond / 2)));
    one.busy = await open(watched, 1_000);
    one.busyCommits = await groupCommit(ownerUrl, batchOf(one.busy), idleMs);
    // A lot of its own: refusals that are leaves are capped by bidder and offering.
    const fresh = await rig.room({ people: 50 });
    one.scramble = await rig.run(fresh, { way: 'scramble', forMs });
    one.peerScramble = await rig.run(entities, { way: 'scramble', forMs });
    await fresh.leave();
    runs.push(one);
    say(told(n, one));
  }
  return { runs, fifty, signed };
}

/** What the runs above have of the curves anyhow: two points each. */
export function curvesOf({ runs: [{ race, thousand, fiftyLots }] }) {
  return {
    bidders: [bidderPoint(50, race), bidderPoint(1_000, thousand)],
    lots: [lotPoint(1, race), lotPoint(LOTS, fiftyLots)],
  };
}
export async function hotLotCurves(rig, { forMs }) {
  return { bidders: await bidderCurve(rig, forMs), lots: await lotCurve(rig, forMs) };
}

const voidOf = (run) => (run.void ? { void: run.void } : {});
const bidderPoint = (bidders, run) => ({
  ...{ bidders, ...voidOf(run) },
  ...{ acceptedPerSecond: run.acceptedPerSecond, p99Ms: run.latency.ms(0.99) },
});
const lotPoint = (lots, run) => ({ lots, acceptedPerSecond: run.acceptedPerSecond, ...voidOf(run) });

/** Accepted bids a second by how many bid, each crowd in a room of its own. */
async function bidderCurve(rig, forMs) {
  const points = [];
  for (const people of [2, 10, 50, 200, 500, 1_000]) {
    const room = await rig.room({ people });
    points.push(bidderPoint(people, await rig.run(room, { way: 'race', forMs })));
    await room.leave();
  }
  return points;
}

/** The same crowd on ever more lots of a timed show. */
async function lotCurve(rig, forMs) {
  const points = [];
  for (const lots of [2, 5, 20, LOTS, 200]) {
    const room = await rig.room({ people: 50, lots, timed: true });
    await rig.run(room, { way: 'race', forMs: 500 }); // warm
    points.push(lotPoint(lots, await rig.run(room, { way: 'race', forMs })));
    await room.leave();
  }
  return points;
}

const batchOf = ({ leavesPerCommit }) => Math.max(1, Math.round(leavesPerCommit));
const whole = (n) => String(Math.round(n));

const told = (n, one) => {
  const { race, thousand, locked, lockedWide, fiftyLots, lockedLots } = one;
  const { commits, signed, verifies, echo, scramble, idle } = one;
  return [
    `  ${n}: 50 → ${whole(race.acceptedPerSecond)}/s (${race.leavesPerCommit.toFixed(1)} a commit; bare ${whole(commits.perSecond)})`,
    `1000 → ${whole(thousand.acceptedPerSecond)}/s`,
    `row lock ${whole(locked.acceptedPerSecond)}, ${whole(lockedWide.acceptedPerSecond)}/s`,
    `50 lots → ${whole(fiftyLots.acceptedPerSecond)}/s, row lock ${whole(lockedLots.acceptedPerSecond)}/s`,
    `signed ${whole(signed.acceptedPerSecond)}/s of ${whole(verifies)}`,
    `echo ${whole(echo.serverUsPerVerdict)} µs, verdict ${whole(scramble.serverUsPerVerdict)} µs`,
    `idle ${idle.latency.ms(0.5).toFixed(2)} ms`,
  ].join(' · ');
};

/** @param deliveryUs what a frame costs the server for each who gets it, from the fan-out */
export function hotLotRows({ runs }, deliveryUs) {
  const of = (ratio) => runs.map(ratio);
  const accepted = (one) => one.acceptedPerSecond;
  const perVerdict = (run) => (run.serverUs - run.deliveries * deliveryUs) / run.answered;
  const p99 = ({ latency }) => latency.ms(0.99);
  return {
    g1: [
      row(
        'G1',
        'durable accepted/s ÷ group commit at equal batch, 50 bidders, sockets',
        '≥ 0.2',
        of(({ race, commits }) => race.void ?? race.acceptedPerSecond / commits.perSecond),
      ),
      row(
        'G1',
        '… 1000 bidders, sockets',
        '≥ 0.25',
        of(
          ({ thousand, wideCommits }) => thousand.void ?? thousand.acceptedPerSecond / wideCommits.perSecond,
        ),
      ),
    ],
    g1s: row(
      'G1s',
      'signed bids accepted/s ÷ Ed25519 verifications/s of one core',
      '≥ 0.5',
      of(({ signed, verifies }) => signed.void ?? signed.acceptedPerSecond / verifies),
    ),
    g2: [
      row(
        'G2',
        'server CPU per verdict in a scramble ÷ bare socket.io echo',
        '≤ 2',
        of(({ scramble, echo }) => over(scramble, echo, (s, e) => perVerdict(s) / e.serverUsPerVerdict)),
        `fan-out subtracted; echo ${whole(runs.at(-1).echo.serverUsPerVerdict)} µs`,
      ),
      row(
        'G2',
        '… per verdict when every bid is accepted and stored',
        '',
        of(({ race, echo }) => over(race, echo, (r, e) => perVerdict(r) / e.serverUsPerVerdict)),
      ),
    ],
    g3: [
      row(
        'G3',
        'accepted/s ÷ a row lock behind the same sockets, 50 bidders',
        '≥ 30',
        of(({ race, locked }) => over(race, locked, (a, b) => accepted(a) / accepted(b))),
      ),
      row(
        'G3',
        '… 1000 bidders',
        '≥ 100',
        of(({ thousand, lockedWide }) => over(thousand, lockedWide, (a, b) => accepted(a) / accepted(b))),
      ),
      row(
        'G3',
        '… 50 bidders on 50 lots that are open at once',
        '≥ 5',
        of(({ fiftyLots, lockedLots }) => over(fiftyLots, lockedLots, (a, b) => accepted(a) / accepted(b))),
      ),
    ],
    g9: row(
      'G9',
      'rate on 50 lots that are open at once ÷ on one, 50 bidders, sockets',
      '≥ 0.9',
      of(({ fiftyLots, race }) => over(fiftyLots, race, (a, b) => accepted(a) / accepted(b))),
    ),
    g4: [
      row(
        'G4',
        'accepted/s ÷ stand-in for a peer: TypeORM entities in a transaction',
        '≥ 15',
        of(({ race, entities }) => over(race, entities, (a, b) => accepted(a) / accepted(b))),
        'written here after the usual way, not a project of others',
      ),
      row(
        'G4',
        '… verdicts/s in a scramble',
        '≥ 1.5',
        of(({ scramble, peerScramble }) =>
          over(scramble, peerScramble, (a, b) => a.verdictsPerSecond / b.verdictsPerSecond),
        ),
      ),
    ],
    g5: [
      row(
        'G5',
        'idle answer p50 ÷ (one commit + one echo)',
        '≤ 1.5',
        of(({ idle, idleEcho, single }) =>
          overTimes(idle, idleEcho, (a, b) => a.latency.ms(0.5) / (single.commitMs + b.latency.ms(0.5))),
        ),
      ),
      row(
        'G5',
        '1000 bids/s, 200 watchers: answer p99 ÷ commit p99',
        '≤ 10',
        of(({ busy, busyCommits }) => busy.voidTimes ?? p99(busy) / busyCommits.commitP99Ms),
      ),
    ],
    g6: [
      row(
        'G6',
        'open loop at half the ceiling: p99 ÷ p99 at 100/s',
        '≤ 3',
        of(({ half, calm }) => overTimes(half, calm, (a, b) => p99(a) / p99(b))),
      ),
      row(
        'G6',
        '… bids without an answer',
        '= 0',
        of(({ half, calm }) => half.sent - half.answered + calm.sent - calm.answered),
      ),
    ],
  };
}
