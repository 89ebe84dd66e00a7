import {
  fromBase64,
  leafHash,
  parseCheckpoint,
  parseProof,
  verifyConsistency,
  verifyInclusion,
} from '@qingpai/ledger/rules';
import { type Bid, type BidAnswer, type ShowRules } from '@qingpai/wire';
import { TestKey } from '../testing/keys.js';
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
} from '../testing/rig.js';
import { type Desk } from './desk.js';

const [LIN, WU] = [bidderNamed('lin'), bidderNamed('wu')];
const calmRules: ShowRules = { ...quickRules, openForMs: 60_000 };

let rig: Rig;
let desk: Desk;
let phone: TestKey;
beforeEach(async () => {
  rig = await rigWith(calmRules);
  desk = rig.desk;
  phone = new TestKey();
  await onAir(desk, [lotNamed('L1'), lotNamed('L2', { format: 'dutch', startFen: 2_000, units: 5 })]);
  await offer(desk);
});
afterEach(async () => {
  await desk.close();
  expect(findingsIn(rig.log.leavesOf(SHOW), calmRules)).toEqual([]);
});

const register = (key = phone.key, bidder = LIN) =>
  desk.register({ bidder, id: HASH, kind: 'buyer', key, device: bidderNamed('phone') });
const signed = (bid: Bid & { nth: number }, isClock = false) =>
  phone.bid(bid, { bidder: LIN, origin: desk.state.origin, isClock });
const reasonOf = (answer: BidAnswer) => (answer.ok ? null : answer.reason);
const leaves = () => rig.log.leavesOf(SHOW);

