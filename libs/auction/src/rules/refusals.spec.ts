import { type Reason } from '@qingpai/wire';
import { type Command, decide, dueAtMs } from './index.js';
import { approvalNote } from './signedBid.js';
import { CHEN, HASH, LIN, OFFICER, paperKey, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** Every check in front of a command, each with a show in which only that check stands in the way. */
type Asked = Command extends infer C ? (C extends { by: unknown } ? Omit<C, 'by'> : never) : never;
const reasonAt = (show: PaperShow, atMs: number, asked: Asked, by: Command['by'] = 'host'): Reason | null => {
  const decision = decide(show.state, { by, ...asked } as Command, atMs, show);
  return decision.ok ? null : decision.reason;
};
const bid = (amountFen: number) =>
  ({
    name: 'bid',
    bidder: LIN,
    nth: 9,
    bid: { bidId: 'refusals-0001', lot: 'L1', offering: 1, amountFen },
  }) as const;

function onBlock(lot: PaperLot = {}): PaperShow {
  const show = new PaperShow({ lots: { L1: lot, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  return show;
}
/** L1 waits for re-offer since 61 000. */
function waiting(rules = {}): PaperShow {
  const show = new PaperShow({ rules, lots: { L1: {}, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.pass(61_000);
  return show;
}

describe('a bid is refused', () => {
  it.each([0, -100, 1.5, NaN, Number.MAX_SAFE_INTEGER + 2])('as malformed at %d', (amountFen) => {
    expect(reasonAt(onBlock(), 2_000, bid(amountFen), LIN)).toBe('malformed');
  });
  it('as malformed where it names itself like an automatic bid', () => {
    const named = (bidId: string) => ({ ...bid(3_600), bid: { ...bid(3_600).bid, bidId } });
    expect(reasonAt(onBlock(), 2_000, named('auto-1-1'), LIN)).toBe('malformed');
    expect(reasonAt(onBlock(), 2_000, named('autos-1-1'), LIN)).toBeNull();
  });
  it('as too late at the close, although the close still stands in line behind it', () => {
    const show = onBlock();
    const closesAt = dueAtMs(show.state, show)!;
    expect(reasonAt(show, closesAt - 1, bid(3_600), LIN)).toBeNull();
    expect(reasonAt(show, closesAt, bid(3_600), LIN)).toBe('too-late');
  });
  it('as too late where its clock has sold out', () => {
    const show = onBlock({ format: 'dutch' });
    show.bid(1_100, WU, 3_600);
    expect(reasonAt(show, 1_200, bid(3_600), LIN)).toBe('too-late');
  });
  it('with the least bid and the leaf that beat it only where they help', () => {
    const show = onBlock();
    show.bid(2_000, WU, 3_800);
    const told = (amountFen: number, by = LIN) => {
      const asked = { by, ...bid(amountFen), bidder: by } as Command;
      return decide(show.state, asked, 3_000, show);
    };
    expect(told(3_800)).toMatchObject({
      reason: 'not-above-price',
      leastFen: 4_000,
      beatenBy: show.state.next - 1,
    });
    expect(told(4_100)).toMatchObject({ reason: 'off-grid', leastFen: 4_000 });
    expect(told(4_100)).not.toHaveProperty('beatenBy');
    expect(told(4_200, WU)).toMatchObject({ reason: 'already-leading' });
    expect(told(4_200, WU)).not.toHaveProperty('leastFen');
  });
});

describe('a maximum bid is refused', () => {
  it('as too late at the close, although the close still stands in line behind it', () => {
    const show = onBlock();
    const closesAt = dueAtMs(show.state, show)!;
    show.proxies.set('refusals-0002', { maxFen: 5_000, secret: new Uint8Array(32) });
    const proxy = { bidId: 'refusals-0002', lot: 'L1', max: HASH };
    const asked = { name: 'proxy', bidder: LIN, nth: 9, proxy } as const;
    expect(reasonAt(show, closesAt - 1, asked, LIN)).toBeNull();
    expect(reasonAt(show, closesAt, asked, LIN)).toBe('too-late');
  });
});

describe('time is not given back', () => {
  const extend = (closesAt: number) => ({ name: 'extend', lot: 'L1', closesAt, cause: 'stall' }) as const;
  it('to a falling clock, nor to a lot that stands still', () => {
    expect(reasonAt(onBlock({ format: 'dutch' }), 2_000, extend(70_000), 'platform')).toBe('not-rising');
    const frozen = onBlock();
    frozen.does(2_000, { name: 'freeze', lot: 'L1' });
    expect(reasonAt(frozen, 3_000, extend(70_000), 'platform')).toBe('frozen');
  });
  it('to a rising lot as to a clock, nor to a clock that stands still', () => {
    expect(onBlock().givesBack(5_000, 1_000)).toBe('not-falling');
    const frozen = onBlock({ format: 'dutch' });
    frozen.does(2_000, { name: 'freeze', lot: 'L1' });
    expect(frozen.givesBack(5_000, 1_000)).toBe('frozen');
  });
  it('to a lot that is not on the block', () => {
    const show = new PaperShow({ lots: { L1: { format: 'dutch' } } });
    expect(show.givesBack(5_000, 1_000)).toBe('lot-not-on-block');
  });
});

describe('a lot', () => {
  it('that has ended is not offered, withdrawn or carried', () => {
    const show = waiting();
    show.does(70_000, { name: 'pass', lot: 'L1' });
    expect(reasonAt(show, 71_000, { name: 'offer', lot: 'L1' })).toBe('lot-ended');
    expect(reasonAt(show, 71_000, { name: 'withdraw', lot: 'L1', reason: 'other' })).toBe('lot-ended');
    expect(reasonAt(show, 71_000, { name: 'carry', lot: 'L1' })).toBe('lot-ended');
  });
  it('whose hammer was undone is not called again beyond the further offerings', () => {
    const show = new PaperShow({ rules: { furtherOfferings: 0 }, lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    show.does(62_000, { name: 'undo', sale: 'S1', reason: 'technical' });
    expect(reasonAt(show, 63_000, { name: 'offer', lot: 'L1' })).toBe('no-more-offerings');
  });
  it('that is no more than a draft is neither withdrawn nor carried', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.describe(1_000, 'L2');
    expect(reasonAt(show, 2_000, { name: 'withdraw', lot: 'L2', reason: 'other' })).toBe('lot-not-ready');
    expect(reasonAt(show, 2_000, { name: 'carry', lot: 'L2' })).toBe('lot-not-ready');
  });
});

describe('money', () => {
  const txn = `${'B'.repeat(43)}=`;
  function undone(): PaperShow {
    const show = new PaperShow({ rules: { payWithinMs: 0 }, lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    show.does(62_000, { name: 'undo', sale: 'S1', reason: 'technical' });
    show.does(63_000, { name: 'withdraw', lot: 'L1', reason: 'other' });
    show.does(64_000, { name: 'close' });
    return show;
  }
  it.each(['S1', 'S9'])('goes neither in nor out for %s, which is undone or nowhere', (sale) => {
    const body = { sale, amountFen: 3_600, channel: 'cash', txn } as const;
    expect(reasonAt(undone(), 65_000, { name: 'paid', body })).toBe('unknown-sale');
    expect(reasonAt(undone(), 65_000, { name: 'refunded', body })).toBe('unknown-sale');
    expect(reasonAt(undone(), 65_000, { name: 'default', sale })).toBe('unknown-sale');
  });
});

describe('people', () => {
  const key = (n: number) => paperKey(`key ${n}`).key;
  it('register five keys each and no more', () => {
    const show = new PaperShow({ draft: true });
    const register = (n: number) =>
      ({ name: 'register', bidder: LIN, id: HASH, kind: 'buyer', key: key(n) }) as const;
    for (let n = 0; n < 5; n += 1) show.does(0, register(n), 'platform');
    expect(reasonAt(show, 0, register(5), 'platform')).toBe('slow-down');
    expect(reasonAt(show, 0, register(4), 'platform')).toBe('already-decided');
    const enrol = (n: number) =>
      ({ name: 'enrol', person: OFFICER, office: 'officer', key: key(n) }) as const;
    for (let n = 10; n < 15; n += 1) show.does(0, enrol(n), 'platform');
    expect(reasonAt(show, 0, enrol(15), 'platform')).toBe('slow-down');
    expect(reasonAt(show, 0, enrol(14), 'platform')).toBe('already-decided');
  });
  it('approve what is sealed, under a key of an officer, once', () => {
    const show = new PaperShow({ signed: true, lots: { L1: {} } });
    const approve = (list: number, who = OFFICER) =>
      ({ name: 'approve', list, note: approvalNote('as read'), key: paperKey(who).key }) as const;
    expect(reasonAt(show, 1_000, approve(2), 'officer')).toBe('not-sealed');
    expect(reasonAt(show, 1_000, approve(1, CHEN), 'officer')).toBe('bad-signature');
    expect(reasonAt(show, 1_000, approve(1), 'officer')).toBeNull();
    show.approve(2_000);
    expect(reasonAt(show, 3_000, approve(1), 'officer')).toBe('already-decided');
  });
});

describe('a log', () => {
  it('is opened once, before everything else', () => {
    const show = new PaperShow({ draft: true });
    const open: Asked = { name: 'openLog', body: { origin: 'market.example/shows/1', witnesses: [] } };
    expect(reasonAt(show, 0, open, 'platform')).toBe('wrong-phase');
  });
});
