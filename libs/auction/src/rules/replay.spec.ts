import { type AuctionEvent, type EventType, type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { bidBook, evolve, evolveBook, findings, initialShow, judge } from './index.js';
import { CHEN, GROWER, HASH, LIN, type PaperOptions, PaperShow, WU } from './testing/paperShow.js';

const TXN = `${'B'.repeat(43)}=`;

/** The first leaf that is found wrong: its index, what it is, and the code. */
function firstFinding(
  rules: ShowRules,
  leaves: readonly LoggedEvent[],
  floors?: ReadonlyMap<string, number>,
) {
  const state = initialShow(rules);
  const book = bidBook();
  for (const leaf of leaves) {
    const finding = judge(state, book, leaf, floors);
    if (finding) return { i: leaf.i, type: leaf.type, code: finding.code };
    evolve(state, leaf);
    evolveBook(book, leaf);
  }
  return null;
}
const renumbered = (leaves: readonly LoggedEvent[]): LoggedEvent[] =>
  leaves.map((leaf, i) => ({ ...leaf, i }));

/** A forger's copy of a log: leaves are taken out, changed or slipped in, and numbered anew. */
class Forgery {
  leaves: LoggedEvent[];
  constructor(private readonly show: PaperShow) {
    this.leaves = structuredClone(show.leaves);
  }
  get rules(): ShowRules {
    return this.show.state.rules;
  }
  /** The n-th leaf of a type; -1: the last. */
  find<T extends EventType>(type: T, n = 0): Extract<LoggedEvent, { type: T }> {
    const leaf = this.leaves.filter((each) => each.type === type).at(n);
    if (!leaf) throw new Error(`no ${type} in the log`);
    return leaf as Extract<LoggedEvent, { type: T }>;
  }
  drop(leaf: LoggedEvent): this {
    this.leaves.splice(this.leaves.indexOf(leaf), 1);
    return this;
  }
  insertAfter(leaf: LoggedEvent, t: number, by: LoggedEvent['by'], event: AuctionEvent): this {
    this.leaves.splice(this.leaves.indexOf(leaf) + 1, 0, { i: 0, t, by, ...event });
    return this;
  }
  append(t: number, by: LoggedEvent['by'], event: AuctionEvent): this {
    return this.insertAfter(this.leaves.at(-1)!, t, by, event);
  }
  /** What stands after this leaf never happened. */
  cutAfter(leaf: LoggedEvent): this {
    this.leaves.splice(this.leaves.indexOf(leaf) + 1);
    return this;
  }
  found(floors?: ReadonlyMap<string, number>) {
    return firstFinding(this.rules, renumbered(this.leaves), floors);
  }
  foundWithFloors() {
    return this.found(this.show.floors);
  }
}

/** A small evening: a war on L1 with an extension, L2 below its floor and re-offered, a clock, a close, a settlement. */
function evening(options: PaperOptions = {}): PaperShow {
  const show = new PaperShow({
    ...options,
    lots: {
      L1: { floorFen: 4_000 },
      L2: { floorFen: 9_000 },
      L3: { format: 'dutch', units: 3, startFen: 2_000, stepFen: 200, floorFen: 1_500 },
      L4: {},
      ...options.lots,
    },
  });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.bid(3_000, WU, 3_800);
  show.bid(3_500, CHEN, 3_800);
  show.bid(60_000, LIN, 4_000);
  show.bid(60_500, LIN, 4_200);
  show.pass(75_000);
  show.does(80_000, { name: 'offer', lot: 'L2' });
  show.bid(81_000, WU, 3_600);
  show.pass(140_000);
  show.does(150_000, { name: 'offer', lot: 'L3' });
  show.bid(151_500, LIN, 1_800, { run: 0 });
  show.bid(151_600, WU, 1_800, { run: 0 });
  show.pass(200_000);
  show.does(200_000, { name: 'reoffer', lot: 'L2' });
  show.bid(201_600, WU, 10_300, { run: 0 });
  show.does(210_000, { name: 'pass', lot: 'L3' });
  show.does(210_000, { name: 'withdraw', lot: 'L4', reason: 'damaged' });
  show.does(220_000, { name: 'close' });
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    const txn = `${'BCDEFG'.charAt(k).repeat(43)}=`;
    const amountFen = sale.unitPriceFen * sale.units;
    show.does(230_000 + k, { name: 'paid', body: { sale: sale.sale, amountFen, channel: 'cash', txn } });
  }
  show.does(90_000_000, { name: 'settle' });
  return show;
}
const forge = () => new Forgery(evening());

