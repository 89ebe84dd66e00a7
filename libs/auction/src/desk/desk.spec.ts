import { type BidAnswer, type ShowRules } from '@qingpai/wire';
import { Refused } from '@qingpai/platform';
import {
  bidderNamed,
  bidOf,
  done,
  findingsIn,
  HASH,
  lotNamed,
  offer,
  onAir,
  quickRules,
  type Rig,
  rigWith,
  SHOW,
  sleep,
  until,
} from '../testing/rig.js';
import { Desk } from './desk.js';

const [LIN, WU] = [bidderNamed('lin'), bidderNamed('wu')];
const lin = { bidder: LIN };
const wu = { bidder: WU };

/** Where nothing is to close by itself, however slow the machine. */
const calmRules = { ...quickRules, openForMs: 60_000, lastCallMs: 30_000 };
let rig: Rig;
async function start(rules: ShowRules): Promise<void> {
  rig = await rigWith(rules);
  await onAir(rig.desk);
  await offer(rig.desk);
}
async function startAnew(rules: ShowRules): Promise<void> {
  await rig.desk.close();
  await start(rules);
}
beforeEach(() => start(calmRules));
afterEach(async () => {
  await rig.desk.close();
  expect(findingsIn(rig.log.leavesOf(SHOW), rig.desk.state.rules)).toEqual([]);
});

const offeringOf = (desk = rig.desk, lot = 'L1') => desk.state.lots[lot]!.offerings.at(-1)!;
const typesFrom = (i: number) =>
  rig.log
    .leavesOf(SHOW)
    .slice(i)
    .map(({ type }) => type);
const accepted = (answer: BidAnswer) => (answer.ok ? answer : null);
const refused = (answer: BidAnswer) => (answer.ok ? null : answer);

