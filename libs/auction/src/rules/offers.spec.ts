import { type EventBody, type LoggedEvent, type ShowRules } from '@qingpai/wire';
import {
  bidBook,
  certificateOf,
  evolve,
  evolveBook,
  gridBelowFen,
  initialShow,
  INTEREST_MAX,
  judge,
  leastOnGridFen,
  offerCandidates,
  offerPriceFen,
  standingOffer,
  standingOffers,
  stepsBetween,
} from './index.js';
import { CHEN, HALL, HASH, HOST, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

const offers = { answerWithinMs: 180_000, perLotMax: 3 };
const ladder = { pauseMs: 5_000, atLast: 'pass' as const, offers };

/** L1 is offered at 1 000, Lin and Wu bid below its floor, it is set aside at 61 000 and is used up with that. */
function leftOver(lot: PaperLot = {}, rules: Partial<ShowRules> = {}): PaperShow {
  const show = new PaperShow({
    rules: { ladder, furtherOfferings: 0, ...rules },
    lots: { L1: { floorFen: 4_500, ...lot } },
  });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.bid(3_000, WU, 3_800);
  show.bid(4_000, LIN, 4_000);
  show.pass(61_000);
  return show;
}
const answers = (show: PaperShow, atMs: number, by: string, accept: boolean, offer = 'O1') =>
  show.ask(atMs, { name: 'answerOffer', offer, accept }, by);
const reasonOf = (show: PaperShow, atMs: number, by: string, accept: boolean, offer = 'O1') => {
  const decision = answers(show, atMs, by, accept, offer);
  return decision.ok ? null : decision.reason;
};

describe('what is left over', () => {
  it('is offered to who bid most, a pause after the last end, at the least step the grower would sell for', () => {
    const show = leftOver();
    show.pass(65_999);
    expect(show.said('offer.made')).toEqual([]);
    show.pass(66_000);
    expect(show.said('offer.made')).toEqual([
      {
        ...{ offer: 'O1', cause: 'ladder', lot: 'L1', bidder: LIN, units: 1, unitPriceFen: 4_600 },
        expiresAt: 246_000,
      },
    ]);
    expect(show.leaves.at(-1)).toMatchObject({ by: 'platform' });
  });

  it('is sold to who accepts, and counts as sold after its offerings', () => {
    const show = leftOver({ units: 3 });
    show.pass(70_000);
    expect(answers(show, 100_000, LIN, true)).toMatchObject({ ok: true });
    expect(show.types(-2 + show.leaves.length)).toEqual(['offer.accepted', 'lot.hammered']);
    expect(show.said('lot.hammered')).toMatchObject([
      { sale: 'S1', offer: 'O1', bidder: LIN, firstUnit: 1, units: 3, unitPriceFen: 4_600 },
    ]);
    expect(show.lot()).toMatchObject({ phase: 'hammered', soldUnits: 3 });
    expect(show.does(101_000, { name: 'close' })).toMatchObject([{ body: { hammerFen: 13_800 } }]);
    const certificate = certificateOf(show.state.rules, show.leaves);
    expect(certificate).toMatchObject({
      ...{ firstPass: { units: 0, of: 3 }, afterReoffer: { units: 3, of: 3 } },
      ...{ offers: { made: 1, soldUnits: 3 }, passedAttempts: 1, unsold: [] },
    });
    expect(certificate.lots[0]).toMatchObject({
      attempts: [{ result: 'setAside', soldUnits: 0 }],
      offers: [{ unitPriceFen: 4_600, result: 'accepted' }],
    });
  });

  it('goes to the next when the first declines, or does not answer in time; then the ladder goes to its end', () => {
    const show = leftOver();
    show.pass(66_000);
    answers(show, 70_000, LIN, false);
    show.pass(70_001);
    expect(show.said('offer.made').map(({ bidder }) => bidder)).toEqual([LIN, WU]);
    expect(show.said('offer.made')[1]).toMatchObject({ offer: 'O2', expiresAt: 250_000 });
    show.pass(249_999);
    expect(show.lot().phase).toBe('waiting');
    show.pass(250_000);
    expect(show.types().slice(-3)).toEqual(['offer.made', 'offer.lapsed', 'lot.passed']);
    expect(show.lot().offers.map(({ result }) => result)).toEqual(['declined', 'lapsed']);
  });

  it.each([
    ['carry', 'carried'],
    ['wait', 'waiting'],
  ] as const)('at last may also %s', (atLast, phase) => {
    const show = leftOver({}, { ladder: { ...ladder, atLast } });
    show.pass(900_000);
    expect(show.lot()).toMatchObject({ phase, offers: [{ result: 'lapsed' }, { result: 'lapsed' }] });
  });

  it('is offered for several lots at once, so that a show ends in time', () => {
    const lots = Object.fromEntries([1, 2, 3, 4].map((n) => [`L${n}`, { floorFen: 9_000 }]));
    const show = new PaperShow({ rules: { ladder, furtherOfferings: 0 }, lots });
    for (const [k, lot] of Object.keys(lots).entries()) {
      show.does(1_000 + k * 61_000, { name: 'offer', lot });
      show.bid(2_000 + k * 61_000, LIN, 3_600);
    }
    show.pass(250_000);
    expect(standingOffers(show.state).map(({ lot, offer }) => [lot.lot, offer.offer])).toEqual([
      ...[['L1', 'O1'], ['L2', 'O2'], ['L3', 'O3'], ['L4', 'O4']], // prettier-ignore
    ]);
    answers(show, 251_000, LIN, true, 'O3');
    show.pass(430_000);
    expect(Object.values(show.state.lots).map(({ phase }) => phase)).toEqual([
      ...['passed', 'passed', 'hammered', 'passed'],
    ]);
  });

  it('may lapse while another lot is on the block', () => {
    const show = leftOver();
    show.pass(66_000);
    show.describe(70_000, 'L2');
    show.does(71_000, { name: 'seal', catalogue: HASH });
    show.does(240_000, { name: 'offer', lot: 'L2' });
    show.pass(246_000);
    expect(show.state.block).toBe('L2');
    expect(show.types().slice(-2)).toEqual(['lot.offered', 'offer.lapsed']);
    show.pass(400_000);
    expect(show.said('offer.made').map(({ bidder }) => bidder)).toEqual([LIN, WU]);
  });

  it('is offered to nobody where the sealed ladder says nothing of offers', () => {
    const show = leftOver({}, { ladder: { pauseMs: 0, atLast: 'wait' } });
    show.pass(900_000);
    expect(show.lot()).toMatchObject({ interest: [], offers: [], phase: 'waiting' });
  });

  it('is first re-offered as often as the rules say', () => {
    const show = leftOver({}, { furtherOfferings: 1 });
    show.pass(400_000);
    expect(show.types().filter((type) => /lot.offered|offer.made/.test(type))).toEqual([
      ...['lot.offered', 'lot.offered', 'offer.made', 'offer.made'],
    ]);
  });
});

describe('the order', () => {
  const dear = { floorFen: 90_000 };

  it('is by best accepted bid, the earlier first; who only placed a maximum comes last, refused bids do not count', () => {
    const show = new PaperShow({ rules: { ladder, furtherOfferings: 0 }, lots: { L1: dear } });
    show.register('zhou-aaaaaaaaaaa');
    expect(show.most(500, CHEN, 3_600, 'L1')).toBeNull();
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_800);
    show.bid(2_100, 'zhou-aaaaaaaaaaa', 9_999);
    show.bid(3_000, WU, 4_000);
    show.pass(61_000);
    expect(show.lot().interest).toMatchObject([
      { bidder: WU, bestFen: 4_000 },
      { bidder: LIN, bestFen: 3_800 },
      { bidder: CHEN, bestFen: 3_600 }, // bid for him when the lot was called
    ]);
    show.pass(900_000);
    expect(show.said('offer.made').map(({ bidder }) => bidder)).toEqual([WU, LIN, CHEN]);
  });

  it('has the takers of a clock in it, who pay what they paid before', () => {
    const show = new PaperShow({
      rules: { ladder, furtherOfferings: 0 },
      lots: { L1: { format: 'dutch', units: 3, startFen: 2_050, floorFen: 1_500 } },
    });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_500, WU, 1_950);
    show.pass(100_000);
    expect(show.said('offer.made')).toMatchObject([{ bidder: WU, units: 2, unitPriceFen: 1_950 }]);
    answers(show, 101_000, WU, true);
    expect(show.said('lot.hammered').at(-1)).toMatchObject({ firstUnit: 2, units: 2 });
  });

  it('says nothing of the floor where somebody may not even pay again what he paid before', () => {
    const show = new PaperShow({
      rules: { ladder, furtherOfferings: 0 },
      lots: { L1: { format: 'dutch', units: 2, startFen: 2_050, floorFen: 1_500 } },
    });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_500, WU, 1_950);
    show.does(2_600, { name: 'limit', bidder: WU, limitFen: 1_949 });
    show.pass(100_000);
    expect(show.types().slice(-2)).toEqual(['offers.ended', 'lot.passed']);
  });

  it('of equal bids in two offerings has the earlier first', () => {
    const show = leftOver();
    show.does(62_000, { name: 'limit', bidder: HOST }); // no more than a leaf in between
    const at = show.lot().interest.map(({ i }) => i);
    expect([...at].sort((a, b) => b - a)).toEqual(at);
  });

  it('leaves out who may not buy, and who could not pay it', () => {
    const show = leftOver();
    show.does(62_000, { name: 'limit', bidder: LIN, limitFen: 4_599 });
    show.does(62_000, { name: 'limit', bidder: WU, banned: true });
    show.pass(66_000);
    expect(show.types().slice(-2)).toEqual(['offers.ended', 'lot.passed']);
    expect(show.said('offers.ended')).toEqual([{ lot: 'L1', reason: 'over-limit' }]);
  });

  it('asks so many, and no more', () => {
    const show = leftOver({}, { ladder: { ...ladder, offers: { ...offers, perLotMax: 1 } } });
    show.pass(900_000);
    expect(show.said('offer.made')).toHaveLength(1);
    expect(show.lot().phase).toBe('passed');
  });

  it('is kept of the best twenty', () => {
    const show = new PaperShow({ rules: { ladder, furtherOfferings: 0 }, lots: { L1: dear } });
    const people = Array.from({ length: INTEREST_MAX + 2 }, (_, n) => `buyer-${String(n).padStart(10, '0')}`);
    for (const bidder of people) show.register(bidder);
    show.does(1_000, { name: 'offer', lot: 'L1' });
    for (const [n, bidder] of people.entries()) show.bid(2_000 + n, bidder, 3_600 + n * 200);
    expect(show.lot().interest.map(({ bidder }) => bidder)).toEqual(
      people.toReversed().slice(0, INTEREST_MAX),
    );
    expect(offerCandidates(show.state, show.lot())).toHaveLength(INTEREST_MAX);
  });
});