describe('an honest log', () => {
  it('is found right, with the floors and without them', () => {
    expect(forge().found()).toBeNull();
    expect(forge().foundWithFloors()).toBeNull();
  });

  it('may say which head a bidder had seen', () => {
    const log = forge();
    log.find('bid.accepted').body.seen = [3, HASH];
    expect(log.found()).toBeNull();
  });
});

describe('a lie about bids is caught:', () => {
  it('a bid under the increment was accepted', () => {
    const log = forge();
    log.find('bid.accepted', 1).body.amountFen = 3_700;
    expect(log.found()).toMatchObject({ type: 'bid.accepted', code: 'bid-not-acceptable' });
  });

  it('a good bid was refused', () => {
    const log = forge();
    const { body, ...leaf } = log.find('bid.accepted', 1);
    const { bid, bidder, lot, offering, amountFen, nth } = body;
    log.insertAfter(log.find('bid.accepted', 1), leaf.t, bidder, {
      type: 'bid.refused',
      body: { bid, bidder, lot, offering, amountFen, nth, reason: 'not-above-price' },
    });
    log.drop(log.find('bid.accepted', 1));
    expect(log.found()).toMatchObject({ type: 'bid.refused', code: 'good-bid-refused' });
  });

  it('a bid was refused for another reason', () => {
    const log = forge();
    log.find('bid.refused').body.reason = 'off-grid';
    expect(log.found()).toMatchObject({ code: 'refused-for-other-reason' });
  });

  it('a bid id was used twice', () => {
    const log = forge();
    log.find('bid.accepted', 1).body.bid = log.find('bid.accepted').body.bid;
    expect(log.found()).toMatchObject({ code: 'bid-id-twice' });
  });

  it("a bidder's bid was left out, so that the count has a gap", () => {
    const log = forge();
    log.drop(log.find('bid.accepted', 0));
    log.drop(log.find('bid.accepted', 0));
    log.drop(log.find('bid.refused', 0));
    expect(log.found()).toMatchObject({ type: 'bid.accepted', code: 'nth-gap' });
  });

  it('refusals were logged beyond the bound', () => {
    const log = new Forgery(evening({ rules: { refusalsLoggedMax: 1 } }));
    const { body, t, by } = log.find('bid.refused');
    log.insertAfter(log.find('bid.refused'), t, by, {
      type: 'bid.refused',
      body: { ...body, bid: 'bid-again-1', nth: body.nth + 1 },
    });
    expect(log.found()).toMatchObject({ type: 'bid.refused', code: 'refusals-uncapped' });
  });

  it('the grower bid on the own lot, or somebody without a paddle', () => {
    const log = forge();
    log.find('bid.accepted').body.bidder = GROWER;
    expect(log.found()).toMatchObject({ code: 'bid-not-acceptable' });
  });
});

