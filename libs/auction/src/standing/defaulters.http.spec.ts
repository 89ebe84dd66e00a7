import { reasonOf } from '@qingpai/members/testing';
import { type LoggedEvent } from '@qingpai/wire';
import { Seats } from '../room/seats.js';
import { PostgresShowLog } from '../store/postgresShowLog.js';
import { brokenInvariants } from '../store/invariants.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';
import { Defaulters } from './defaulters.js';

/** Two defaults: no more bidding (RULES §5), on real Postgres and real logs. */
const rules = { ...quickRules, openForMs: 60_000, lastCallMs: 100, payWithinMs: 0, complaintMs: 0 };
const draft = {
  ...{ growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1, title: '绣球' },
  ...{ startFen: 3_000, floorFen: 0, format: 'english', source: '人工培植' },
};

let township: TownshipApp;
let seats: Seats;
let defaulters: Defaulters;
let townshipId: string;
let [officerId, memberId] = ['', ''];

beforeAll(async () => {
  township = await townshipApp();
  const { app, database, desks, members, store, people } = township;
  defaulters = new Defaulters({
    ...{ db: database.dataSource, desks, members, log: app.get(PostgresShowLog), nowMs: Date.now },
    warn: (event, details) => fail(`${event} ${JSON.stringify(details)}`),
  });
  seats = new Seats(desks, store);
  seats.judgeBy(defaulters);
  const officer = (await members.sessionOf(undefined, `Bearer ${people.officer}`))!;
  [officerId, townshipId] = [officer.memberId, officer.townshipId!];
  const token = await township.phoneBuyer('老赖', '13900000033');
  memberId = (await members.sessionOf(undefined, `Bearer ${token}`))!.memberId;
});
afterAll(() => township.close());
afterEach(async () => expect(await brokenInvariants(township.database.dataSource.manager)).toEqual([]));

async function opened(lots = 1): Promise<string> {
  const made = await township.post('/api/shows', township.people.host, { title: '专场', rules });
  const { showId } = made.json();
  for (let n = 0; n < lots; n += 1)
    await township.post(`/api/shows/${showId}/lots`, township.people.host, draft);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open', reason: 'none-configured' }));
  return showId;
}
/** He wins every lot of a show and pays none. */
async function leavesUnpaid(lots = 1): Promise<void> {
  const showId = await opened(lots);
  const { bidder } = await seats.take(showId, memberId);
  const desk = await township.desks.of(showId);
  for (let n = 1; n <= lots; n += 1) {
    await done(desk.command({ by: 'host', name: 'offer', lot: `L${n}` }));
    await done(desk.bid(bidOf(3_000, { lot: `L${n}` }), { bidder }));
    await done(desk.command({ by: 'host', name: 'lastCall', lot: `L${n}` }));
    await until(() => desk.state.lots[`L${n}`]!.phase === 'hammered');
  }
  await done(desk.command({ by: 'host', name: 'close' }));
  for (let n = 1; n <= lots; n += 1) await done(desk.command({ by: 'host', name: 'default', sale: `S${n}` }));
}
const lastLimit = async (showId: string): Promise<LoggedEvent | undefined> => {
  const desk = await township.desks.of(showId);
  const leaves = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  return leaves.filter(({ type }) => type === 'bidder.limited').at(-1);
};

test('one bill that is not paid, of however many lots, stops nobody', async () => {
  await leavesUnpaid(2);
  expect(await reasonOf(seats.take(await opened(), memberId))).toBe('nothing refused');
  expect(await defaulters.list(townshipId)).toMatchObject([
    { member: memberId, nickname: '老赖', phone: '139****0033', isBarred: false, shows: [{}] },
  ]);
  expect(await reasonOf(defaulters.lift(townshipId, memberId, officerId, 'other'))).toBe('not-found');
});

test('a second stops him where he has a paddle, by a leaf of the platform, and gets him none anywhere else', async () => {
  const running = await opened();
  const { bidder } = await seats.take(running, memberId);
  await leavesUnpaid();
  const desk = await township.desks.of(running);
  await until(() => desk.state.bidders[bidder]!.banned, 5_000);
  expect(await lastLimit(running)).toMatchObject({ by: 'platform', body: { bidder, banned: true } });
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  expect(await desk.bid(bidOf(3_000), { bidder })).toMatchObject({ reason: 'bidder-not-allowed' });
  expect(await reasonOf(seats.take(await opened(), memberId))).toBe('two-defaults');
  // Who has a paddle keeps it: he watches, and his other telephone may too.
  expect(await reasonOf(seats.take(running, memberId))).toBe('nothing refused');
  expect(await seats.refusalToFree(running, bidder)).toBe('two-defaults');
});

test('what a crash left out is caught up with', async () => {
  const running = await opened();
  const { bidder, id } = await township.store.newcomer(running, memberId);
  const desk = await township.desks.of(running);
  await desk.register({ bidder, id, kind: 'buyer' }, township.store.seat(running, memberId));
  await defaulters.catchUp();
  await defaulters.catchUp();
  expect(desk.state.bidders[bidder]!.banned).toBe(true);
  const leaves = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  expect(leaves.filter(({ type }) => type === 'bidder.limited')).toHaveLength(1);
});

test('an officer lifts it for a reason, which stays; whom a host stopped himself stays stopped', async () => {
  const [ours, hosts] = [await opened(), await opened()];
  const { newcomer, seat } = township.store;
  const seated = async (showId: string) => {
    const { bidder, id } = await newcomer.call(township.store, showId, memberId);
    const desk = await township.desks.of(showId);
    await desk.register({ bidder, id, kind: 'buyer' }, seat.call(township.store, showId, memberId));
    return { bidder, desk };
  };
  const [a, b] = [await seated(ours), await seated(hosts)];
  await done(b.desk.command({ by: 'host', name: 'limit', bidder: b.bidder, banned: true }));
  await defaulters.catchUp();
  await defaulters.lift(townshipId, memberId, officerId, 'paid-since');
  expect([a.desk.state.bidders[a.bidder]!.banned, b.desk.state.bidders[b.bidder]!.banned]).toEqual([
    false,
    true,
  ]);
  expect(await lastLimit(ours)).toMatchObject({ by: 'officer' });
  expect(await defaulters.list(townshipId)).toMatchObject([
    { isBarred: false, shows: [], lifts: [{ reason: 'paid-since', by: '老郑' }] },
  ]);
  expect(await reasonOf(seats.take(await opened(), memberId))).toBe('nothing refused');
  // He begins anew: one more is one.
  await leavesUnpaid();
  expect(await reasonOf(seats.take(await opened(), memberId))).toBe('nothing refused');
  const rows = () => township.database.dataSource.query('UPDATE bidding_lifts SET reason = $1', ['other']);
  await expect(rows()).rejects.toThrow(/permission denied/);
});
