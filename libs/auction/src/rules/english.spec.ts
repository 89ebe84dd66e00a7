import { type ShowRules } from '@qingpai/wire';
import fc from 'fast-check';
import { extensionAfter } from './english.js';
import { judge, leastBidFen } from './index.js';
import { CHEN, GROWER, HALL, HOST, LIN, type PaperOptions, PaperShow, WU } from './testing/paperShow.js';

/** A rising lot on the block since 1 000; it closes at 61 000. */
function rising(lot: NonNullable<PaperOptions['lots']>[string] = {}, rules?: Partial<ShowRules>): PaperShow {
  const show = new PaperShow({ rules, lots: { L1: lot, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  return show;
}
const closesAt = (show: PaperShow) => show.offering().closesAt;

describe('a bid on a rising lot', () => {
  it('may equal the start price, and leads', () => {
    const show = rising();
    expect(show.bid(2_000, LIN, 3_600)).toBeNull();
    expect(show.offering()).toMatchObject({ priceFen: 3_600, leader: LIN, bids: 1 });
  });

  it('at 0元起拍 is at least one step', () => {
    const show = rising({ startFen: 0 });
    expect(show.press(2_000, LIN, 50)).toMatchObject({ ok: false, reason: 'below-start', leastFen: 100 });
    expect(show.bid(2_000, LIN, 100)).toBeNull();
  });

  it('is checked in the order of the rules, each check with its own reason', () => {
    const show = rising();
    show.register(GROWER, 'grower');
    const reasons = () => show.said('bid.refused').map(({ reason }) => reason);
    show.bid(2_000, HOST, 1);
    show.bid(2_000, GROWER, 1);
    show.bid(2_000, LIN, 3_500);
    show.bid(2_000, LIN, 3_700);
    show.bid(2_000, LIN, 4_400);
    show.bid(2_000, LIN, 3_600);
    show.bid(2_000, LIN, 3_800);
    show.bid(2_000, WU, 3_600);
    show.bid(2_000, WU, 3_500);
    expect(reasons()).toEqual([
      'own-lot',
      'own-lot',
      'below-start',
      'off-grid',
      'slip-confirm',
      'already-leading',
      'not-above-price',
      'below-start',
    ]);
  });

  it('names the leaf that beat it and the least that would do', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    const beatenBy = show.state.next - 1;
    expect(show.press(2_000, WU, 3_600)).toMatchObject({
      reason: 'not-above-price',
      beatenBy,
      leastFen: 3_800,
    });
  });

  it('of more than three steps asks to be confirmed, and is taken when it is', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    expect(show.bid(3_000, WU, 4_200)).toBeNull();
    expect(show.bid(3_000, LIN, 5_000)).toBe('slip-confirm');
    expect(show.bid(3_000, LIN, 5_000, { confirmed: true })).toBeNull();
    expect(show.said('bid.accepted').at(-1)).toMatchObject({ amountFen: 5_000, confirmed: true });
  });

  it("stays within the bidder's limit, all units counted", () => {
    const show = rising({ units: 3 });
    show.does(2_000, { name: 'limit', bidder: LIN, limitFen: 11_999 });
    expect(show.bid(2_000, LIN, 4_000)).toBe('over-limit');
    expect(show.bid(2_000, LIN, 3_800)).toBeNull();
  });

  it('from someone who is banned is refused until the ban is lifted', () => {
    const show = rising();
    show.does(2_000, { name: 'limit', bidder: LIN, banned: true });
    expect(show.bid(2_000, LIN, 3_600)).toBe('bidder-not-allowed');
    show.does(2_000, { name: 'limit', bidder: LIN });
    expect(show.bid(2_000, LIN, 3_600)).toBeNull();
  });

  it('that no sum could hold is over every limit', () => {
    const show = rising();
    expect(show.bid(2_000, LIN, 3_600 + 9e15 - (9e15 % 5_000), { confirmed: true })).not.toBeNull();
    expect(show.bid(2_000, LIN, 1e12 + 5_000, { confirmed: true })).toBe('over-limit');
  });

  it('on a lot that is not on the block is not open; on an unknown lot it leaves no leaf', () => {
    const show = rising();
    expect(show.bid(2_000, LIN, 3_600, { lot: 'L2' })).toBe('not-open');
    const before = show.state.next;
    expect(show.bid(2_000, LIN, 3_600, { lot: 'L99' })).toBe('unknown-lot');
    expect(show.bid(2_000, '__defineGetter__', 3_600)).toBe('no-paddle');
    expect(show.state.next).toBe(before);
  });

  it('by a moderator for someone in the hall says so', () => {
    const show = rising({}, { hallLimitFen: 4_000 });
    show.register(HALL, 'hall');
    const bid = (n: number, amountFen: number) => ({
      bidId: `hall-000${n}`,
      lot: 'L1',
      offering: 1,
      amountFen,
    });
    show.does(2_000, { name: 'bid', bidder: HALL, bid: bid(1, 3_600), nth: 1 }, 'moderator');
    expect(show.said('bid.accepted')[0]).toMatchObject({ bidder: HALL, byModerator: true });
    show.bid(3_000, WU, 3_800);
    const tooHigh = show.ask(4_000, { name: 'bid', bidder: HALL, bid: bid(2, 4_200), nth: 2 }, 'host');
    expect(tooHigh).toMatchObject({ reason: 'over-limit' });
  });

  it('by the house is for the hall alone, and nobody in the hall bids by himself', () => {
    const show = rising();
    show.register(HALL, 'hall');
    const bid = { bidId: 'hall-0001', lot: 'L1', offering: 1, amountFen: 3_600 };
    const forLin = show.ask(2_000, { name: 'bid', bidder: LIN, bid, nth: 1 }, 'moderator');
    expect(forLin).toMatchObject({ reason: 'bidder-not-allowed' });
    expect(show.bid(3_000, HALL, 3_600)).toBe('bidder-not-allowed');
    expect(show.most(3_000, HALL, 3_600)).toBe('bidder-not-allowed');
  });
});

describe('the floor', () => {
  it('is told to buyers only as met or not met', () => {
    const show = rising({ floorFen: 4_000 });
    show.bid(2_000, LIN, 3_800);
    expect(show.offering().floorMet).toBe(false);
    show.bid(2_000, WU, 4_000);
    expect(show.offering().floorMet).toBe(true);
    expect(JSON.stringify(show.leaves)).not.toContain('floorFen');
  });

  it('is not spoken of where there is none', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    expect(show.said('bid.accepted')[0]).not.toHaveProperty('floorMet');
  });
});

