import { identityCommitment } from '@qingpai/ledger/rules';
import { reasonOf } from '@qingpai/members/testing';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '../testing/storedShow.js';
import { verifyBundle } from '../rules/verify/index.js';
import { judgeHere } from './judge.js';
import { Proofs } from './proofs.js';

let township: StoredTownship;
const t0 = startMs;

beforeAll(async () => {
  township = await storedTownship();
});
afterAll(() => township.database.close());

/** 阿梅 buys the only lot, 老林 looks on; the lot is paid, and the show closed, when asked. */
async function evening({ paid = true, closed = true } = {}) {
  const { members, buyer } = township;
  township.clock.ms = t0;
  const showId = await township.newShow();
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0 + 1, 1);
  const [mei, lin] = [await buyer('阿梅', showId), await buyer('老林', showId)];
  for (const memberId of [mei, lin]) await members.admit(memberId, showId);
  const bidder = await show.register(t0 + 2, mei);
  await show.register(t0 + 3, lin);
  await show.seal(t0 + 4);
  await show.play(t0 + 5, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 6, show.bidOf(bidder, 'L1', 100));
  await show.play(t0 + 70_000);
  const [sale] = Object.values(show.taken.state.sales);
  const body = { sale: sale!.sale, amountFen: 100, channel: 'cash' as const, txn: 'A'.repeat(43) + '=' };
  if (paid) await show.play(t0 + 80_000, { by: 'officer', name: 'paid', body });
  if (closed) await show.play(t0 + 90_000, { by: 'host', name: 'close' });
  return { showId, show, mei, lin };
}

const bundleAndPolicy = async (showId: string) => {
  const { ledger, store, members } = township;
  const proofs = new Proofs({ ledger, shows: store, members, judge: judgeHere, nowMs: () => t0 });
  const pieces: string[] = [];
  for await (const piece of (await proofs.bundle(showId, false)).text()) pieces.push(piece);
  return { text: pieces.join(''), policy: await proofs.policy(showId) };
};

describe('what a show keeps of its people', () => {
  test('is the auction of everybody with a paddle, and the deal of who bought', async () => {
    const { showId, mei, lin } = await evening();
    const records = async (memberId: string) => (await township.store.keptOf(memberId)).records;
    expect(await records(lin)).toEqual([
      { kind: 'auction', endedAtMs: t0 + 90_000, showId, townshipId: township.townshipId },
    ]);
    expect((await records(mei)).map(({ kind, endedAtMs }) => [kind, endedAtMs])).toEqual([
      ['auction', t0 + 90_000],
      ['deal', t0 + 80_000],
    ]);
  });

  test('has not begun to run while the show is open', async () => {
    const { lin } = await evening({ closed: false });
    expect((await township.store.keptOf(lin)).records).toMatchObject([{ kind: 'auction', endedAtMs: null }]);
  });

  test('holds the buyer of an unpaid lot, and the host of the show', async () => {
    const { showId, mei } = await evening({ paid: false });
    expect(await reasonOf(township.members.askToBeErased(mei))).toBe('sales-open');
    const { records } = await township.store.keptOf(township.host.memberId);
    expect(records).toContainEqual(expect.objectContaining({ kind: 'auction', showId }));
  });
});

test('an erased person: the bundle is the same to the byte, the verdict too, and the commitment opens no more', async () => {
  const { showId, show, mei } = await evening();
  const { members, clock } = township;
  const before = await bundleAndPolicy(showId);
  const opening = await members.identityOpening(mei);
  const { bidder } = (await township.store.bidderOf(showId, mei))!;
  const committed = show.taken.events.flatMap((event) =>
    event.type === 'bidder.registered' && event.body.bidder === bidder ? [event.body.id] : [],
  );
  expect(committed).toEqual([identityCommitment(opening.salt, opening.identity)]);

  clock.ms = (await members.askToBeErased(mei))!;
  expect(new Date(clock.ms).getUTCFullYear() - new Date(t0).getUTCFullYear()).toBe(5);
  await members.sweep();
  expect(await reasonOf(members.identityOpening(mei))).toBe('not-found');

  const after = await bundleAndPolicy(showId);
  expect(after).toEqual(before);
  expect(verifyBundle(after.text, { policy: after.policy })).toMatchObject({
    verdict: 'ALL_SOLD_UNSETTLED',
    findings: [],
  });
  // Whoever kept the identity but not the salt can try what he likes: the commitment tells him nothing.
  expect(identityCommitment(Buffer.alloc(32), opening.identity)).not.toBe(committed[0]);
});

test('two accounts on one browser show the same device in a show, another one in the next', async () => {
  const [first, second] = [await township.newShow(), await township.newShow()];
  const { store } = township;
  const device = 'd'.repeat(43);
  expect(await store.deviceOf(first, device)).toMatch(/^[\w-]{16}$/);
  expect(await store.deviceOf(first, device)).toBe(await store.deviceOf(first, device));
  expect(await store.deviceOf(first, device)).not.toBe(await store.deviceOf(second, device));
  expect(await store.deviceOf(first, device)).not.toBe(await store.pseudonymOf(first, device));
});
