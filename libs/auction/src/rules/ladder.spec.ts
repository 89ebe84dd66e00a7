import fc from 'fast-check';
import { type LoggedEvent } from '@qingpai/wire';
import { decide, judge, reofferStartFen } from './index.js';
import { HASH, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** L1 was offered at 1 000 and set aside at 61 000, after bids at these amounts. */
function setAside(lot: PaperLot, ...amounts: number[]): PaperShow {
  const show = new PaperShow({ lots: { L1: { floorFen: 9_000, ...lot }, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  for (const [k, amountFen] of amounts.entries()) {
    show.bid(2_000 + k, k % 2 ? WU : LIN, amountFen, { confirmed: true });
  }
  show.pass(61_000);
  return show;
}
const reofferAt = (show: PaperShow, atMs: number, lot = 'L1') => show.reason(atMs, { name: 'reoffer', lot });
const startOf = (show: PaperShow) => show.offering().startFen;

describe('a re-offer', () => {
  it('is a falling clock from 120 % of the floor', () => {
    const show = setAside({});
    expect(reofferAt(show, 70_000)).toBeNull();
    expect(show.offering()).toMatchObject({ offering: 2, format: 'dutch', startFen: 10_800 });
    expect(show.offering().clock).toMatchObject({ startFen: 10_800, stepFen: 500, startsAt: 70_000 });
  });

  it('is a falling clock from 120 % of the best offer, or from the reference price, whichever is highest', () => {
    const best = setAside({ floorFen: 6_000 }, 3_600, 5_800);
    reofferAt(best, 70_000);
    expect(startOf(best)).toBe(7_200); // 120 % of the floor; of the best offer it would be 6 960
    const reference = setAside({ referenceFen: 12_800 }, 3_600);
    reofferAt(reference, 70_000);
    expect(startOf(reference)).toBe(12_800);
  });

  it('of a lot of which nothing is known starts at its start price, at 0元起拍 at one step', () => {
    const show = setAside({ floorFen: 0 });
    reofferAt(show, 70_000);
    expect(startOf(show)).toBe(3_600);
    const zero = setAside({ floorFen: 0, startFen: 0 });
    reofferAt(zero, 70_000);
    expect(startOf(zero)).toBe(100);
  });

  it('sells to who takes it, and its sale belongs to the second offering', () => {
    const show = setAside({});
    reofferAt(show, 70_000);
    show.bid(71_500, LIN, 10_800);
    expect(show.said('lot.hammered')).toMatchObject([{ offering: 2, unitPriceFen: 10_300 }]);
  });

  it('happens at most twice; then the lot waits for the word of the host', () => {
    const show = setAside({});
    expect(reofferAt(show, 100_000)).toBeNull();
    expect(reofferAt(show, 200_000)).toBeNull();
    expect(reofferAt(show, 300_000)).toBe('no-more-offerings');
    expect(show.lot()).toMatchObject({ phase: 'waiting' });
    expect(show.lot().offerings).toHaveLength(3);
  });

  it('is for lots that wait', () => {
    const show = setAside({});
    expect(reofferAt(show, 70_000, 'L2')).toBe('lot-not-waiting');
    expect(show.reason(70_000, { name: 'offer', lot: 'L1' })).toBe('lot-not-ready');
    show.does(70_000, { name: 'offer', lot: 'L2' });
    expect(reofferAt(show, 71_000)).toBe('lot-on-block');
  });

  it('of a passed lot brings its units back', () => {
    const show = setAside({});
    show.does(70_000, { name: 'pass', lot: 'L1' });
    expect(show.lot()).toMatchObject({ phase: 'passed', passedUnits: 1 });
    expect(reofferAt(show, 80_000)).toBeNull();
    expect(show.lot()).toMatchObject({ phase: 'onBlock', passedUnits: 0 });
  });

  it('never starts below the floor', () => {
    const fen = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(fen, fen, fen, (floorFen, bestFen, referenceFen) => {
        const { state } = setAside({});
        const lot = { ...state.lots.L1!, bestFen: bestFen || null, referenceFen: referenceFen || null };
        const startFen = reofferStartFen(state.rules, lot, floorFen);
        expect(startFen).toBeGreaterThanOrEqual(Math.max(1, floorFen, referenceFen, bestFen));
      }),
    );
  });
});

describe('a lot with a valid bid', () => {
  it('can be neither set aside nor passed nor withdrawn', () => {
    const show = new PaperShow({ lots: { L1: { floorFen: 3_600 }, L2: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    expect(show.reason(3_000, { name: 'setAside', lot: 'L1' })).toBe('has-valid-bid');
    expect(show.reason(3_000, { name: 'pass', lot: 'L1' })).toBe('has-valid-bid');
    expect(show.reason(3_000, { name: 'withdraw', lot: 'L1', reason: 'other' })).toBe('has-valid-bid');
    expect(show.reason(3_000, { name: 'carry', lot: 'L1' })).toBe('lot-on-block');
  });

  it('is one with any bid where there is no floor', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    expect(show.reason(3_000, { name: 'pass', lot: 'L1' })).toBe('has-valid-bid');
  });

  it('is not one whose leader stands below the floor', () => {
    const show = new PaperShow({ lots: { L1: { floorFen: 5_000 } } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    expect(show.does(3_000, { name: 'setAside', lot: 'L1' })).toMatchObject([{ body: { bestFen: 3_600 } }]);
  });
});

describe('the end of a lot', () => {
  it('is passed only after it was offered', () => {
    const show = setAside({});
    expect(show.reason(70_000, { name: 'pass', lot: 'L2' })).toBe('lot-not-ready');
    expect(show.does(70_000, { name: 'pass', lot: 'L1' })).toMatchObject([{ body: { units: 1 } }]);
    expect(show.reason(70_000, { name: 'pass', lot: 'L1' })).toBe('lot-ended');
  });

  it('is withdrawn with a reason, before or after an offering', () => {
    const show = setAside({});
    show.does(70_000, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
    show.does(70_000, { name: 'withdraw', lot: 'L1', reason: 'grower-request' });
    expect(show.said('lot.withdrawn')).toEqual([
      { lot: 'L2', units: 1, reason: 'damaged' },
      { lot: 'L1', units: 1, reason: 'grower-request' },
    ]);
  });

  it('is withdrawn even before the show opens, if it was sealed', () => {
    const show = new PaperShow({ draft: true });
    show.describe(0, 'L1');
    expect(show.reason(0, { name: 'withdraw', lot: 'L1', reason: 'damaged' })).toBe('wrong-phase');
    show.does(0, { name: 'seal', catalogue: HASH });
    expect(show.reason(0, { name: 'withdraw', lot: 'L1', reason: 'damaged' })).toBeNull();
  });

  it('is carried to the next show', () => {
    const show = setAside({});
    show.does(70_000, { name: 'carry', lot: 'L1' });
    expect(show.lot()).toMatchObject({ phase: 'carried', carriedUnits: 1 });
  });
});

describe('undo of a hammer', () => {
  const sold = () => {
    const show = new PaperShow({ lots: { L1: {}, L2: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    return show;
  };
  const undo = (show: PaperShow, atMs = 70_000, sale = 'S1') =>
    show.reason(atMs, { name: 'undo', sale, reason: 'wrong-price' });

  it('voids the sale, and the lot waits for re-offer', () => {
    const show = sold();
    expect(undo(show)).toBeNull();
    expect(show.state.sales.S1?.phase).toBe('voided');
    expect(show.lot()).toMatchObject({ phase: 'waiting', soldUnits: 0, voided: 1 });
    expect(show.offering().result).toBe('voided');
  });

  it('is possible once, only for the last sale, only until the next lot is offered, and not when paid', () => {
    const show = sold();
    expect(undo(show, 70_000, 'S9')).toBe('unknown-sale');
    expect(undo(show)).toBeNull();
    expect(undo(show)).toBe('nothing-to-undo');
    const next = sold();
    next.does(70_000, { name: 'offer', lot: 'L2' });
    expect(undo(next)).toBe('lot-on-block');
    next.pass(200_000);
    expect(undo(next, 200_000)).toBe('nothing-to-undo');
    const paid = sold();
    const txn = `${'B'.repeat(43)}=`;
    paid.does(70_000, { name: 'paid', body: { sale: 'S1', amountFen: 3_600, channel: 'cash', txn } });
    expect(undo(paid)).toBe('sale-paid');
  });

  it('is not possible either when all that was paid has been given back: the books have ended that sale', () => {
    const show = sold();
    const money = (txn: string) => ({ sale: 'S1', amountFen: 3_600, channel: 'cash' as const, txn });
    show.does(70_000, { name: 'paid', body: money(`${'B'.repeat(43)}=`) });
    show.does(70_000, { name: 'refunded', body: money(`${'C'.repeat(43)}=`) });
    expect(show.state.sales.S1?.phase).toBe('refunded');
    expect(undo(show)).toBe('sale-paid');
  });

  it('lets the lot come back rising or as a clock, and its next sale is a new one', () => {
    const show = sold();
    undo(show);
    expect(show.reason(71_000, { name: 'offer', lot: 'L1' })).toBeNull();
    expect(show.offering()).toMatchObject({ offering: 2, format: 'english' });
    show.bid(72_000, WU, 3_600);
    show.pass(200_000);
    expect(show.said('lot.hammered').at(-1)).toMatchObject({ sale: 'S2', offering: 2, firstUnit: 1 });
  });

  it('of the last take of a clock gives its units back with the rest', () => {
    const show = new PaperShow({
      lots: { L1: { format: 'dutch', units: 3, startFen: 2_000, floorFen: 1_000 } },
    });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 2_000, { units: 1 });
    show.bid(2_000, WU, 2_000, { units: 1 });
    show.pass(100_000);
    expect(undo(show, 100_000, 'S1')).toBe('nothing-to-undo');
    expect(undo(show, 100_000, 'S2')).toBeNull();
    expect(reofferAt(show, 101_000)).toBeNull();
    expect(show.offering()).toMatchObject({ units: 2, startFen: 1_200 });
    show.bid(101_000, LIN, 1_200, { units: 2 });
    expect(show.said('lot.hammered').at(-1)).toMatchObject({ firstUnit: 2, units: 2 });
  });
});

describe('保不流拍, run by the server', () => {
  const ladder = { pauseMs: 5_000, atLast: 'pass' as const };
  /** Two lots with floors that nobody meets, a third that sells; all are called one after the other. */
  function called(atLast: 'pass' | 'carry' | 'wait' = 'pass'): PaperShow {
    const dear = { floorFen: 9_000, referenceFen: 9_600, stepFen: 600 };
    const lots = { L1: dear, L2: dear, L3: {} };
    const show = new PaperShow({ rules: { ladder: { ...ladder, atLast }, furtherOfferings: 1 }, lots });
    for (const [k, lot] of ['L1', 'L2', 'L3'].entries()) {
      show.does(1_000 + k * 100_000, { name: 'offer', lot });
      show.bid(2_000 + k * 100_000, LIN, 3_600);
    }
    return show;
  }
  const starts = (show: PaperShow) =>
    show.leaves.flatMap((leaf) =>
      leaf.type === 'lot.offered' && leaf.by === 'platform' ? [[leaf.body.lot, leaf.t]] : [],
    );

  it('waits until every lot has been called, then brings back what waits, a pause after the last end', () => {
    const show = called();
    show.pass(261_000);
    expect(show.state.lots['L3']!.phase).toBe('hammered');
    expect(starts(show)).toEqual([]);
    show.pass(266_000);
    expect(starts(show)).toEqual([['L1', 266_000]]);
    expect(show.state.lots['L1']!.offerings.at(-1)).toMatchObject({ format: 'dutch', offering: 2 });
  });

  it('sells on the clock, goes on with the next, and passes what nobody takes at its floor or above', () => {
    const show = called();
    show.pass(266_000);
    show.bid(266_500, WU, 10_800);
    show.pass(400_000);
    expect(starts(show).map(([lot]) => lot)).toEqual(['L1', 'L2']);
    expect(show.said('lot.hammered').at(-1)).toMatchObject({ lot: 'L1', unitPriceFen: 10_800 });
    expect(show.state.lots['L2']).toMatchObject({ phase: 'passed', passedUnits: 1 });
    expect(show.leaves.find(({ type }) => type === 'lot.passed')).toMatchObject({ by: 'platform' });
    expect(show.does(400_000, { name: 'close' })).toHaveLength(1);
  });

  it.each([
    ['carry', 'carried'],
    ['wait', 'waiting'],
  ] as const)('at last may also %s', (atLast, phase) => {
    const show = called(atLast);
    show.pass(800_000);
    expect(show.state.lots['L2']!.phase).toBe(phase);
    expect(show.state.lots['L2']!.offerings).toHaveLength(2);
  });

  it('leaves the host free to bring a lot back before, and stays silent where it was not chosen', () => {
    const show = called();
    show.pass(261_000);
    show.does(262_000, { name: 'reoffer', lot: 'L2' });
    show.pass(800_000);
    expect(starts(show).map(([lot]) => lot)).toEqual(['L1']);
    const without = new PaperShow({ lots: { L1: { floorFen: 9_000 } } });
    without.does(1_000, { name: 'offer', lot: 'L1' });
    without.pass(900_000);
    expect(starts(without)).toEqual([]);
  });

  it('never acts for anybody before it is due', () => {
    const show = called();
    show.pass(261_000);
    const leaf = (by: 'host' | 'platform') => {
      const decision = decide(show.state, { by, name: 'reoffer', lot: 'L1' }, 262_000, show);
      return { ...decision.events[0]!, i: show.state.next, t: 262_000 } as LoggedEvent;
    };
    expect(judge(show.state, show.book, leaf('platform'))).toMatchObject({ code: 'due-early' });
    expect(judge(show.state, show.book, leaf('host'))).toBeNull();
  });
});

describe('a limit for everybody', () => {
  it('holds until a bidder has one of his own', () => {
    const show = new PaperShow({ rules: { bidLimitFen: 4_000 }, lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    expect(show.bid(2_000, LIN, 4_200)).toBe('over-limit');
    expect(show.most(2_000, LIN, 4_200)).toBe('over-limit');
    show.does(3_000, { name: 'limit', bidder: LIN, limitFen: 10_000 });
    expect(show.bid(4_000, LIN, 4_200)).toBeNull();
  });
});
