import { decide } from './index.js';
import { CHEN, GROWER, HASH, LIN, paperKey, PaperShow, WU } from './testing/paperShow.js';

const TXN = `${'B'.repeat(43)}=`;

describe('a show', () => {
  it('goes from draft to sealed to open to closed to settled, each once', () => {
    const show = new PaperShow({ draft: true });
    show.describe(0, 'L1');
    expect(show.reason(1, { name: 'open' })).toBe('wrong-phase');
    show.does(1, { name: 'seal', catalogue: HASH });
    expect(show.reason(1, { name: 'seal', catalogue: HASH })).toBe('wrong-phase');
    expect(show.reason(1, { name: 'offer', lot: 'L1' })).toBe('wrong-phase');
    show.does(1, { name: 'open', reason: 'witness-off' });
    show.does(1, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    show.does(1, { name: 'close' });
    expect(show.reason(2, { name: 'settle' })).toBe('complaint-time');
    show.does(86_400_001, { name: 'settle' });
    expect(show.state.phase).toBe('settled');
    expect(show.reason(86_400_002, { name: 'close' })).toBe('wrong-phase');
  });

  it('opens without a witness, and says why', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    expect(show.said('show.opened')).toEqual([{ witnessed: false, reason: 'none-configured' }]);
    expect(show.state.witnessed).toBe(false);
  });

  it('hands out paddles in order, one to each bidder, until it closes', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.register(GROWER, 'grower');
    expect(Object.values(show.state.bidders).map(({ paddle }) => paddle)).toEqual([1, 2, 3, 4, 5]);
    expect(show.reason(1, { name: 'register', bidder: LIN, id: HASH, kind: 'buyer' })).toBe(
      'already-decided',
    );
    expect(show.reason(1, { name: 'limit', bidder: 'nobody-aaaaaaaaa', banned: true })).toBe('no-paddle');
  });

  it('has one lot on the block at a time', () => {
    const show = new PaperShow({ lots: { L1: {}, L2: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    expect(show.reason(2_000, { name: 'offer', lot: 'L2' })).toBe('lot-on-block');
    expect(show.reason(2_000, { name: 'lastCall', lot: 'L2' })).toBe('lot-not-on-block');
    expect(show.reason(2_000, { name: 'lastCall', lot: 'L9' })).toBe('unknown-lot');
  });
});

describe('keys', () => {
  it('belong to one person, whatever his role', () => {
    const show = new PaperShow({ signed: true, draft: true });
    const enrol = (person: string, key: string) =>
      decide(show.state, { by: 'platform', name: 'enrol', person, office: 'officer', key }, 0, show);
    const [ofBuyer, ofNobody] = [paperKey(LIN).key, paperKey('nobody').key];
    expect(enrol('an-officer', ofBuyer)).toMatchObject({ reason: 'key-taken' });
    expect(enrol('an-officer', ofNobody)).toMatchObject({ ok: true });
  });
});

describe('the close of a show', () => {
  it('leaves no lot behind, and names those that are left', () => {
    const show = new PaperShow({ lots: { L1: {}, L2: {}, L3: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    expect(show.reason(2_000, { name: 'close' })).toBe('lot-on-block');
    show.pass(61_000);
    show.does(61_000, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
    expect(show.ask(62_000, { name: 'close' })).toMatchObject({ reason: 'lots-left', lots: ['L1', 'L3'] });
  });

  it('counts every unit and the hammer total; payments move only what is paid', () => {
    const show = new PaperShow({ lots: { L1: { units: 2 }, L2: {}, L3: {}, L4: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    show.does(61_000, { name: 'offer', lot: 'L2' });
    show.does(61_000, { name: 'pass', lot: 'L2' });
    show.does(61_000, { name: 'withdraw', lot: 'L3', reason: 'damaged' });
    show.does(61_000, { name: 'carry', lot: 'L4' });
    const [closed] = show.does(62_000, { name: 'close' });
    const units = { soldUnits: 2, passedUnits: 1, withdrawnUnits: 1, carriedUnits: 1 };
    expect(closed?.body).toEqual({ lots: 4, ...units, hammerFen: 7_200 });

    const late = 62_000 + 86_400_000;
    expect(show.reason(late, { name: 'settle' })).toBe('sales-open');
    const body = { sale: 'S1', amountFen: 7_200, channel: 'cash' as const, txn: TXN };
    expect(show.reason(late, { name: 'paid', body: { ...body, sale: 'S7' } })).toBe('unknown-sale');
    expect(show.reason(late, { name: 'paid', body: { ...body, amountFen: 7_199 } })).toBe('amount-differs');
    show.does(late, { name: 'paid', body });
    expect(show.reason(late, { name: 'paid', body })).toBe('already-paid');
    expect(show.does(late, { name: 'settle' })[0]?.body).toEqual({ ...units, paidFen: 7_200 });
  });

  it('ends bidding and registering without a leaf', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(1_000, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    show.does(1_000, { name: 'close' });
    const before = show.state.next;
    expect(show.bid(2_000, CHEN, 3_600, { lot: 'L1' })).toBe('not-open');
    expect(show.reason(2_000, { name: 'register', bidder: GROWER, id: HASH, kind: 'grower' })).toBe(
      'wrong-phase',
    );
    expect(show.state.next).toBe(before);
  });
});

describe('describing lots', () => {
  const draft = () => new PaperShow({ draft: true });
  const reasonOf = (...asked: Parameters<PaperShow['describe']>) => {
    const decision = draft().describe(...asked);
    return decision.ok ? null : decision.reason;
  };

  it('refuses a floor at 0元起拍, and a clock without start or below its floor', () => {
    expect(reasonOf(0, 'L1', { startFen: 0, floorFen: 100 })).toBe('floor-with-zero-start');
    expect(reasonOf(0, 'L1', { format: 'dutch', startFen: 0 })).toBe('clock-without-start');
    expect(reasonOf(0, 'L1', { format: 'dutch', startFen: 900, floorFen: 1_000 })).toBe('start-below-floor');
  });

  it('refuses a commitment without floor, a floor without commitment, another list, and sums beyond counting', () => {
    expect(reasonOf(0, 'L1', { floor: HASH })).toBe('malformed');
    expect(reasonOf(0, 'L1', { floor: null, floorFen: 100 })).toBe('malformed');
    expect(reasonOf(0, 'L1', { list: 2 })).toBe('malformed');
    expect(reasonOf(0, 'L1', { startFen: 1e12, units: 2 })).toBe('malformed');
  });

  it('keeps numbers unique among the lots that are not struck', () => {
    const show = draft();
    show.describe(0, 'L1');
    expect(show.describe(0, 'L2', { number: '001' })).toMatchObject({ reason: 'number-taken' });
    expect(show.describe(0, 'L1', { number: '009' })).toMatchObject({ reason: 'malformed' });
    show.does(0, { name: 'strike', lot: 'L1' });
    expect(show.describe(0, 'L2', { number: '001' })).toMatchObject({ ok: true });
  });

  it('is possible until the list is sealed; the last description counts', () => {
    const show = draft();
    show.describe(0, 'L1');
    const i = show.state.next;
    expect(show.amend(0, 'L1', { title: '长寿花', units: 4 })).toMatchObject({ ok: true });
    expect(show.lot()).toMatchObject({ title: '长寿花', units: 4, i });
    show.describe(0, 'L2');
    show.does(0, { name: 'strike', lot: 'L2' });
    expect(show.reason(0, { name: 'strike', lot: 'L3' })).toBe('unknown-lot');
    expect(show.does(0, { name: 'seal', catalogue: HASH })[0]?.body).toMatchObject({
      list: 1,
      lots: 1,
      units: 4,
    });
    expect(show.amend(0, 'L1', {})).toMatchObject({ ok: false });
    expect(show.reason(0, { name: 'strike', lot: 'L1' })).toBe('wrong-phase');
  });

  it('seals no empty list', () => {
    expect(draft().reason(0, { name: 'seal', catalogue: HASH })).toBe('nothing-to-seal');
  });
});

describe('a supplementary list', () => {
  it('is described and sealed while the show runs, with a root and counts of its own', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    expect(show.reason(1_000, { name: 'seal', catalogue: HASH })).toBe('nothing-to-seal');
    show.describe(1_000, 'L2', { units: 3 });
    expect(show.reason(1_000, { name: 'offer', lot: 'L2' })).toBe('lot-not-ready');
    expect(show.does(1_000, { name: 'seal', catalogue: HASH })[0]?.body).toMatchObject({
      list: 2,
      lots: 1,
      units: 3,
    });
    show.does(1_000, { name: 'offer', lot: 'L2' });
    show.bid(2_000, WU, 3_600);
    show.pass(61_000);
    expect(show.lot('L2')).toMatchObject({ phase: 'hammered', soldUnits: 3 });
  });

  it('that was never sealed does not hold the close of the show', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.describe(1_000, 'L2');
    show.does(1_000, { name: 'carry', lot: 'L1' });
    expect(show.does(1_000, { name: 'close' })[0]?.body).toMatchObject({ lots: 1, carriedUnits: 1 });
  });
});