describe('a bidder who has registered a key', () => {
  beforeEach(() => register());

  test('signs every bid, and the signature stands in the leaf', async () => {
    const bid = signed(bidOf(1_000, { nth: 1 }) as Bid & { nth: number });
    const answer = await done(desk.bid(bid, { bidder: LIN }));
    expect(leaves()[answer.i]).toMatchObject({ type: 'bid.accepted', by: LIN, sig: bid.sig });
  });

  test('keeps the paddle when another device adds its key, and both may sign', async () => {
    const tablet = new TestKey();
    const paddle = desk.paddleOf(LIN);
    expect(await register(tablet.key)).toEqual({ ok: true, bidder: LIN, paddle });
    expect(desk.state.bidders[LIN]!.keys).toEqual([phone.key, tablet.key]);
    await done(desk.bid(signed({ ...bidOf(1_000), nth: 1 }), { bidder: LIN }));
    await done(desk.bid(bidOf(1_100), { bidder: WU }));
    const second = tablet.bid({ ...bidOf(1_200), nth: 2 }, { bidder: LIN, origin: desk.state.origin });
    await done(desk.bid(second, { bidder: LIN }));
  });

  test('takes one paddle, though it is asked for with and without a key at once', async () => {
    let written = 0;
    const chen = { bidder: bidderNamed('chen'), id: HASH, kind: 'buyer' } as const;
    const write = () => Promise.resolve(void (written += 1));
    const key = new TestKey().key;
    const seats = await Promise.all([
      desk.register(chen, write),
      desk.register({ ...chen, key }, write),
      desk.register({ ...chen, key }, write),
    ]);
    expect(new Set(seats.map((seat) => JSON.stringify(seat))).size).toBe(1);
    expect(written).toBe(1);
    expect(desk.state.bidders[chen.bidder]!.keys).toEqual([key]);
  });

  test('cannot bring a key that is another’s, and the same key twice is one leaf', async () => {
    expect(await register(phone.key, WU)).toEqual({ ok: false, reason: 'key-taken' });
    const before = leaves().length;
    expect((await register()).ok).toBe(true);
    expect(leaves()).toHaveLength(before);
  });

  const wrong: [string, (bid: Bid & { nth: number }) => Bid, string][] = [
    ['without a signature', (bid) => bid, 'signature-missing'],
    ['without its count', (bid) => ({ ...signed(bid), nth: undefined }), 'signature-missing'],
    [
      'signed for less',
      (bid) => ({ ...signed({ ...bid, amountFen: 900 }), amountFen: 1_000 }),
      'bad-signature',
    ],
    ['signed for another lot', (bid) => ({ ...signed({ ...bid, lot: 'L2' }), lot: 'L1' }), 'bad-signature'],
    ['signed for another count', (bid) => ({ ...signed({ ...bid, nth: 2 }), nth: 1 }), 'bad-signature'],
    [
      'signed for another show',
      (bid) => phone.bid(bid, { bidder: LIN, origin: 'x/shows/1' }),
      'bad-signature',
    ],
    [
      'signed as another bidder',
      (bid) => phone.bid(bid, { bidder: WU, origin: desk.state.origin }),
      'bad-signature',
    ],
    [
      'signed by another key',
      (bid) => new TestKey().bid(bid, { bidder: LIN, origin: desk.state.origin }),
      'bad-signature',
    ],
  ];
  test.each(wrong)('is refused %s, and nothing is logged', async (_, make, reason) => {
    const before = leaves().length;
    const bid = make({ ...bidOf(1_000), nth: 1 });
    expect(reasonOf(await desk.bid(bid, { bidder: LIN }))).toBe(reason);
    expect(leaves()).toHaveLength(before);
  });

  test('may bid by plain form, unsigned and marked', async () => {
    const answer = await done(desk.bid(bidOf(1_000), { bidder: LIN }, { form: true }));
    expect(leaves()[answer.i]).toMatchObject({ body: { form: true } });
    expect(leaves()[answer.i]).not.toHaveProperty('sig');
  });

  test('signs a refused bid as well: the refusal is a leaf with the same signature', async () => {
    const bid = signed({ ...bidOf(1_050), nth: 1 });
    const answer = await desk.bid(bid, { bidder: LIN });
    expect(answer).toMatchObject({ ok: false, reason: 'off-grid' });
    expect(leaves()[answer.i!]).toMatchObject({ type: 'bid.refused', sig: bid.sig });
  });

  test('signs a take with its units and its run', async () => {
    await done(desk.command({ by: 'host', name: 'setAside', lot: 'L1' }));
    await offer(desk, 'L2');
    const bid = signed({ ...bidOf(2_000, { lot: 'L2', units: 2, run: 0 }), nth: 1 }, true);
    const answer = await done(desk.bid(bid, { bidder: LIN }));
    expect(leaves()[answer.i]).toMatchObject({ sig: bid.sig, body: { units: 2, run: 0 } });
  });

  test('is told of others’ bids without their signatures', async () => {
    await done(desk.bid(signed({ ...bidOf(1_000), nth: 1 }), { bidder: LIN }));
    expect(JSON.stringify(desk.since(0))).not.toContain('"sig"');
  });
});

test('who has no key bids unsigned; a signature nobody can check is refused', async () => {
  await done(desk.bid(bidOf(1_000), { bidder: LIN }));
  const bid = signed({ ...bidOf(1_200), nth: 2 });
  expect(reasonOf(await desk.bid(bid, { bidder: LIN }))).toBe('bad-signature');
});