describe('a lie about the close is caught:', () => {
  it('the hammer fell before the close', () => {
    const log = forge();
    log.find('lot.hammered').t = 70_000;
    expect(log.found()).toMatchObject({ type: 'lot.hammered', code: 'hammer-early' });
  });

  it('somebody else than the platform wrote the close', () => {
    const log = forge();
    log.find('lot.hammered').by = 'host';
    expect(log.found()).toMatchObject({ type: 'lot.hammered', code: 'due-differs' });
  });

  it('another bidder won, or at another price', () => {
    const winner = forge();
    winner.find('lot.hammered').body.bidder = WU;
    expect(winner.found()).toMatchObject({ code: 'hammer-differs' });
    const price = forge();
    price.find('lot.hammered').body.unitPriceFen = 3_900;
    expect(price.found()).toMatchObject({ code: 'hammer-differs' });
  });

  it('a leader at the floor was set aside, and one below it was given the lot', () => {
    const aside = forge();
    const { t, by } = aside.find('lot.hammered');
    aside.insertAfter(aside.find('lot.hammered'), t, by, {
      type: 'lot.setAside',
      body: { lot: 'L1', offering: 1, units: 1, bestFen: 4_000 },
    });
    aside.drop(aside.find('lot.hammered'));
    expect(aside.found()).toMatchObject({ type: 'lot.setAside', code: 'hammer-differs' });
    const given = forge();
    const { t: atMs } = given.find('lot.setAside');
    given.insertAfter(given.find('lot.setAside'), atMs, 'platform', {
      type: 'lot.hammered',
      body: { lot: 'L2', offering: 1, sale: 'S2', bidder: WU, firstUnit: 1, units: 1, unitPriceFen: 3_600 },
    });
    given.drop(given.find('lot.setAside'));
    expect(given.found()).toMatchObject({ type: 'lot.hammered', code: 'hammer-differs' });
  });

  it('the close was skipped, to let one more in', () => {
    const log = forge();
    log.insertAfter(log.find('lot.extended'), 75_500, CHEN, {
      type: 'bid.accepted',
      body: { bid: 'bid-late-1', bidder: CHEN, lot: 'L1', offering: 1, amountFen: 4_200, nth: 2, floorMet: true },
    }); // prettier-ignore
    expect(log.found()).toMatchObject({ type: 'bid.accepted', code: 'due-skipped' });
  });

  it('a refused bid extended the lot', () => {
    const log = forge();
    log.insertAfter(log.find('bid.refused', -1), 60_500, 'platform', {
      type: 'lot.extended',
      body: { lot: 'L1', offering: 1, closesAt: 75_500, cause: 'bid' },
    });
    expect(log.found()).toMatchObject({ type: 'lot.extended', code: 'extension-unfounded' });
  });

  it('a bid in the last moments did not extend it, or by too much', () => {
    const none = forge();
    none.drop(none.find('lot.extended'));
    expect(none.found()).toMatchObject({ code: 'extension-missing' });
    const much = forge();
    much.find('lot.extended').body.closesAt += 1;
    expect(much.found()).toMatchObject({ code: 'extension-missing' });
  });

  it('a stall gave back more than a minute', () => {
    const log = forge();
    log.insertAfter(log.find('lot.extended'), 60_100, 'platform', {
      type: 'lot.extended',
      body: { lot: 'L1', offering: 1, closesAt: 135_001, cause: 'stall' },
    });
    expect(log.found()).toMatchObject({ code: 'extension-unfounded' });
  });

  it('a last call came nearer than ten seconds', () => {
    const log = forge();
    log.insertAfter(log.find('bid.refused'), 4_000, 'host', {
      type: 'lot.lastCall',
      body: { lot: 'L1', offering: 1, closesAt: 9_000 },
    });
    expect(log.found()).toMatchObject({ type: 'lot.lastCall', code: 'differs' });
  });

  it('after a dark time the close that lay behind was moved into the past, or by more than a minute', () => {
    const log = forge();
    log.cutAfter(log.find('lot.extended'));
    expect(log.find('lot.extended').body.closesAt).toBe(75_000);
    const given = (t: number, closesAt: number) => {
      const body = { lot: 'L1', offering: 1, closesAt, cause: 'dark' as const };
      return firstFinding(log.rules, [
        ...log.leaves,
        { i: log.leaves.length, t, by: 'platform', type: 'lot.extended', body },
      ]);
    };
    expect(given(100_000, 115_000)).toBeNull();
    expect(given(100_000, 100_000)).toMatchObject({ code: 'extension-unfounded' });
    expect(given(100_000, 135_001)).toMatchObject({ code: 'extension-unfounded' });
  });
});