describe('the price', () => {
  const { state, ...show } = leftOver();
  const lot = { ...state.lots.L1!, startFen: 3_600, stepFen: null, format: 'english' as const };

  it.each([
    ['is the least step at the floor or above', 4_500, 4_000, 4_600],
    ['is the floor itself only where it lies on a step', 4_600, 4_000, 4_600],
    ['is his own bid where the grower would sell for it', 4_500, 5_000, 5_000],
    ['is the start price where the floor is below', 1_000, 0, 3_600],
    ['leaps over bounds', 29_999, 4_000, 30_000],
  ])('%s', (_what, floorFen, bestFen, priceFen) => {
    expect(offerPriceFen(state.rules, lot, floorFen, bestFen)).toBe(priceFen);
  });

  it('of a falling lot lies on the grid from zero', () => {
    expect(offerPriceFen(state.rules, { ...lot, format: 'dutch', startFen: 9_950 }, 1_501, 0)).toBe(1_600);
  });

  it('and the amount below it are neighbours on the grid, however far it goes', () => {
    for (const amountFen of [1, 99, 100, 101, 2_999, 3_001, 99_999, 12_345_678, 999_999_999_999]) {
      const leastFen = leastOnGridFen(state.rules, lot, 100, amountFen);
      const belowFen = gridBelowFen(state.rules, lot, 100, leastFen);
      expect(stepsBetween(state.rules, lot, 100, leastFen)).not.toBeNull();
      expect(leastFen).toBeGreaterThanOrEqual(amountFen);
      if (belowFen > 0) expect(stepsBetween(state.rules, lot, belowFen, leastFen)).toBe(1);
      else expect(leastFen).toBe(100);
    }
    expect(show.leaves).not.toEqual([]);
  });
});

