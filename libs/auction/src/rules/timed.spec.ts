import { type ShowRules } from '@qingpai/wire';
import { certificateOf, dueAtMs, isUndoable } from './index.js';
import { CHEN, HOST, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** A timed show (限时竞价, RULES §6): several rising lots are open at once, each with its own close. */
const timed = { openMax: 3, staggerMs: 20_000 };
const FIVE = { L1: {}, L2: {}, L3: {}, L4: {}, L5: {} };
const show = (lots: Record<string, PaperLot> = FIVE, rules: Partial<ShowRules> = {}) =>
  new PaperShow({ lots, rules: { timed, ...rules } });
/** With these offered at 1 000: they close at 61 000, 81 000, 101 000. */
function open(...lots: string[]): PaperShow {
  const paper = show();
  for (const lot of lots) paper.does(1_000, { name: 'offer', lot });
  return paper;
}
const closes = (paper: PaperShow) => paper.state.open.map((lot) => paper.offering(lot).closesAt);
const offer = (paper: PaperShow, atMs: number, lot: string) => paper.reason(atMs, { name: 'offer', lot });

describe('lots that are open at once', () => {
  it('are as many as the sealed rules say, in the order of their offering', () => {
    const paper = open('L2', 'L1', 'L3');
    expect(paper.state).toMatchObject({ open: ['L2', 'L1', 'L3'], block: 'L2' });
    expect(offer(paper, 1_000, 'L4')).toBe('too-many-open');
    expect(offer(paper, 1_000, 'L1')).toBe('too-many-open');
    paper.pass(61_000);
    expect(paper.state).toMatchObject({ open: ['L1', 'L3'], block: 'L1' });
    expect(offer(paper, 62_000, 'L4')).toBeNull();
    expect(paper.state.open).toEqual(['L1', 'L3', 'L4']);
  });

  it('are not there in a live room', () => {
    const paper = new PaperShow({ lots: { L1: {}, L2: {} } });
    paper.does(1_000, { name: 'offer', lot: 'L1' });
    expect(offer(paper, 2_000, 'L2')).toBe('lot-on-block');
    expect(paper.state.open).toEqual(['L1']);
  });

  it('are rising ones: a falling clock is offered by itself, and nothing beside it', () => {
    const paper = show({ L1: {}, L2: { format: 'dutch' }, L3: {} });
    paper.does(1_000, { name: 'offer', lot: 'L1' });
    expect(offer(paper, 2_000, 'L2')).toBe('clock-alone');
    paper.pass(61_000);
    expect(offer(paper, 62_000, 'L2')).toBeNull();
    expect(offer(paper, 62_000, 'L3')).toBe('clock-alone');
    expect(paper.reason(62_000, { name: 'reoffer', lot: 'L1' })).toBe('clock-alone');
  });

  it('keep a lot that waits from coming back as a clock until nothing is open', () => {
    const paper = open('L1', 'L2');
    paper.pass(61_000);
    expect(paper.reason(62_000, { name: 'reoffer', lot: 'L1' })).toBe('clock-alone');
    paper.pass(81_000);
    expect(paper.reason(82_000, { name: 'reoffer', lot: 'L1' })).toBeNull();
  });

  it('hold the close of the show', () => {
    expect(open('L1').reason(2_000, { name: 'close' })).toBe('lot-on-block');
  });
});

describe('their closes', () => {
  it('are staggered by the rules, never nearer than a whole opening time', () => {
    const paper = open('L1', 'L2', 'L3');
    expect(closes(paper)).toEqual([61_000, 81_000, 101_000]);
    paper.pass(61_000);
    paper.does(75_000, { name: 'offer', lot: 'L4' });
    expect(paper.offering('L4').closesAt).toBe(135_000);
  });

  it('are planned from the planned closes: an extension pushes nobody back', () => {
    const paper = open('L1');
    paper.bid(60_000, LIN, 3_600, { lot: 'L1' });
    expect(closes(paper)).toEqual([75_000]);
    paper.does(60_500, { name: 'offer', lot: 'L2' });
    expect(closes(paper)).toEqual([75_000, 120_500]);
  });

  it('come in their order, each by itself, and the earliest is what is due', () => {
    const paper = open('L1', 'L2', 'L3');
    paper.bid(2_000, LIN, 3_600, { lot: 'L2' });
    paper.does(3_000, { name: 'lastCall', lot: 'L3' });
    expect(dueAtMs(paper.state, paper)).toBe(13_000);
    paper.pass(200_000);
    const ends = paper.leaves.filter(({ type }) => type === 'lot.hammered' || type === 'lot.setAside');
    expect(ends.map(({ t, body }) => [t, 'lot' in body && body.lot])).toEqual([
      [13_000, 'L3'],
      [61_000, 'L1'],
      [81_000, 'L2'],
    ]);
  });

  it('at one moment come in the order of the offerings', () => {
    const paper = show(FIVE, { timed: { openMax: 3, staggerMs: 0 } });
    for (const lot of ['L3', 'L1', 'L2']) paper.does(1_000, { name: 'offer', lot });
    paper.pass(61_000);
    expect(paper.said('lot.setAside').map(({ lot }) => lot)).toEqual(['L3', 'L1', 'L2']);
  });

  it('are moved by bids on their own lot alone', () => {
    const paper = open('L1', 'L2');
    paper.bid(60_000, LIN, 3_600, { lot: 'L2' });
    expect(closes(paper)).toEqual([61_000, 81_000]);
    paper.bid(60_000, WU, 3_600, { lot: 'L1' });
    expect(closes(paper)).toEqual([75_000, 81_000]);
    expect(paper.said('lot.extended')).toMatchObject([{ lot: 'L1', cause: 'bid' }]);
  });

  it('get time back each for itself', () => {
    const paper = open('L1', 'L2');
    const extend = { name: 'extend', cause: 'dark' } as const;
    paper.does(60_000, { ...extend, lot: 'L2', closesAt: 90_000 }, 'platform');
    paper.does(60_000, { ...extend, lot: 'L1', closesAt: 70_000 }, 'platform');
    expect(closes(paper)).toEqual([70_000, 90_000]);
  });
});

describe('bids on them', () => {
  it('are each about one lot: a maximum, a cap and a buy-now act on their own', () => {
    const paper = show({ L1: {}, L2: { capFen: 4_000 }, L3: { buyNowFen: 5_000 } });
    expect(paper.most(500, CHEN, 4_400, 'L1')).toBeNull();
    for (const lot of ['L1', 'L2', 'L3']) paper.does(1_000, { name: 'offer', lot });
    expect(paper.offering('L1')).toMatchObject({ leader: CHEN, priceFen: 3_600 });
    expect(paper.bid(2_000, WU, 3_800, { lot: 'L1' })).toBeNull();
    expect(paper.offering('L1')).toMatchObject({ leader: CHEN, priceFen: 4_000 });
    expect(paper.bid(3_000, LIN, 4_000, { lot: 'L2' })).toBeNull();
    expect(paper.bid(4_000, LIN, 5_000, { lot: 'L3', buyNow: true })).toBeNull();
    expect(paper.state.open).toEqual(['L1']);
    expect(paper.said('lot.hammered')).toMatchObject([{ lot: 'L2' }, { lot: 'L3' }]);
  });

  it('of one person may lead on several', () => {
    const paper = open('L1', 'L2');
    expect(paper.bid(2_000, LIN, 3_600, { lot: 'L1' })).toBeNull();
    expect(paper.bid(2_000, LIN, 3_600, { lot: 'L2' })).toBeNull();
    expect(paper.bid(2_000, LIN, 3_600, { lot: 'L3' })).toBe('not-open');
  });
});

describe('what the host does to one of them', () => {
  it('leaves the others alone: freeze, resume, set aside, withdraw', () => {
    const paper = open('L1', 'L2', 'L3');
    paper.does(2_000, { name: 'freeze', lot: 'L2' });
    expect(paper.bid(3_000, LIN, 3_600, { lot: 'L2' })).toBe('frozen');
    expect(paper.bid(3_000, LIN, 3_600, { lot: 'L1' })).toBeNull();
    paper.pass(61_000);
    expect(paper.state.open).toEqual(['L2', 'L3']);
    paper.does(62_000, { name: 'resume', lot: 'L2' });
    expect(closes(paper)).toEqual([141_000, 101_000]);
    paper.does(63_000, { name: 'setAside', lot: 'L2' });
    paper.does(64_000, { name: 'withdraw', lot: 'L3', reason: 'damaged' });
    expect(paper.state).toMatchObject({ open: [], block: null });
  });

  it('when somebody takes over, all that run are frozen first', () => {
    const paper = open('L1', 'L2', 'L3');
    paper.does(2_000, { name: 'freeze', lot: 'L2' });
    const took = paper.does(3_000, { name: 'takeOver', person: HOST, reason: 'handover' }, 'platform');
    expect(took.map(({ type }) => type)).toEqual(['lot.frozen', 'lot.frozen', 'show.tookOver']);
    expect(dueAtMs(paper.state, paper)).toBeNull();
  });
});

describe('undo of a hammer among several', () => {
  const sold = () => {
    const paper = open('L1', 'L2', 'L3');
    paper.bid(2_000, LIN, 3_600, { lot: 'L1' });
    paper.bid(2_000, WU, 3_600, { lot: 'L2' });
    paper.pass(82_000);
    return paper;
  };
  const undo = (paper: PaperShow, sale: string, atMs = 83_000) =>
    paper.reason(atMs, { name: 'undo', sale, reason: 'technical' });

  it('takes back each that fell since the last offering, while others are open', () => {
    const paper = sold();
    expect(Object.values(paper.state.sales).map((sale) => isUndoable(paper.state, sale))).toEqual([
      true,
      true,
    ]);
    expect(undo(paper, 'S1')).toBeNull();
    expect(undo(paper, 'S1')).toBe('nothing-to-undo');
    expect(undo(paper, 'S2')).toBeNull();
    expect(paper.lot('L1').phase).toBe('waiting');
    expect(paper.state.open).toEqual(['L3']);
  });

  it('is over when another lot is offered', () => {
    const paper = sold();
    paper.does(82_500, { name: 'offer', lot: 'L4' });
    expect(undo(paper, 'S1')).toBe('nothing-to-undo');
    expect(undo(paper, 'S2')).toBe('nothing-to-undo');
  });

  it('of a clock takes back the last sale alone', () => {
    const paper = show({ L1: { format: 'dutch', units: 3, stepFen: 200 } });
    paper.does(1_000, { name: 'offer', lot: 'L1' });
    paper.bid(1_100, LIN, 3_600);
    paper.bid(1_200, WU, 3_600);
    expect(undo(paper, 'S2', 1_300)).toBe('lot-on-block');
    paper.pass(90_000);
    expect(undo(paper, 'S1', 90_000)).toBe('nothing-to-undo');
    expect(undo(paper, 'S2', 90_000)).toBeNull();
  });
});

describe('the ladder in a timed show', () => {
  it('waits until nothing is open, then brings the lots back one by one', () => {
    const paper = show({ L1: {}, L2: {} }, { ladder: { pauseMs: 5_000, atLast: 'pass' } });
    for (const lot of ['L1', 'L2']) paper.does(1_000, { name: 'offer', lot });
    paper.pass(86_000);
    expect(paper.state.open).toEqual(['L1']);
    expect(paper.offering('L1')).toMatchObject({ offering: 2, format: 'dutch', startedAt: 86_000 });
  });
});

describe('the certificate of a timed show', () => {
  it('tells of each lot which leaf ended it', () => {
    const paper = open('L1', 'L2');
    paper.bid(2_000, LIN, 3_600, { lot: 'L2' });
    paper.pass(100_000);
    const { lots, timed: said } = certificateOf(paper.state.rules, paper.leaves);
    expect(said).toEqual(timed);
    const ends = lots.slice(0, 2).map(({ attempts }) => paper.leaves[attempts[0]!.endI!]);
    expect(ends.map((leaf) => [leaf!.type, 'lot' in leaf!.body && leaf!.body.lot])).toEqual([
      ['lot.setAside', 'L1'],
      ['lot.hammered', 'L2'],
    ]);
    expect(lots[1]!.attempts[0]!.bestFen).toBe(3_600);
  });
});
