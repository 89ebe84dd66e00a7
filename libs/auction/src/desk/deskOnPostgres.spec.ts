import { type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { leafHash, leafBytes, rootOfLeaves, toBase64 } from '@qingpai/ledger/rules';
import { type ShowLog } from '../store/showLog.js';
import { OutcomeUnknown } from '../store/showLog.js';
import {
  bidderNamed,
  bidOf,
  done,
  findingsIn,
  HASH,
  lotNamed,
  portsOn,
  quickRules,
  until,
} from '../testing/rig.js';
import { storedTownship, type StoredTownship, storeOn } from '../testing/storedShow.js';
import { Desk } from './desk.js';

/** The desk on the real log: what the tests in memory promise must hold on Postgres too. */
let township: StoredTownship;
beforeAll(async () => {
  township = await storedTownship();
});
afterAll(() => township.database.close());

const [LIN, WU] = [bidderNamed('lin'), bidderNamed('wu')];
const calmRules: ShowRules = { ...quickRules, openForMs: 60_000 };
const open: Desk[] = [];
afterEach(async () => {
  const closed = open.splice(0);
  await Promise.all(closed.map((desk) => desk.close()));
  const { showId, state } = closed[0]!;
  expect(findingsIn(await leavesOf(showId), state.rules)).toEqual([]);
});

async function deskOn(showId: string, log: ShowLog = township.log): Promise<Desk> {
  const desk = await Desk.open(showId, portsOn(log));
  open.push(desk);
  return desk;
}
async function onAir(rules: ShowRules, bidders = [LIN, WU]): Promise<{ showId: string; desk: Desk }> {
  const showId = await township.newShow(rules);
  const desk = await deskOn(showId);
  await done(desk.command([lotNamed('L1')]));
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open' }));
  for (const bidder of bidders) await desk.register({ bidder, id: HASH, kind: 'buyer' });
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  return { showId, desk };
}
const leavesOf = async (showId: string): Promise<LoggedEvent[]> =>
  (await township.log.takeOver(showId)).events;
const offeringOf = (desk: Desk) => desk.state.lots.L1!.offerings[0]!;

it('every acknowledged bid is in the log where its answer says, and the head is the root of all leaves', async () => {
  const bidders = Array.from({ length: 20 }, (_, k) => bidderNamed(`b${k}`));
  const { showId, desk } = await onAir(calmRules, bidders);
  const answers = await Promise.all(
    bidders.flatMap((bidder, k) =>
      [0, 1, 2].map((round) =>
        desk.bid(bidOf(1_000 + 100 * (20 * round + k), { confirmed: true }), { bidder }),
      ),
    ),
  );
  const { head } = desk;
  const { origin } = desk.state;
  const leaves = await leavesOf(showId);
  for (const answer of answers) {
    if (answer.i === undefined) continue;
    expect(leaves[answer.i]).toMatchObject({ body: { bid: answer.bidId } });
  }
  const hashes = leaves.map((leaf) => leafHash(leafBytes({ ...leaf, show: origin, v: 2 })));
  expect(head).toMatchObject({ size: leaves.length, root: toBase64(rootOfLeaves(hashes)) });
  const prices = leaves.flatMap((leaf) => (leaf.type === 'bid.accepted' ? [leaf.body.amountFen] : []));
  expect(prices).toEqual([...new Set(prices)].sort((a, b) => a - b));
});

it('a restart in the middle of a lot loses no acknowledged bid and closes it once', async () => {
  const { showId, desk } = await onAir(quickRules);
  const { i } = await done(desk.bid(bidOf(1_000), { bidder: LIN }));
  const second = storeOn(township.database.dataSource, township.members); // another server
  const restarted = await deskOn(showId, second.log);
  await until(() => offeringOf(restarted).endedAt !== null, 5_000);
  const leaves = restarted.since(0).since.events;
  expect(leaves.find((leaf) => leaf.i === i)).toMatchObject({ type: 'bid.accepted', body: { bidder: LIN } });
  expect(leaves.filter(({ type }) => type === 'lot.hammered')).toHaveLength(1);
  expect(await desk.bid(bidOf(1_100), { bidder: WU })).toMatchObject({ reason: 'not-ready' });
});

/** Every write of the log, broken both ways. */
const broken: Record<string, (log: ShowLog) => ShowLog['append']> = {
  'failed and did not happen': () => async () => Promise.reject(new OutcomeUnknown('reset')),
  'failed but happened': (log) => async (show, batch) => {
    await log.append(show, batch);
    throw new OutcomeUnknown('the reply was lost');
  },
};

describe.each(Object.keys(broken))('a commit that %s', (way) => {
  /** A log whose next append goes wrong in this way. */
  function breakOnce(): { log: ShowLog; arm(): void } {
    const { log } = township;
    let armed = false;
    const append: ShowLog['append'] = async (show, batch) => {
      if (!armed) return log.append(show, batch);
      armed = false;
      return broken[way]!(log)(show, batch);
    };
    return {
      log: {
        append,
        takeOver: (id) => log.takeOver(id),
        confirm: (show) => log.confirm(show),
        catalogueRoot: (id, leaves) => log.catalogueRoot(id, leaves),
        sign: (show, atMs) => log.sign(show, atMs),
      },
      arm: () => (armed = true),
    };
  }

  it('answers each bid once, as the log says', async () => {
    const { showId, desk } = await onAir(calmRules);
    await desk.close();
    const { log, arm } = breakOnce();
    const again = await deskOn(showId, log);
    arm();
    const [won, lost] = await Promise.all([
      again.bid(bidOf(1_000), { bidder: LIN }),
      again.bid(bidOf(1_000), { bidder: WU }),
    ]);
    expect(won.ok).toBe(true);
    expect(lost).toMatchObject({ ok: false, reason: 'not-above-price', beatenBy: won.i });
    const leaves = await leavesOf(showId);
    expect(leaves[won.i!]).toMatchObject({ type: 'bid.accepted', body: { bid: won.bidId } });
    // What beat the other stands in the log; being beaten is no leaf of its own.
    expect(leaves.filter(({ type }) => type.startsWith('bid.'))).toHaveLength(1);
  });

  it('does a command once, with what stands beside it', async () => {
    const showId = await township.newShow(calmRules);
    const { log, arm } = breakOnce();
    const desk = await deskOn(showId, log);
    const member = await township.buyer('小林', showId);
    const newcomer = await township.store.newcomer(showId, member);
    arm();
    const seated = await desk.register({ ...newcomer, kind: 'buyer' }, township.store.seat(showId, member));
    expect(seated).toMatchObject({ ok: true, paddle: 1 });
    expect(await township.store.bidderOf(showId, member)).toMatchObject({ paddle: 1 });
    const leaves = await leavesOf(showId);
    expect(leaves.filter(({ type }) => type === 'bidder.registered')).toHaveLength(1);
  });

  it('closes a lot once', async () => {
    const { showId, desk } = await onAir(quickRules);
    await desk.close();
    const { log, arm } = breakOnce();
    const again = await deskOn(showId, log);
    await done(again.bid(bidOf(1_000), { bidder: LIN }));
    arm();
    await until(() => offeringOf(again).endedAt !== null, 5_000);
    const leaves = await leavesOf(showId);
    expect(leaves.filter(({ type }) => type === 'lot.hammered')).toHaveLength(1);
  });
});