describe('a bid', () => {
  it('is answered after the commit, with its leaf', async () => {
    const release = rig.log.hold();
    let answer: BidAnswer | null = null;
    const asked = rig.desk.bid(bidOf(1_000), lin).then((told) => (answer = told));
    await sleep(20);
    expect(answer).toBeNull();
    expect(offeringOf().priceFen).toBeNull();
    release();
    await asked;
    expect(answer).toMatchObject({ ok: true, verdict: 'accepted', amountFen: 1_000, nth: 2 });
    expect(rig.log.leavesOf(SHOW).at(accepted(answer!)!.i)).toMatchObject({ type: 'bid.accepted' });
  });

  it('gets the same answer for the same id, in flight, from the log, and after a restart', async () => {
    const bid = bidOf(1_000);
    const [first, second] = await Promise.all([rig.desk.bid(bid, lin), rig.desk.bid({ ...bid }, lin)]);
    expect(second).toEqual(first);
    expect(await rig.desk.bid(bid, lin)).toEqual(first);
    const restarted = await Desk.open(SHOW, rig.ports);
    expect(await restarted.bid(bid, lin)).toEqual(first);
    expect(rig.log.leavesOf(SHOW).filter(({ type }) => type === 'bid.accepted')).toHaveLength(1);
    await restarted.close();
  });

  it('of an id that was used for another bid, or by another bidder, is id-reused', async () => {
    const bid = bidOf(1_000);
    const flying = rig.desk.bid(bid, lin);
    expect(await rig.desk.bid({ ...bid, amountFen: 1_100 }, lin)).toMatchObject({ reason: 'id-reused' });
    expect(await rig.desk.bid(bid, wu)).toMatchObject({ reason: 'id-reused' });
    await flying;
    expect(await rig.desk.bid({ ...bid, amountFen: 1_100 }, lin)).toMatchObject({ reason: 'id-reused' });
    expect(await rig.desk.bid(bid, wu)).toMatchObject({ reason: 'id-reused' });
  });

  it('at or below the committed price is refused at once, without a leaf, and names the bid that beat it', async () => {
    const first = accepted(await rig.desk.bid(bidOf(1_000), lin))!;
    const release = rig.log.hold();
    const leaves = rig.log.leavesOf(SHOW).length;
    const answer = await rig.desk.bid(bidOf(1_000), wu);
    expect(answer).toMatchObject({ reason: 'not-above-price', beatenBy: first.i, leastFen: 1_100, nth: 1 });
    expect(refused(answer)!.i).toBeUndefined();
    expect(rig.log.leavesOf(SHOW)).toHaveLength(leaves);
    release();
  });

  it('that only loses to a bid not committed yet is answered after its commit, without a leaf too', async () => {
    const release = rig.log.hold();
    const winner = rig.desk.bid(bidOf(1_000), lin);
    await sleep(5);
    let told = false;
    const loser = rig.desk.bid(bidOf(1_000), wu).finally(() => (told = true));
    await sleep(20);
    expect(told).toBe(false);
    release();
    const { i } = accepted(await winner)!;
    const answer = await loser;
    expect(answer).toMatchObject({ reason: 'not-above-price', beatenBy: i, leastFen: 1_100, nth: 1 });
    expect(refused(answer)!.i).toBeUndefined();
    expect(rig.log.leavesOf(SHOW).at(-1)).toMatchObject({ type: 'bid.accepted', i });
  });

  it('that loses to a commit which never happened is decided anew', async () => {
    rig.log.fates.push('lost');
    const release = rig.log.hold();
    const others = rig.desk.bid(bidOf(1_000), lin);
    await sleep(5);
    const mine = rig.desk.bid(bidOf(1_000), wu);
    await sleep(20);
    release();
    const { i } = accepted(await others)!;
    expect(await mine).toMatchObject({ reason: 'not-above-price', beatenBy: i });
    expect(rig.log.leavesOf(SHOW)[i]).toMatchObject({ type: 'bid.accepted', body: { bidder: LIN } });
  });

  it('at the same price and instant as another: one wins, the other learns which', async () => {
    const [a, b] = await Promise.all([rig.desk.bid(bidOf(1_000), lin), rig.desk.bid(bidOf(1_000), wu)]);
    expect(accepted(a)).not.toBeNull();
    expect(refused(b)).toMatchObject({ reason: 'not-above-price', beatenBy: accepted(a)!.i });
    expect(offeringOf().leader).toBe(LIN);
  });

  it('with a wrong count is refused and told the right one; without a count it is given one', async () => {
    expect(await rig.desk.bid(bidOf(1_000, { nth: 2 }), lin)).toMatchObject({ reason: 'wrong-nth', nth: 1 });
    expect(await rig.desk.bid(bidOf(1_000, { nth: 1 }), lin)).toMatchObject({ ok: true, nth: 2 });
    expect(await rig.desk.bid(bidOf(1_100), wu)).toMatchObject({ ok: true, nth: 2 });
    expect(await rig.desk.bid(bidOf(1_200, { nth: 2 }), lin)).toMatchObject({ ok: true, nth: 3 });
  });

  it('that got no leaf does not use its number up, and keeps its answer', async () => {
    const lost = bidOf(1_000, { lot: 'L9' });
    const answer = await rig.desk.bid(lost, lin);
    expect(answer).toMatchObject({ reason: 'unknown-lot', nth: 1 });
    expect(await rig.desk.bid(lost, lin)).toEqual(answer);
    expect(await rig.desk.bid({ ...lost, lot: 'L1' }, lin)).toMatchObject({ reason: 'id-reused' });
    expect(rig.desk.nthOf(LIN)).toBe(1);
  });

  it('refused too often on one lot is answered with slow-down and leaves nothing more in the log', async () => {
    await startAnew({ ...calmRules, refusalsLoggedMax: 3 });
    const leaves = rig.log.leavesOf(SHOW).length;
    const reasons: string[] = [];
    for (let k = 0; k < 5; k += 1) reasons.push(refused(await rig.desk.bid(bidOf(1_001), lin))!.reason);
    expect(reasons).toEqual(['off-grid', 'off-grid', 'off-grid', 'slow-down', 'slow-down']);
    expect(rig.log.leavesOf(SHOW)).toHaveLength(leaves + 3);
    expect(await rig.desk.bid(bidOf(1_000), lin)).toMatchObject({ ok: true, nth: 5 });
  });

  it('from somebody without a paddle is refused and not in the log', async () => {
    expect(await rig.desk.bid(bidOf(1_000), { bidder: bidderNamed('nobody') })).toMatchObject({
      reason: 'no-paddle',
    });
  });

  it('by plain form says so in its leaf', async () => {
    const { i } = accepted(await rig.desk.bid(bidOf(1_000), lin, { form: true }))!;
    expect(rig.desk.leaf(i)).toMatchObject({ body: { form: true } });
  });
});