describe('an answer', () => {
  it('counts once, from who was asked, while there is time', () => {
    const show = leftOver();
    show.pass(66_000);
    expect(reasonOf(show, 67_000, WU, true)).toBe('not-allowed');
    expect(reasonOf(show, 67_000, 'host', true)).toBe('not-allowed');
    expect(reasonOf(show, 67_000, LIN, true, 'O9')).toBe('not-found');
    expect(reasonOf(show, 245_999, LIN, true)).toBeNull();
    expect(reasonOf(show, 246_001, LIN, true)).toBe('offer-over');
    expect(show.said('lot.hammered')).toHaveLength(1);
  });

  it('comes too late at the moment its time is over', () => {
    const show = leftOver();
    expect(reasonOf(show, 246_000, LIN, true)).toBe('offer-over');
  });

  it('buys only for who may still buy', () => {
    const show = leftOver();
    show.pass(66_000);
    show.does(67_000, { name: 'limit', bidder: LIN, limitFen: 100 });
    expect(reasonOf(show, 68_000, LIN, true)).toBe('over-limit');
    show.does(69_000, { name: 'limit', bidder: LIN, banned: true });
    expect(reasonOf(show, 70_000, LIN, true)).toBe('bidder-not-allowed');
    expect(reasonOf(show, 71_000, LIN, false)).toBeNull();
  });

  it('of a person in the hall is given by the house', () => {
    const show = new PaperShow({ rules: { ladder, furtherOfferings: 0 }, lots: { L1: { floorFen: 9_000 } } });
    show.register(HALL, 'hall');
    show.does(1_000, { name: 'offer', lot: 'L1' });
    const bid = { bidId: 'hall-000001', lot: 'L1', offering: 1, amountFen: 3_600 };
    show.does(2_000, { name: 'bid', bidder: HALL, bid, nth: 1 }, 'moderator');
    show.pass(66_000);
    expect(reasonOf(show, 67_000, HALL, true)).toBe('not-allowed');
    expect(reasonOf(show, 68_000, 'moderator', true)).toBeNull();
    expect(show.said('offer.accepted')).toMatchObject([{ bidder: HALL, byModerator: true }]);
  });

  it('is signed by the key of who gives it, but through the plain form', () => {
    const show = new PaperShow({
      rules: { ladder, furtherOfferings: 0 },
      lots: { L1: { floorFen: 9_000 } },
      signed: true,
    });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    show.bid(3_000, WU, 3_800);
    show.pass(66_000);
    show.ask(67_000, { name: 'answerOffer', offer: 'O1', accept: false }, WU);
    show.pass(67_001);
    show.ask(68_000, { name: 'answerOffer', offer: 'O2', accept: true, form: true }, LIN);
    const signed = show.leaves
      .filter(({ type }) => /^offer\.(acc|dec)/.test(type))
      .map(({ sig }) => Boolean(sig));
    expect(signed).toEqual([true, false]);
  });
});