describe('the close', () => {
  it('gives the lot to the leader, at the price of the last bid, all units at once', () => {
    const show = rising({ units: 2 });
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    expect(show.said('lot.hammered')).toEqual([
      { lot: 'L1', offering: 1, sale: 'S1', bidder: LIN, firstUnit: 1, units: 2, unitPriceFen: 3_600 },
    ]);
    expect(show.lot()).toMatchObject({ phase: 'hammered', soldUnits: 2 });
    expect(show.state).toMatchObject({ block: null, undoable: 'S1' });
  });

  it('sets the lot aside when nobody bid, or nobody reached the floor', () => {
    const silent = rising();
    silent.pass(61_000);
    expect(silent.said('lot.setAside')).toEqual([{ lot: 'L1', offering: 1, units: 1 }]);
    const low = rising({ floorFen: 5_000 });
    low.bid(2_000, LIN, 3_800);
    low.pass(61_000);
    expect(low.said('lot.setAside')).toEqual([{ lot: 'L1', offering: 1, units: 1, bestFen: 3_800 }]);
    expect(low.lot()).toMatchObject({ phase: 'waiting', bestFen: 3_800 });
  });

  it('beats a bid that arrives with it', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    expect(show.bid(61_000, WU, 3_800)).toBe('too-late');
    expect(show.types().slice(-2)).toEqual(['lot.hammered', 'bid.refused']);
  });

  it('happens once', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    show.pass(61_000);
    show.pass(600_000);
    expect(show.said('lot.hammered')).toHaveLength(1);
  });
});