describe('the line', () => {
  it('takes all that waits into one transaction', async () => {
    const release = rig.log.hold();
    const first = rig.desk.bid(bidOf(1_000), lin);
    await sleep(5);
    rig.log.batches.length = 0;
    const others = Array.from({ length: 10 }, (_, k) =>
      rig.desk.bid(bidOf(1_100 + 100 * k), k % 2 ? lin : wu),
    );
    release();
    await Promise.all([first, ...others]);
    expect(rig.log.batches).toHaveLength(2);
    expect(rig.log.batches[1]).toBeGreaterThanOrEqual(10);
  });

  it('keeps the order of arrival and never lets time go back', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, k) => rig.desk.bid(bidOf(1_000 + 100 * k), k % 2 ? lin : wu)),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    const times = rig.log.leavesOf(SHOW).map(({ t }) => t);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(offeringOf()).toMatchObject({ priceFen: 2_900, leader: LIN });
  });

  it('cuts the batch after a seal, so that a checkpoint ends exactly there', async () => {
    const late = await rigWith();
    await done(late.desk.command(lotNamed('L1')));
    const [seal, register] = await Promise.all([
      late.desk.command({ by: 'host', name: 'seal' }),
      late.desk.register({ bidder: LIN, id: HASH, kind: 'buyer' }),
    ]);
    expect([seal.ok, register.ok]).toEqual([true, true]);
    expect(late.log.batches).toEqual([1, 1, 1]);
    await late.desk.close();
  });

  it('seals the leaves of the very catalogue, though its last lot was still being committed', async () => {
    const late = await rigWith();
    const release = late.log.hold();
    const catalogued = late.desk.command([lotNamed('L1'), lotNamed('L2')]);
    const sealed = late.desk.command({ by: 'host', name: 'seal' });
    release();
    await done(catalogued);
    const { events } = await done(sealed);
    expect(events[0]).toMatchObject({ type: 'show.sealed', body: { lots: 2 } });
    expect(events[0]!.body).toHaveProperty('catalogue', await late.log.catalogueRoot(SHOW, [1, 2]));
    await late.desk.close();
  });

  it('refuses an empty catalogue', async () => {
    const late = await rigWith();
    expect(await late.desk.command({ by: 'host', name: 'seal' })).toMatchObject({
      reason: 'nothing-to-seal',
    });
    await late.desk.close();
  });

  it('is finished before the desk closes; later bids are told to come back', async () => {
    const last = rig.desk.bid(bidOf(1_000), lin);
    await rig.desk.close();
    expect(await last).toMatchObject({ ok: true });
    expect(await rig.desk.bid(bidOf(1_100), wu)).toMatchObject({ reason: 'not-ready' });
  });
});

describe('commands', () => {
  it('of one list happen all or not at all, and the answer tells which was refused', async () => {
    const leaves = rig.log.leavesOf(SHOW).length;
    const numbers = { L3: '003', L4: '004', L5: '003' };
    const supplementary = Object.entries(numbers).map(([lot, number]) => lotNamed(lot, { list: 2, number }));
    const answer = await rig.desk.command(supplementary);
    expect(answer).toMatchObject({ ok: false, reason: 'number-taken', errors: [{ path: '2' }] });
    expect(rig.log.leavesOf(SHOW)).toHaveLength(leaves);
    expect(rig.desk.state.lots).not.toHaveProperty('L3');
    await done(rig.desk.command(supplementary.slice(0, 2)));
    expect(rig.desk.state.lots).toHaveProperty('L4');
  });

  it('with the same id get the same answer; the same id with another body is id-reused', async () => {
    const offerNext = { by: 'host', name: 'lastCall', lot: 'L1' } as const;
    const first = await rig.desk.command(offerNext, undefined, 'host/c-000001');
    expect(await rig.desk.command(offerNext, undefined, 'host/c-000001')).toEqual(first);
    const other = { by: 'host', name: 'freeze', lot: 'L1' } as const;
    expect(await rig.desk.command(other, undefined, 'host/c-000001')).toMatchObject({ reason: 'id-reused' });
    expect(typesFrom(0).filter((type) => type === 'lot.lastCall')).toHaveLength(1);
  });

  it('write beside their leaves, and are refused with the reason of what could not be written', async () => {
    const seen: number[] = [];
    await done(
      rig.desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }, async (_, leaves) => {
        seen.push(...leaves.map(({ i }) => i));
      }),
    );
    expect(seen).toEqual([rig.desk.head.size - 1]);
    const refusal = async () => Promise.reject(new Refused('reference-used'));
    const answer = await rig.desk.command({ by: 'host', name: 'freeze', lot: 'L1' }, refusal);
    expect(answer).toMatchObject({ ok: false, reason: 'reference-used' });
    expect(offeringOf().frozenAt).toBeNull();
  });

  it('give out paddles from 1 up, once per bidder, however often it is asked', async () => {
    const zhao = { bidder: bidderNamed('zhao'), id: HASH, kind: 'buyer' } as const;
    const both = await Promise.all([rig.desk.register(zhao), rig.desk.register(zhao)]);
    expect(both).toEqual([
      { ok: true, bidder: zhao.bidder, paddle: 3 },
      { ok: true, bidder: zhao.bidder, paddle: 3 },
    ]);
    expect(await rig.desk.register(zhao)).toMatchObject({ paddle: 3 });
  });
});