describe('a lie about a clock is caught:', () => {
  it('a take was sold above or below the price of its moment', () => {
    for (const amountFen of [2_000, 1_600]) {
      const log = forge();
      log.find('bid.accepted', 4).body.amountFen = amountFen;
      expect(log.found()).toMatchObject({ type: 'bid.accepted', code: 'bid-differs' });
    }
  });

  it('a take has no sale, or the sale of someone else', () => {
    const log = forge();
    log.drop(log.find('lot.hammered', 1));
    expect(log.found()).toMatchObject({ code: 'take-unhammered' });
    const other = forge();
    other.find('lot.hammered', 1).body.bidder = CHEN;
    expect(other.found()).toMatchObject({ code: 'take-unhammered' });
  });

  it('the same unit was sold twice', () => {
    const log = forge();
    log.find('lot.hammered', 2).body.firstUnit = 1;
    expect(log.found()).toMatchObject({ type: 'lot.hammered', code: 'take-unhammered' });
    const again = forge();
    const sold = again.find('lot.hammered');
    again.insertAfter(sold, sold.t, 'platform', { ...sold, body: { ...sold.body, sale: 'S2', bidder: WU } });
    expect(again.found()).toMatchObject({ type: 'lot.hammered', code: 'hammer-early' });
  });

  it('it started again too high, too early, or not at all', () => {
    const high = forge();
    high.find('clock.restarted').body.startFen = 2_200;
    expect(high.found()).toMatchObject({ type: 'clock.restarted', code: 'due-differs' });
    const early = forge();
    early.find('clock.restarted').t -= 100;
    expect(early.found()).toMatchObject({ code: 'due-early' });
    const never = forge();
    never.drop(never.find('clock.restarted'));
    expect(never.found()).toMatchObject({ code: 'due-differs' });
  });

  it('it ended on one price while it had sold below it', () => {
    const log = forge();
    const cut = log.find('clock.restarted', 1);
    const { startsAt } = log.find('clock.restarted', 0).body;
    expect(cut.body).toMatchObject({ cause: 'floor', startFen: 1_500 });
    cut.t = startsAt + 1_500;
    Object.assign(cut.body, { startFen: 1_900, startsAt: cut.t });
    expect(log.found()).toMatchObject({ type: 'clock.restarted', code: 'floor-contradicts' });
  });

  it('it ended a moment after something else was let in, that came too late for the price it ended on', () => {
    const log = forge();
    const cut = log.find('clock.restarted', 1);
    const before = log.leaves[log.leaves.indexOf(cut) - 1]!;
    const limited = { type: 'bidder.limited' as const, body: { bidder: CHEN, limitFen: 1 } };
    log.insertAfter(before, cut.t, 'host', limited);
    expect(log.foundWithFloors()).toMatchObject({ type: 'bidder.limited', code: 'due-skipped' });
    expect(log.found()).toMatchObject({ type: 'clock.restarted', code: 'floor-contradicts' });
    // A millisecond earlier it was in time.
    const early = forge();
    const then = early.find('clock.restarted', 1);
    early.insertAfter(early.leaves[early.leaves.indexOf(then) - 1]!, then.t - 1, 'host', limited);
    expect([early.found(), early.foundWithFloors()]).toEqual([null, null]);
  });

  it('it ended above the floor that was opened', () => {
    const log = forge();
    log.cutAfter(log.find('clock.restarted', 0));
    const { startsAt } = log.find('clock.restarted', 0).body;
    log.append(startsAt + 3_000, 'platform', {
      type: 'lot.setAside',
      body: { lot: 'L3', offering: 1, units: 1 },
    });
    expect(log.found()).toBeNull(); // for all the public can know the floor is ¥18
    expect(log.foundWithFloors()).toMatchObject({ type: 'lot.setAside', code: 'floor-contradicts' });
  });
});

