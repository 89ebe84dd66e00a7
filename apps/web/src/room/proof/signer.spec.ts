import { initialShow, bidMessage, signedBid } from '@qingpai/auction/rules';
import { fromBase64, publicKeyOf, signEd25519, toBase64, verifyEd25519 } from '@qingpai/ledger/rules';
import { defaultRules, type Bid, type RoomMe } from '@qingpai/wire';
import { signer, type SignerPort } from './signer';
import { LIN, ORIGIN } from './testing/log';

const seed = new Uint8Array(32).fill(9);
const key = {
  key: toBase64(publicKeyOf(seed)),
  sign: async (message: Uint8Array) => toBase64(signEd25519(seed, message)),
};
const me: RoomMe = {
  ...{
    role: 'buyer',
    nickname: '小林',
    bidder: LIN,
    paddle: 1,
    nth: 4,
    waiting: false,
    muted: false,
    proxies: [],
  },
};
const bid: Bid = { bidId: 'bid-000001', lot: 'L1', offering: 1, amountFen: 3_600 };
const HEAD: Bid['seen'] = [7, `${'A'.repeat(43)}=`];

function phone(differs: Partial<SignerPort> = {}) {
  let joins = 0;
  const own = signer({
    state: () => ({ ...initialShow(defaultRules), origin: ORIGIN }),
    me: () => me,
    seen: () => HEAD,
    join: async () => {
      joins += 1;
      return { ok: true, value: { me, key } };
    },
    patience: () => new Promise(() => undefined),
    ...differs,
  });
  return { own, joins: () => joins };
}

test('a bid carries its count, the head we hold, and the signature over all of it', async () => {
  const { own, joins } = phone();
  await own.enter();
  const signed = await own.sign(bid, null);
  expect(signed).toMatchObject({ ...bid, nth: 4, seen: HEAD });
  const message = bidMessage(signedBid(signed, LIN, 4, false), ORIGIN);
  expect(verifyEd25519(publicKeyOf(seed), message, fromBase64(signed.sig!)!)).toBe(true);
  await own.sign(bid, null);
  expect(joins()).toBe(1);
});

test('when the signature was refused the key is registered once more', async () => {
  const { own, joins } = phone();
  await own.sign(bid, null);
  await own.sign(bid, 'bad-signature');
  await own.sign(bid, 'wrong-nth');
  expect(joins()).toBe(2);
});

test('when the head was denied it is not named again', async () => {
  expect((await phone().own.sign(bid, 'unknown-head')).seen).toBeUndefined();
});

test('a phone that cannot register bids unsigned, and tries again with the next bid', async () => {
  let joins = 0;
  const { own } = phone({
    join: async () => {
      joins += 1;
      throw new Error('no way through');
    },
  });
  expect(await own.sign(bid, null)).toEqual({ ...bid, seen: HEAD });
  await own.sign(bid, null);
  expect(joins).toBe(2);
});

test('a bid does not wait for ever for its key', async () => {
  const { own } = phone({ join: () => new Promise(() => undefined), patience: async () => null });
  expect(await own.sign(bid, null)).toEqual({ ...bid, seen: HEAD });
});

test('another person on the same phone registers anew', async () => {
  let bidder = LIN;
  const { own, joins } = phone({ me: () => ({ ...me, bidder }) });
  await own.sign(bid, null);
  bidder = 'wu-aaaaaaaaaaaaa';
  await own.sign(bid, null);
  expect(joins()).toBe(2);
});