describe('a receipt', () => {
  const check = (receipt: ReturnType<Desk['receipt']>) => {
    const proof = parseProof(receipt!.proof);
    if (!proof.ok) throw new Error(proof.reason);
    const { index, path, checkpoint } = proof.value;
    // The log in memory is signed by nobody: its note is the bare body.
    const head = parseCheckpoint(checkpoint.split('\n\n')[0]!.replace(/\n?$/, '\n'));
    if (!head.ok) throw new Error(head.reason);
    const { size, root } = head.value;
    const bytes = new TextEncoder().encode(receipt!.leaf);
    return { index, size, root, holds: verifyInclusion(leafHash(bytes), index, size, path, root) };
  };

  test('leads from the very leaf to the head that ended its batch, also after a restart', async () => {
    const answer = await done(desk.bid(bidOf(1_000), { bidder: LIN }));
    const receipt = desk.receipt(answer.i);
    expect(JSON.parse(receipt!.leaf)).toMatchObject({ i: answer.i, v: 2, show: desk.state.origin });
    expect(check(receipt)).toMatchObject({ index: answer.i, holds: true });
    await done(desk.bid(bidOf(1_100), { bidder: WU }));
    expect(desk.receipt(answer.i)).toEqual(receipt);
    await desk.close();
    desk = await (desk.constructor as typeof Desk).open(SHOW, rig.ports);
    expect(desk.receipt(answer.i)).toEqual(receipt);
  });

  test('shows that the log still extends the head the phone holds', async () => {
    const { size, root } = desk.head;
    const bid = bidOf(1_000, { seen: [size, root] });
    const answer = await done(desk.bid(bid, { bidder: LIN }));
    expect(leaves()[answer.i]!.body).toMatchObject({ seen: [size, root] });
    const receipt = desk.receipt(answer.i, size)!;
    const head = check(receipt);
    const path = receipt.consistency!.map((hash) => fromBase64(hash)!);
    expect(verifyConsistency(size, head.size, path, fromBase64(root)!, head.root)).toBe(true);
  });

  test('is not to be had for a leaf that does not exist', () => {
    expect(desk.receipt(desk.state.next)).toBeNull();
  });

  test('a head that this log never had is refused, and nothing is logged', async () => {
    const { size } = desk.head;
    const before = leaves().length;
    const answer = await desk.bid(bidOf(1_000, { seen: [size, HASH] }), { bidder: LIN });
    expect(reasonOf(answer)).toBe('unknown-head');
    expect(leaves()).toHaveLength(before);
  });
});

describe('the house', () => {
  const host = () => new TestKey();

  test('closes unsigned as long as the host has no key, and signed from then on', async () => {
    const key = host();
    await done(
      desk.command({ by: 'platform', name: 'enrol', person: bidderNamed('h'), office: 'host', key: key.key }),
    );
    const withdraw = { by: 'host', name: 'withdraw', lot: 'L2', reason: 'damaged' } as const;
    expect(await desk.command(withdraw)).toMatchObject({ ok: false, reason: 'signature-missing' });
    const wrong = key.act('lot.withdrawn', { lot: 'L2', units: 4, reason: 'damaged' }, desk.state.origin);
    expect(await desk.command({ ...withdraw, sig: wrong })).toMatchObject({ reason: 'bad-signature' });
    const sig = key.act('lot.withdrawn', { lot: 'L2', units: 5, reason: 'damaged' }, desk.state.origin);
    const { events } = await done(desk.command({ ...withdraw, sig }));
    expect(leaves()[events[0]!.i]).toMatchObject({ type: 'lot.withdrawn', sig });
  });

  test('seals what the host has signed: the draft is what the seal writes', async () => {
    const key = host();
    await done(
      desk.command({ by: 'platform', name: 'enrol', person: bidderNamed('h'), office: 'host', key: key.key }),
    );
    await done(desk.command(lotNamed('L3', { list: 2 })));
    const draft = (await desk.sealDraft())!;
    const sig = key.act('show.sealed', draft, desk.state.origin);
    const { events } = await done(desk.command({ by: 'host', name: 'seal', sig }));
    expect(leaves()[events[0]!.i]).toMatchObject({ type: 'show.sealed', body: draft, sig });
  });

  test('an approval is the officer’s own, under a key that is registered with it', async () => {
    const key = host();
    const approval = { by: 'officer', name: 'approve', list: 1, note: HASH, key: key.key } as const;
    const sig = key.act('show.approved', { list: 1, note: HASH, key: key.key }, desk.state.origin);
    expect(await desk.command({ ...approval, sig })).toMatchObject({ reason: 'bad-signature' });
    const enrol = {
      by: 'platform',
      name: 'enrol',
      person: bidderNamed('o'),
      office: 'officer',
      key: key.key,
    } as const;
    expect(await desk.command([enrol, approval])).toMatchObject({ ok: false, reason: 'signature-missing' });
    expect(desk.state.staff).toEqual([]);
    await done(desk.command([enrol, { ...approval, sig }]));
    expect(desk.state.approvals).toMatchObject([{ list: 1, key: key.key }]);
  });
});