describe('the close', () => {
  beforeEach(() => startAnew(quickRules));

  it('comes by itself, once, and gives the lot to the leader', async () => {
    await done(rig.desk.bid(bidOf(1_000), lin));
    await until(() => offeringOf().endedAt !== null);
    await sleep(50);
    const hammers = rig.log.leavesOf(SHOW).filter(({ type }) => type === 'lot.hammered');
    expect(hammers).toHaveLength(1);
    expect(hammers[0]).toMatchObject({
      t: offeringOf().closesAt,
      body: { bidder: LIN, unitPriceFen: 1_000 },
    });
  });

  it('beats a bid that arrives at or after it', async () => {
    await until(() => rig.clock.nowMs() >= offeringOf().closesAt!);
    expect(await rig.desk.bid(bidOf(1_000), lin)).toMatchObject({ reason: 'too-late' });
  });

  it('does not make a bid late that arrived before it while a commit was running', async () => {
    const release = rig.log.hold();
    const early = rig.desk.bid(bidOf(1_000), lin);
    await sleep(20); // its commit runs now
    const closesAt = offeringOf().closesAt!;
    await until(() => rig.clock.nowMs() >= closesAt - 20);
    const inTime = rig.desk.bid(bidOf(1_100), wu);
    const arrivedMs = rig.clock.nowMs();
    expect(arrivedMs).toBeLessThan(closesAt);
    await sleep(150); // the close is due by now and stands in line behind the bid
    release();
    await early;
    expect(await inTime).toMatchObject({ ok: true });
    await until(() => offeringOf().endedAt !== null);
    expect(offeringOf()).toMatchObject({ leader: WU, result: 'hammered' });
    expect(offeringOf().closesAt).toBeGreaterThan(closesAt);
  });

  it('happens once although the server restarts in the middle of the lot, and no bid is lost', async () => {
    const answer = accepted(await rig.desk.bid(bidOf(1_000), lin))!;
    const restarted = await Desk.open(SHOW, rig.ports); // the first one is fenced off from now on
    await until(() => offeringOf(restarted).endedAt !== null);
    await sleep(100);
    const leaves = rig.log.leavesOf(SHOW);
    expect(leaves[answer.i]).toMatchObject({ type: 'bid.accepted', body: { amountFen: 1_000 } });
    expect(leaves.filter(({ type }) => type === 'lot.hammered')).toHaveLength(1);
    await restarted.close();
  });

  it('comes in time although the machine was set back before the server restarted', async () => {
    await done(rig.desk.bid(bidOf(1_000), lin));
    const { closesAt } = offeringOf();
    await rig.desk.close();
    rig.clock.jump(-60_000);
    const restarted = await Desk.open(SHOW, rig.ports);
    expect(restarted.nowMs()).toBeGreaterThanOrEqual(restarted.state.t);
    await until(() => offeringOf(restarted).endedAt !== null);
    expect(offeringOf(restarted)).toMatchObject({ result: 'hammered', leader: LIN });
    expect(offeringOf(restarted).endedAt).toBeGreaterThanOrEqual(closesAt!);
    await restarted.close();
  });

  it('is put off with a reason when the loop stood still near the end', async () => {
    const closesAt = offeringOf().closesAt!;
    await until(() => rig.clock.nowMs() >= closesAt - 100);
    rig.clock.jump(400); // over the close
    const answer = await rig.desk.bid(bidOf(1_000), lin);
    expect(answer).toMatchObject({ ok: true });
    const extended = rig.log.leavesOf(SHOW).find(({ type }) => type === 'lot.extended');
    expect(extended).toMatchObject({ by: 'platform', body: { cause: 'stall' } });
  });

  it('is not put off when the loop stood still long before the end', async () => {
    await startAnew(calmRules);
    rig.clock.jump(1_000);
    await done(rig.desk.bid(bidOf(1_000), lin));
    expect(typesFrom(0)).not.toContain('lot.extended');
  });

  it('comes at its time when it was dark for longer than any extension reaches', async () => {
    await done(rig.desk.bid(bidOf(1_000), lin));
    await rig.desk.close();
    const { closesAt } = offeringOf();
    rig.clock.jump(120_000);
    rig.desk = await Desk.open(SHOW, rig.ports);
    await until(() => offeringOf().endedAt !== null);
    expect(rig.log.leavesOf(SHOW).at(-1)).toMatchObject({ type: 'lot.hammered', t: closesAt });
  });

  it('is put off after a dark time, and then comes at its new time', async () => {
    await rig.desk.close();
    const closesAt = offeringOf().closesAt!;
    rig.clock.jump(10_000);
    rig.desk = await Desk.open(SHOW, rig.ports);
    await until(() => typesFrom(0).includes('lot.extended'));
    const extended = rig.log.leavesOf(SHOW).find(({ type }) => type === 'lot.extended')!;
    expect(extended).toMatchObject({ body: { cause: 'dark' } });
    expect(offeringOf().closesAt).toBeGreaterThan(closesAt + 9_000);
    await done(rig.desk.bid(bidOf(1_000), lin));
    await until(() => offeringOf().result === 'hammered');
  });
});