describe('while somebody is asked', () => {
  it('the lot can be neither passed, nor withdrawn, nor carried', () => {
    const show = leftOver();
    show.pass(66_000);
    const lot = 'L1';
    expect(show.reason(67_000, { name: 'pass', lot })).toBe('offer-stands');
    expect(show.reason(67_000, { name: 'carry', lot })).toBe('offer-stands');
    expect(show.reason(67_000, { name: 'withdraw', lot, reason: 'other' })).toBe('offer-stands');
    expect(show.reason(67_000, { name: 'reoffer', lot })).toBe('no-more-offerings');
    expect(show.reason(67_000, { name: 'close' })).toBe('lots-left');
  });

  it('no hammer of its lot can be undone: the units would come back beside those that are offered', () => {
    const show = new PaperShow({
      rules: { ladder, furtherOfferings: 0 },
      lots: { L1: { format: 'dutch', units: 3, startFen: 2_050, floorFen: 1_500 } },
    });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_500, WU, 1_950);
    show.pass(100_000);
    const undo = { name: 'undo', sale: 'S1', reason: 'technical' } as const;
    expect(show.reason(100_500, undo)).toBe('offer-stands');
    show.does(100_600, { name: 'endOffers', lot: 'L1', reason: 'other' });
    show.does(100_700, undo);
    expect(show.lot()).toMatchObject({ phase: 'waiting', soldUnits: 0 });
  });

  it('the host may ask nobody further, for a reason; then the ladder goes on to its end', () => {
    const show = leftOver();
    show.pass(66_000);
    show.does(67_000, { name: 'endOffers', lot: 'L1', reason: 'show-must-end' });
    expect(show.said('offers.ended')).toEqual([{ lot: 'L1', offer: 'O1', reason: 'show-must-end' }]);
    expect(standingOffer(show.lot())).toBeUndefined();
    expect(reasonOf(show, 67_000, LIN, true)).toBe('offer-over');
    show.pass(67_001);
    expect(show.lot().phase).toBe('passed');
    expect(show.reason(68_000, { name: 'endOffers', lot: 'L1', reason: 'other' })).toBe('lot-not-waiting');
  });

  it('nobody can end what was ended, or where nothing waits', () => {
    const show = leftOver({}, { ladder: { ...ladder, atLast: 'wait' } });
    show.does(62_000, { name: 'endOffers', lot: 'L1', reason: 'other' });
    expect(show.reason(63_000, { name: 'endOffers', lot: 'L1', reason: 'other' })).toBe('already-decided');
    expect(show.reason(63_000, { name: 'endOffers', lot: 'L9', reason: 'other' })).toBe('unknown-lot');
    show.pass(900_000);
    expect(show.said('offer.made')).toEqual([]);
    expect(show.does(900_000, { name: 'pass', lot: 'L1' })).toHaveLength(1);
  });

  it('a hammer that is undone gives the lot back to the host', () => {
    const show = leftOver();
    show.pass(66_000);
    answers(show, 67_000, LIN, true);
    show.does(68_000, { name: 'undo', sale: 'S1', reason: 'technical' });
    show.pass(900_000);
    expect(show.lot()).toMatchObject({ phase: 'waiting', soldUnits: 0 });
    expect(show.does(900_000, { name: 'carry', lot: 'L1' })).toHaveLength(1);
  });
});