describe('a lie about a silence is caught:', () => {
  /** A clock with a floor of ¥15, its server away from 3 000 to 13 000. */
  const silent = () => {
    const lot = { format: 'dutch' as const, startFen: 2_000, stepFen: 200, floorFen: 1_500 };
    const show = new PaperShow({ lots: { L1: lot } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.givesBack(13_000, 10_000);
    show.bid(13_100, LIN, 1_800);
    return new Forgery(show);
  };

  it('it was longer than nobody wrote, or so short that the clock had moved on', () => {
    expect(silent().found()).toBeNull();
    const long = silent();
    long.find('clock.shifted').body.byMs = 12_001;
    expect(long.found()).toMatchObject({ type: 'clock.shifted', code: 'shift-unfounded' });
    const short = silent();
    short.find('clock.shifted').body.byMs = 7_499; // the cut to the floor was due at 5 500
    expect(short.foundWithFloors()).toMatchObject({ type: 'clock.shifted', code: 'floor-contradicts' });
    expect(short.found()).toMatchObject({ code: 'bid-differs' });
  });

  it('what it says of a floor that is not opened stays said', () => {
    const log = silent();
    log.cutAfter(log.find('clock.shifted'));
    // Having stood until 3 000 + 4 000 it was not over then: its floor is not above 1 200.
    log.find('clock.shifted').body.byMs = 6_000;
    expect(log.found()).toBeNull();
    log.append(14_500, 'platform', { type: 'clock.restarted', body: { lot: 'L1', offering: 1, cause: 'floor', startFen: 1_500, startsAt: 11_500, unitsLeft: 1 } }); // prettier-ignore
    expect(log.found()).toMatchObject({ code: 'floor-contradicts' });
  });

  it('it is said of a rising lot, or of another offering', () => {
    const log = forge();
    log.insertAfter(log.find('bid.refused'), 60_000, 'platform', {
      type: 'clock.shifted',
      body: { lot: 'L1', offering: 1, cause: 'dark', byMs: 100 },
    });
    expect(log.found()).toMatchObject({ type: 'clock.shifted', code: 'shift-unfounded' });
    const other = silent();
    other.find('clock.shifted').body.offering = 2;
    expect(other.found()).toMatchObject({ type: 'clock.shifted', code: 'shift-unfounded' });
  });
});

describe('a lie about the floor is caught:', () => {
  it('已达 was said below the floor, or not said above it', () => {
    const below = forge();
    below.find('bid.accepted', 1).body.floorMet = true;
    expect(below.foundWithFloors()).toMatchObject({ type: 'bid.accepted', code: 'floor-contradicts' });
    const above = forge();
    delete above.find('bid.accepted', 2).body.floorMet;
    expect(above.foundWithFloors()).toMatchObject({ type: 'bid.accepted', code: 'floor-contradicts' });
  });

  it('even without the openings, when a floor that was met is not met at a higher price', () => {
    const log = forge();
    log.find('bid.accepted', 1).body.floorMet = true;
    delete log.find('bid.accepted', 2).body.floorMet;
    expect(log.found()).toMatchObject({ type: 'bid.accepted', code: 'floor-contradicts' });
  });

  it('a re-offer started from another floor than the one that bids missed', () => {
    const log = forge();
    const { body } = log.find('lot.offered', -1);
    body.startFen = 4_320;
    if (body.clock) Object.assign(body.clock, { startFen: 4_320, stepFen: 200 });
    expect(log.found()).toMatchObject({ type: 'lot.offered', code: 'floor-contradicts' });
  });

  it('a re-offer started from another floor than the one its last clock ended on', () => {
    const log = forge();
    log.cutAfter(log.find('lot.setAside', 1));
    expect(log.find('clock.restarted', -1).body).toMatchObject({ cause: 'floor', startFen: 1_500 });
    const reoffered = (startFen: number): AuctionEvent => ({
      type: 'lot.offered',
      body: {
        ...{ lot: 'L3', offering: 2, format: 'dutch', units: 1, startFen },
        clock: { startFen, stepFen: 200, tickMs: 1_500, startsAt: 300_000 },
      },
    });
    expect(log.append(300_000, 'host', reoffered(1_800)).found()).toBeNull();
    log.drop(log.find('lot.offered', -1));
    expect(log.append(300_000, 'host', reoffered(1_920)).found()).toMatchObject({
      code: 'floor-contradicts',
    });
  });

  it('a second clock ended on another floor than the one it started from', () => {
    const show = new PaperShow({ lots: { L1: { format: 'dutch', stepFen: 200, floorFen: 3_600 } } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.pass(10_000);
    show.does(20_000, { name: 'reoffer', lot: 'L1' });
    show.pass(100_000);
    const log = new Forgery(show);
    expect(log.found()).toBeNull();
    // 4320, 4120, 3920, 3720, and in place of the cut to 3600 one more step, to 3520.
    log.drop(log.find('clock.restarted', -1));
    expect(log.find('lot.setAside', -1).t).toBe(27_500);
    expect(log.found()).toMatchObject({ type: 'lot.setAside', code: 'floor-contradicts' });
  });

  it('a falling clock was sealed below its floor', () => {
    const show = evening();
    expect(new Forgery(show).found(new Map([...show.floors, ['L3', 2_001]]))).toMatchObject({
      type: 'show.sealed',
      code: 'start-below-floor',
    });
  });
});

describe('a lie about lots and the show is caught:', () => {
  it('a lot was offered more often than allowed', () => {
    const log = new Forgery(evening({ rules: { furtherOfferings: 1 } }));
    log.cutAfter(log.find('lot.passed'));
    const offered = log.find('lot.offered', 2).body;
    const { clock } = log.find('lot.offered', 3).body;
    const at = (offering: number, t: number): AuctionEvent => ({
      type: 'lot.offered',
      body: { ...offered, offering, units: 1, startFen: 1_800, clock: { ...clock!, startFen: 1_800, stepFen: 200, startsAt: t } },
    }); // prettier-ignore
    log.append(300_000, 'host', at(2, 300_000));
    expect(log.found()).toBeNull();
    log.append(301_000, 'host', { type: 'lot.setAside', body: { lot: 'L3', offering: 2, units: 1 } });
    log.append(302_000, 'host', at(3, 302_000));
    expect(log.found()).toMatchObject({ type: 'lot.offered', code: 'offered-too-often' });
  });

  it('an offering was not counted', () => {
    const log = forge();
    log.find('lot.offered', -1).body.offering = 1;
    expect(log.found()).toMatchObject({ type: 'lot.offered', code: 'differs' });
  });

  it('a lot that was never offered was left out at the close', () => {
    const log = forge();
    log.drop(log.find('lot.withdrawn'));
    expect(log.found()).toMatchObject({ type: 'show.closed', code: 'lots-left' });
  });

  it('a lot with a valid bid was withdrawn', () => {
    const log = forge();
    log.insertAfter(log.find('lot.extended'), 61_000, 'host', {
      type: 'lot.withdrawn',
      body: { lot: 'L1', units: 1, reason: 'other' },
    });
    expect(log.found()).toMatchObject({ type: 'lot.withdrawn', code: 'not-allowed' });
  });

  it('what was sealed, closed or settled is miscounted', () => {
    const sealed = forge();
    sealed.find('show.sealed').body.units += 1;
    expect(sealed.found()).toMatchObject({ code: 'sealed-miscounted' });
    const closed = forge();
    closed.find('show.closed').body.hammerFen += 100;
    expect(closed.found()).toMatchObject({ code: 'closed-miscounted' });
    const settled = forge();
    settled.find('show.settled').body.passedUnits -= 1;
    expect(settled.found()).toMatchObject({ code: 'settled-miscounted' });
  });

  it('a lot was slipped in after the seal', () => {
    const log = forge();
    const { body } = log.find('lot.catalogued');
    log.insertAfter(log.find('show.opened'), 500, 'host', {
      type: 'lot.catalogued',
      body: { ...body, lot: 'L9', number: '009' },
    });
    expect(log.found()).toMatchObject({ type: 'lot.catalogued', code: 'not-allowed' });
  });

  it('a sale was undone after the next lot was offered', () => {
    const log = forge();
    log.insertAfter(log.find('bid.accepted', 3), 81_000, 'host', {
      type: 'sale.voided',
      body: { sale: 'S1', reason: 'technical' },
    });
    expect(log.found()).toMatchObject({ type: 'sale.voided', code: 'not-allowed' });
  });

  it('an amount differs from the bill, or one payment pays for two buyers', () => {
    const amount = forge();
    amount.find('sale.paid').body.amountFen -= 1;
    expect(amount.found()).toMatchObject({ type: 'sale.paid', code: 'not-allowed' });
    const txn = forge();
    for (const n of [0, 1, 2, 3]) txn.find('sale.paid', n).body.txn = TXN;
    expect(txn.found()).toMatchObject({ type: 'sale.paid', code: 'txn-reused' });
  });

  it('one payment for two sales of the same buyer is none', () => {
    const log = forge();
    log.find('sale.paid', 0).body.txn = TXN;
    log.find('sale.paid', 1).body.txn = TXN;
    expect([log.find('lot.hammered', 0), log.find('lot.hammered', 1)].map(({ body }) => body.bidder)).toEqual(
      [LIN, LIN],
    );
    expect(log.found()).toBeNull();
  });

  it('something is logged after the close, or after the settlement, or before the beginning', () => {
    const bid: AuctionEvent = {
      type: 'bidder.limited',
      body: { bidder: LIN, banned: true },
    };
    const closed = forge();
    closed.insertAfter(closed.find('show.closed'), 220_001, 'host', bid);
    expect(closed.found()).toMatchObject({ code: 'after-closed' });
    expect(forge().append(90_000_001, 'host', bid).found()).toMatchObject({ code: 'after-settled' });
    const headless = forge();
    headless.drop(headless.find('log.opened'));
    expect(headless.found()).toMatchObject({ i: 0, code: 'first-leaf' });
  });

  it('the settlement came before the time for complaints was over', () => {
    const log = forge();
    log.find('show.settled').t = 86_000_000;
    expect(log.found()).toMatchObject({ type: 'show.settled', code: 'not-allowed' });
  });
});

it('every finding has words in two languages', () => {
  for (const { zh, en } of Object.values(findings)) {
    expect(zh).toMatch(/[一-龥]/);
    expect(en).toMatch(/^[A-Z]/);
  }
});