describe('when a commit goes wrong', () => {
  it('and did not happen, the bid is decided again and answered once', async () => {
    rig.log.fates.push('lost');
    expect(await rig.desk.bid(bidOf(1_000), lin)).toMatchObject({ ok: true, nth: 2 });
    expect(rig.log.leavesOf(SHOW).filter(({ type }) => type === 'bid.accepted')).toHaveLength(1);
    expect(rig.log.takeOvers).toBe(2);
  });

  it('but happened, the answer is the one in the log, and nothing is written twice', async () => {
    rig.log.fates.push('lostAfter');
    const answers = await Promise.all([rig.desk.bid(bidOf(1_000), lin), rig.desk.bid(bidOf(1_000), wu)]);
    expect(answers[0]).toMatchObject({ ok: true, nth: 2 });
    expect(answers[1]).toMatchObject({ reason: 'not-above-price', beatenBy: accepted(answers[0]!)!.i });
    expect(rig.log.leavesOf(SHOW).filter(({ type }) => type.startsWith('bid.'))).toHaveLength(1);
  });

  it('commands are not done twice either', async () => {
    rig.log.fates.push('lostAfter');
    const { events } = await done(rig.desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }));
    expect(events[0]).toMatchObject({ type: 'lot.lastCall' });
    expect(typesFrom(0).filter((type) => type === 'lot.lastCall')).toHaveLength(1);
  });

  it('because another owner came, nothing more is answered here, and the log answers the same id', async () => {
    const bid = bidOf(1_000);
    const other = await Desk.open(SHOW, rig.ports);
    const theirs = accepted(await other.bid(bidOf(1_000), wu))!;
    let ended = false;
    rig.desk.onEnded(() => (ended = true));
    expect(await rig.desk.bid(bid, lin)).toMatchObject({ reason: 'not-ready' });
    expect(await rig.desk.bid(bid, lin)).toMatchObject({ reason: 'not-ready' });
    expect(ended).toBe(true);
    expect(await other.bid(bid, lin)).toMatchObject({ reason: 'not-above-price', beatenBy: theirs.i });
    await other.close();
  });

  it('because the database refuses one command, the others of its batch go on', async () => {
    const release = rig.log.hold();
    const first = rig.desk.bid(bidOf(1_000), lin);
    await sleep(5);
    const broken = rig.desk.command({ by: 'host', name: 'lastCall', lot: 'L1' }, async () =>
      Promise.reject(new Error('column does not exist')),
    );
    const second = rig.desk.bid(bidOf(1_100), wu);
    release();
    expect(await first).toMatchObject({ ok: true });
    expect(await broken).toMatchObject({ ok: false, reason: 'internal' });
    expect(await second).toMatchObject({ ok: true });
  });

  it('again and again, the bid is told to come back with the same id, and then it is in order', async () => {
    const bid = bidOf(1_000);
    rig.log.fates.push('lost', 'lost', 'lost', 'lost', 'lost');
    expect(await rig.desk.bid(bid, lin)).toMatchObject({ reason: 'not-ready' });
    expect(await rig.desk.bid(bid, lin)).toMatchObject({ ok: true });
  });

  it('and the database stays away, bids wait a while and are answered when it is back', async () => {
    rig.log.away = true;
    const waiting = rig.desk.bid(bidOf(1_000), lin);
    await sleep(120);
    rig.log.away = false;
    expect(await waiting).toMatchObject({ ok: true });
  });

  it.each(['lost', 'lostAfter'] as const)('%s: the close still happens once', async (fate) => {
    await startAnew(quickRules);
    await done(rig.desk.bid(bidOf(1_000), lin));
    rig.log.fates.push(fate);
    await until(() => offeringOf().endedAt !== null);
    await sleep(50);
    expect(typesFrom(0).filter((type) => type === 'lot.hammered')).toHaveLength(1);
  });
});
