import { type BidAnswer } from '@qingpai/wire';
import { type Fate } from '../testing/memoryShowLog.js';
import {
  bidderNamed,
  bidOf,
  findingsIn,
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

const [lin, wu, chen] = ['lin', 'wu', 'chen'].map(bidderNamed) as [string, string, string];

async function room(): Promise<Rig> {
  const rig = await rigWith({ ...quickRules, openForMs: 60_000 });
  await onAir(rig.desk, [lotNamed('L1')], ['lin', 'wu', 'chen']);
  await offer(rig.desk);
  return rig;
}

/** Two bids: the second is decided while the first is being committed. `told` in the order of their answers. */
async function oneBehindTheOther(rig: Rig, amounts: [number, number], fate: Fate | 'happens' = 'happens') {
  const told: BidAnswer[] = [];
  const tell = (answer: BidAnswer) => (told.push(answer), answer);
  const release = rig.log.hold();
  rig.log.fates.push(fate);
  const first = rig.desk.bid(bidOf(amounts[0]), { bidder: lin }).then(tell);
  await sleep(5);
  const second = rig.desk.bid(bidOf(amounts[1]), { bidder: wu }).then(tell);
  // What is beaten by the one in front counts nothing up: nothing shows that it has been decided.
  await (amounts[1] > amounts[0] ? until(() => rig.desk.nthOf(wu) === 2) : sleep(20));
  return { first, second, told, release };
}

it('a bid is decided while the one before is committed, and committed and answered after it', async () => {
  const rig = await room();
  const batches = rig.log.batches.length;
  const { told, release, first, second } = await oneBehindTheOther(rig, [1_000, 1_100]);
  const third = rig.desk.bid(bidOf(1_200), { bidder: chen });
  await sleep(20);
  expect(told).toEqual([]);
  expect(rig.desk.state.lots.L1!.offerings[0]!.priceFen).toBeNull();
  release();
  const answers = await Promise.all([first, second, third]);
  expect(told).toEqual(answers.slice(0, 2));
  expect(answers.map(({ ok }) => ok)).toEqual([true, true, true]);
  expect(rig.log.batches.slice(batches)).toEqual([1, 2]);
  await rig.desk.close();
});

it('what was decided on a bid that the database refused is decided anew, without it', async () => {
  const rig = await room();
  const { first, second, release } = await oneBehindTheOther(rig, [1_000, 1_000], 'refused');
  release();
  expect(await first).toMatchObject({ ok: false, reason: 'internal' });
  expect(await second).toMatchObject({ ok: true, amountFen: 1_000 });
  await rig.desk.close();
  expect(findingsIn(rig.log.leavesOf(SHOW), rig.desk.state.rules)).toEqual([]);
});

it.each(['lost', 'lostAfter'] as const)(
  'behind a commit of which nobody heard (%s) the order stays, and what stands is in the log once',
  async (fate) => {
    const rig = await room();
    const { first, second, release, told } = await oneBehindTheOther(rig, [1_000, 1_000], fate);
    release();
    const [one, other] = await Promise.all([first, second]);
    expect(one).toMatchObject({ ok: true, amountFen: 1_000 });
    expect(other).toMatchObject({ ok: false, reason: 'not-above-price' });
    expect(told).toEqual([one, other]);
    const bids = rig.log.leavesOf(SHOW).filter(({ type }) => type.startsWith('bid.'));
    expect(bids.map(({ type }) => type)).toEqual(['bid.accepted']);
    await rig.desk.close();
  },
);

it('when the log goes away, whoever was decided behind a commit is told to come again as well', async () => {
  const rig = await room();
  const { first, second, release } = await oneBehindTheOther(rig, [1_000, 1_100], 'lost');
  rig.log.away = true;
  release();
  await until(() => rig.warnings.includes('desk.take-over-failed'));
  const closing = rig.desk.close();
  expect(await first).toMatchObject({ ok: false, reason: 'not-ready' });
  expect(await second).toMatchObject({ ok: false, reason: 'not-ready' });
  await closing;
});