describe('the soft close', () => {
  it('a bid in the last moments keeps the lot open', () => {
    const show = rising();
    show.bid(46_000, LIN, 3_600);
    expect(closesAt(show)).toBe(61_000); // a window away the extension ends where the close is
    show.bid(46_001, WU, 3_800);
    expect(closesAt(show)).toBe(61_001);
    show.bid(61_000, LIN, 4_000);
    expect(closesAt(show)).toBe(76_000);
    expect(show.said('lot.extended').map(({ cause }) => cause)).toEqual(['bid', 'bid']);
  });

  it('a bid before the window, and a refused bid, leave the close where it is', () => {
    const show = rising();
    show.bid(45_999, LIN, 3_600);
    show.bid(60_000, LIN, 3_800);
    show.bid(60_000, WU, 3_600);
    expect(closesAt(show)).toBe(61_000);
    expect(show.said('lot.extended')).toHaveLength(0);
  });

  it('never goes past the hard end, and a close beyond it does not shrink', () => {
    const show = rising({}, { hardEndMs: 10_000 });
    show.bid(60_000, LIN, 3_600);
    expect(closesAt(show)).toBe(71_000);
    show.bid(70_000, WU, 3_800);
    expect(closesAt(show)).toBe(71_000);
  });

  it('does not exist at sudden death', () => {
    const show = rising({}, { suddenDeath: true });
    show.bid(60_999, LIN, 3_600);
    expect(closesAt(show)).toBe(61_000);
  });
});

it('a falling clock has no close, so no bid extends it', () => {
  const show = rising({ format: 'dutch' });
  const block = { lot: show.lot(), offering: show.offering() };
  expect(extensionAfter(show.state.rules, block, 1_100)).toBeNull();
});

describe('最后一次', () => {
  it('brings the close to ten seconds from now', () => {
    const show = rising();
    show.does(20_000, { name: 'lastCall', lot: 'L1' });
    expect(show.offering()).toMatchObject({ closesAt: 30_000, lastCall: true });
  });

  it('never brings it nearer than that', () => {
    const show = rising();
    show.does(55_000, { name: 'lastCall', lot: 'L1' });
    expect(closesAt(show)).toBe(61_000);
  });

  it('is undone by a bid, and can be called again', () => {
    const show = rising();
    show.does(20_000, { name: 'lastCall', lot: 'L1' });
    show.bid(29_000, LIN, 3_600);
    expect(show.offering()).toMatchObject({ closesAt: 44_000, lastCall: false });
    show.does(30_000, { name: 'lastCall', lot: 'L1' });
    expect(show.offering()).toMatchObject({ closesAt: 40_000, lastCall: true });
  });
});

describe('a frozen lot', () => {
  it('stands still, refuses bids, and goes on with exactly the time that was left', () => {
    const show = rising();
    show.bid(2_000, LIN, 3_600);
    show.does(51_000, { name: 'freeze', lot: 'L1' });
    expect(show.said('lot.frozen')[0]).toMatchObject({ left: 10_000 });
    expect(show.bid(100_000, WU, 3_800)).toBe('frozen');
    show.does(200_000, { name: 'resume', lot: 'L1' });
    expect(show.said('lot.resumed')[0]).toMatchObject({ left: 10_000 });
    expect(closesAt(show)).toBe(210_000);
    expect(show.offering()).toMatchObject({ leader: LIN, priceFen: 3_600 });
    show.pass(210_000);
    expect(show.lot().phase).toBe('hammered');
  });

  it('moves its hard end with it', () => {
    const show = rising({}, { hardEndMs: 5_000 });
    show.does(51_000, { name: 'freeze', lot: 'L1' });
    show.does(151_000, { name: 'resume', lot: 'L1' });
    show.bid(160_000, LIN, 3_600);
    expect(closesAt(show)).toBe(166_000);
  });

  it('is frozen by a take-over of the show, and goes on when the new console says so', () => {
    const show = rising();
    const takeOver = { name: 'takeOver', person: CHEN, reason: 'phone-died' } as const;
    show.does(51_000, takeOver, 'platform');
    expect(show.leaves.slice(-2).map(({ type, by }) => [type, by])).toEqual([
      ['lot.frozen', 'platform'],
      ['show.tookOver', 'platform'],
    ]);
    expect(show.state.coHosts).toEqual([CHEN]);
    show.does(90_000, { name: 'resume', lot: 'L1' });
    expect(closesAt(show)).toBe(100_000);
    const leaf = { type: 'show.tookOver', body: { by: CHEN, reason: 'handover' } } as const;
    const forged = { ...leaf, i: show.state.next, t: 91_000, by: 'platform' } as const;
    expect(judge(show.state, show.book, forged)).toMatchObject({ code: 'differs' });
  });

  it('is frozen once and resumed once', () => {
    const show = rising();
    expect(show.reason(2_000, { name: 'resume', lot: 'L1' })).toBe('not-frozen');
    show.does(2_000, { name: 'freeze', lot: 'L1' });
    expect(show.reason(3_000, { name: 'freeze', lot: 'L1' })).toBe('already-frozen');
    expect(show.reason(3_000, { name: 'lastCall', lot: 'L1' })).toBe('frozen');
  });
});