// ---------------------------------------------------------------- what the judge finds

/** An honest log with an offer that was declined and one that was accepted, changed by who has the keys. */
function found(change: (leaves: LoggedEvent[]) => void, floors?: 'opened', of = asked()): string | null {
  const leaves = structuredClone(of.leaves);
  change(leaves);
  const state = initialShow(of.state.rules);
  const book = bidBook();
  for (const [i, each] of leaves.entries()) {
    const leaf = { ...each, i };
    const finding = judge(state, book, leaf, floors && of.floors);
    if (finding) return `${leaf.type} ${finding.code}`;
    evolve(state, leaf);
    evolveBook(book, leaf);
  }
  return null;
}
function asked(): PaperShow {
  const show = leftOver();
  show.pass(66_000);
  answers(show, 70_000, LIN, false);
  show.pass(70_001);
  answers(show, 80_000, WU, true, 'O2');
  return show;
}
type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>;
const leafOf = <T extends LoggedEvent['type']>(leaves: LoggedEvent[], type: T, n = 0) =>
  leaves.filter((leaf) => leaf.type === type)[n] as Of<T>;
const drop = (leaves: LoggedEvent[], leaf: LoggedEvent) => void leaves.splice(leaves.indexOf(leaf), 1);
const made = (leaves: LoggedEvent[], n: number): EventBody<'offer.made'> =>
  leafOf(leaves, 'offer.made', n).body;

describe('the judge finds', () => {
  it('nothing in an honest log, with the floors and without', () => {
    expect(found(() => undefined)).toBeNull();
    expect(found(() => undefined, 'opened')).toBeNull();
  });

  it.each<[string, (leaves: LoggedEvent[]) => void, string]>([
    ['somebody else asked first', (leaves) => void (made(leaves, 0).bidder = WU), 'offer.made due-differs'],
    ['the same person asked again', (leaves) => void (made(leaves, 1).bidder = LIN), 'offer.made due-differs'],
    ['who never bid asked', (leaves) => void (made(leaves, 1).bidder = CHEN), 'offer.made due-differs'],
    ['less time than the rules give', (leaves) => void (made(leaves, 0).expiresAt -= 1), 'offer.made due-differs'],
    ['a price beside the grid', (leaves) => void (made(leaves, 0).unitPriceFen = 4_650), 'offer.made due-differs'],
    ['a price below what was bid and refused to him', (leaves) => void (made(leaves, 0).unitPriceFen = 3_800), 'offer.made due-differs'],
    ['a second price that another floor would give', (leaves) => void (made(leaves, 1).unitPriceFen = 5_000), 'offer.made floor-contradicts'],
    ['fewer units', (leaves) => void (made(leaves, 0).units = 2), 'offer.made due-differs'],
    ['an offer before the pause is over', (leaves) => { for (const leaf of leaves) if (leaf.t === 66_000) leaf.t = 65_999; }, 'offer.made due-early'],
    ['an offer left out', (leaves) => drop(leaves, leafOf(leaves, 'offer.made')), 'offer.declined due-skipped'],
    ['an answer to an offer of another', (leaves) => { const leaf = leafOf(leaves, 'offer.accepted'); leaf.body.bidder = leaf.by = LIN; }, 'offer.accepted not-allowed'],
    ['an accepted offer for less', (leaves) => void (leafOf(leaves, 'offer.accepted').body.unitPriceFen = 4_000), 'offer.accepted differs'],
    ['an offer accepted when its time was over', (leaves) => { for (const leaf of leaves.slice(-2)) leaf.t = 250_001; }, 'offer.accepted due-skipped'],
    ['an offer accepted and not sold', (leaves) => { drop(leaves, leafOf(leaves, 'lot.hammered')); leaves.push({ ...leaves.at(-1)!, type: 'lot.passed', by: 'host', body: { lot: 'L1', offering: 1, units: 1 } }); }, 'lot.passed offer-unhammered'],
    ['an offer accepted by one and sold to another', (leaves) => void (leafOf(leaves, 'lot.hammered').body.bidder = CHEN), 'lot.hammered offer-unhammered'],
    ['a hammer that nobody accepted', (leaves) => drop(leaves, leafOf(leaves, 'offer.accepted')), 'lot.hammered hammer-early'],
    ['an offer that lapses before its time', (leaves) => Object.assign(leafOf(leaves, 'offer.declined'), { type: 'offer.lapsed', by: 'platform', body: { offer: 'O1', lot: 'L1' } }), 'offer.lapsed due-early'],
    ['nobody asked, as if all were above their limits', (leaves) => Object.assign(leafOf(leaves, 'offer.made'), { type: 'offers.ended', body: { lot: 'L1', reason: 'over-limit' } }), 'offers.ended floor-contradicts'],
    ['the host in the place of the platform', (leaves) => Object.assign(leafOf(leaves, 'offer.declined'), { type: 'offers.ended', by: 'host', body: { lot: 'L1', offer: 'O1', reason: 'over-limit' } }), 'offers.ended differs'],
    ['the platform in the place of the host', (leaves) => Object.assign(leafOf(leaves, 'offer.declined'), { type: 'offers.ended', by: 'platform', body: { lot: 'L1', offer: 'O1', reason: 'other' } }), 'offers.ended due-early'],
  ])('%s', (_what, change, finding) => {
    expect(found(change)).toBe(finding);
  }); // prettier-ignore

  it('an offer below the floor, once that is opened', () => {
    const lower = (leaves: LoggedEvent[]) => {
      made(leaves, 0).unitPriceFen = 4_200;
      leafOf(leaves, 'offer.declined').body.unitPriceFen = 4_200;
      for (const leaf of leaves.slice(-3)) Object.assign(leaf.body, { unitPriceFen: 4_200 });
    };
    expect(found(lower)).toBeNull(); // some floor explains it
    expect(found(lower, 'opened')).toBe('offer.made floor-contradicts');
  });
});