describe('time given back', () => {
  it('after a stall or a dark room moves the close, at most a minute at once', () => {
    const show = rising();
    const extend = (closesAtMs: number, cause: 'stall' | 'dark' = 'stall') =>
      show.reason(50_000, { name: 'extend', lot: 'L1', closesAt: closesAtMs, cause });
    expect(extend(61_000)).toBe('malformed');
    expect(extend(121_001)).toBe('malformed');
    expect(extend(121_000)).toBeNull();
    expect(closesAt(show)).toBe(121_000);
  });

  it('is not counted against the hard end', () => {
    const show = rising({}, { hardEndMs: 0 });
    show.does(50_000, { name: 'extend', lot: 'L1', closesAt: 70_000, cause: 'dark' });
    show.bid(69_000, LIN, 3_600);
    expect(closesAt(show)).toBe(70_000);
  });
});

/** The naive twin of the soft close: RULES §2.4 as it stands there, on one lot without a floor. */
function twin(rules: Pick<ShowRules, 'windowMs' | 'extensionMs' | 'hardEndMs'>, times: number[]) {
  let closes = 61_000;
  const hardEnd = closes + rules.hardEndMs;
  for (const t of times) {
    if (t >= closes) break;
    if (closes - t > rules.windowMs) continue;
    const wished = t + rules.extensionMs > closes ? t + rules.extensionMs : closes;
    if (wished <= hardEnd) closes = wished;
    else if (hardEnd > closes) closes = hardEnd;
  }
  return closes;
}

describe('the soft close, whatever the bids', () => {
  const settings = fc.record({
    windowMs: fc.integer({ min: 0, max: 20_000 }),
    extensionMs: fc.integer({ min: 0, max: 20_000 }),
    hardEndMs: fc.integer({ min: 0, max: 40_000 }),
  });
  const bids = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 12_000 }), who: fc.constantFrom(LIN, WU, CHEN), good: fc.boolean() }),
    { maxLength: 40 },
  ); // prettier-ignore

  it('never shrinks, never passes the hard end, is moved only by accepted bids, and ends as the twin says', () => {
    fc.assert(
      fc.property(settings, bids, (rules, tries) => {
        const show = rising({}, rules);
        const accepted: number[] = [];
        let t = 40_000;
        for (const { afterMs, who, good } of tries) {
          t += afterMs;
          const lot = show.lot();
          const askFen = leastBidFen(show.state.rules, lot, show.offering());
          const before = closesAt(show) ?? 0;
          const reason = show.bid(t, who, good ? askFen : askFen - 1, { lot: 'L1' });
          if (reason === null) accepted.push(t);
          else expect(closesAt(show)).toBe(before);
          expect(closesAt(show)).toBeGreaterThanOrEqual(before);
          expect(closesAt(show)).toBeLessThanOrEqual(61_000 + rules.hardEndMs);
        }
        expect(closesAt(show)).toBe(twin(rules, accepted));
      }),
      { numRuns: 60 },
    );
  });
});

it('prices rise by the grid, whatever is bid', () => {
  const amounts = fc.array(fc.integer({ min: 0, max: 8_000 }), { maxLength: 40 });
  fc.assert(
    fc.property(amounts, (tries) => {
      const show = rising({ startFen: 1_250 });
      let last = 0;
      for (const [k, amountFen] of tries.entries()) {
        const least = leastBidFen(show.state.rules, show.lot(), show.offering());
        if (show.bid(2_000 + k, k % 2 ? LIN : WU, amountFen + 1, { confirmed: true }) !== null) continue;
        expect(amountFen + 1).toBeGreaterThanOrEqual(least);
        expect(show.offering().priceFen).toBeGreaterThan(last);
        last = show.offering().priceFen ?? 0;
      }
    }),
    { numRuns: 60 },
  );
});
