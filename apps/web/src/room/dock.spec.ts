import { evolve, initialShow } from '@qingpai/auction/rules';
import { defaultRules, type AuctionEvent, type RoomMe, type ShowState } from '@qingpai/wire';
import type { BidMade } from '../shared/client';
import {
  actOf,
  floorWord,
  lotsInOrder,
  momentOf,
  nextLot,
  ringPart,
  stepFen,
  stepsAbovePrice,
  type Seen,
} from './dock';

const HASH = `${'A'.repeat(43)}=`;
const LIN = 'lin-aaaaaaaaaaaa';
const WU = 'wu-aaaaaaaaaaaaa';
const CLOSES_AT = 61_000;
const me: RoomMe = {
  role: 'buyer',
  nickname: '小林',
  bidder: LIN,
  paddle: 45,
  nth: 1,
  waiting: false,
  muted: false,
  proxies: [],
};
const guest: RoomMe = { ...me, role: null, bidder: null, paddle: null };

const lot = (id: string, number: string, format: 'english' | 'dutch', startFen: number, floor: string | null): AuctionEvent => ({
  type: 'lot.catalogued',
  body: { list: 1, lot: id, number, title: `拍品 ${number}`, grower: 'grower-aaaaaaaaa', unit: '盆', units: format === 'dutch' ? 6 : 1, format, startFen, floor },
}); // prettier-ignore
const registered = (bidder: string, paddle: number): AuctionEvent => ({
  type: 'bidder.registered',
  body: { bidder, id: HASH, kind: 'buyer', paddle },
});
const sealed: AuctionEvent[] = [
  { type: 'log.opened', body: { origin: 'market.example/shows/20261124-01', witnesses: [] } },
  registered(LIN, 45),
  registered(WU, 28),
  lot('L1', '001', 'english', 3_600, HASH),
  lot('L2', '002', 'english', 0, null),
  lot('L3', '003', 'dutch', 13_400, HASH),
  { type: 'show.sealed', body: { list: 1, lots: 3, units: 8, catalogue: HASH, rules: HASH } },
];
const opened: AuctionEvent = { type: 'show.opened', body: { witnessed: false, reason: 'none-configured' } };
const offered = (id: string, startFen: number): AuctionEvent => ({
  type: 'lot.offered',
  body: { lot: id, offering: 1, format: 'english', units: 1, startFen, closesAt: CLOSES_AT },
});
const falling: AuctionEvent = {
  type: 'lot.offered',
  body: {
    lot: 'L3',
    offering: 1,
    format: 'dutch',
    units: 6,
    startFen: 13_400,
    clock: { startFen: 13_400, stepFen: 200, tickMs: 1_500, startsAt: 1_000 },
  },
};
const bid = (bidder: string, amountFen: number, floorMet = false): AuctionEvent => ({
  type: 'bid.accepted',
  body: { bid: `bid-${bidder.slice(0, 2)}-${amountFen}`, bidder, lot: 'L1', offering: 1, amountFen, nth: 1, ...(floorMet ? { floorMet: true as const } : {}) },
}); // prettier-ignore

function show(...events: AuctionEvent[]): ShowState {
  const state = initialShow(defaultRules);
  for (const [i, event] of [...sealed, ...events].entries())
    evolve(state, { i, t: 1_000, by: 'platform', ...event });
  return state;
}
const seen = (state: ShowState, changed: Partial<Seen> = {}): Seen => ({
  state,
  me,
  link: 'hidden',
  pending: null,
  nowMs: 2_000,
  steps: 0,
  ...changed,
});
const onBlock = () => show(opened, offered('L1', 3_600));
const contested = () => show(opened, offered('L1', 3_600), bid(WU, 5_800));

describe('the moment of the dock', () => {
  it('is before, between, rising, clock', () => {
    expect(momentOf(show())).toBe('before');
    expect(momentOf(show(opened))).toBe('between');
    expect(momentOf(onBlock())).toBe('rising');
    expect(momentOf(show(opened, falling))).toBe('clock');
  });

  it('is over when another show goes on from this one, whatever stands on the block', () => {
    expect(momentOf(onBlock(), { how: 'continued', byShow: '20261125-02' })).toBe('ended');
  });

  it('knows the lots in their order and what comes next', () => {
    expect(lotsInOrder(show()).map((each) => each.number)).toEqual(['001', '002', '003']);
    expect(nextLot(onBlock())?.lot).toBe('L2');
  });
});

describe('the big button', () => {
  it('opens at the start price, then asks one step more', () => {
    expect(actOf(seen(onBlock()))).toEqual({ act: 'bid', amountFen: 3_600 });
    expect(actOf(seen(contested()))).toEqual({ act: 'bid', amountFen: 6_000 });
  });

  it('at 0元起拍 asks one step at least', () => {
    expect(actOf(seen(show(opened, offered('L2', 0))))).toEqual({ act: 'bid', amountFen: 100 });
  });

  it('goes up by whole steps', () => {
    expect(actOf(seen(contested(), { steps: 2 }))).toEqual({ act: 'bid', amountFen: 6_400 });
    expect(stepFen(contested())).toBe(200);
    expect(stepsAbovePrice(contested(), 6_400)).toBe(3);
    expect(stepsAbovePrice(contested(), 6_600)).toBe(4);
  });

  it('asks a guest to take a paddle, without hiding the price', () => {
    expect(actOf(seen(contested(), { me: guest }))).toEqual({ act: 'join', amountFen: 6_000 });
  });

  it('rests while the buyer leads', () => {
    const state = show(opened, offered('L1', 3_600), bid(LIN, 3_600));
    expect(actOf(seen(state))).toEqual({ act: 'leading' });
  });

  it('at the close says that it is syncing, and still lets a bid through', () => {
    expect(actOf(seen(contested(), { nowMs: CLOSES_AT }))).toEqual({ act: 'late', amountFen: 6_000 });
    const led = show(opened, offered('L1', 3_600), bid(LIN, 3_600));
    expect(actOf(seen(led, { nowMs: CLOSES_AT }))).toEqual({ act: 'sync' });
  });

  it('stays with the bid that is under way, whatever the price does', () => {
    const pending: BidMade = {
      bid: { bidId: 'bid-00001', lot: 'L1', offering: 1, amountFen: 5_600 },
      stage: 'unknown',
      sentAtMs: 0,
      i: null,
      answer: null,
      ready: true,
      mended: [],
    };
    expect(actOf(seen(contested(), { pending }))).toEqual({ act: 'unknown', amountFen: 5_600 });
  });

  it('is off while the line is broken or the lot frozen, and for hosts', () => {
    expect(actOf(seen(contested(), { link: 'reconnecting' }))).toEqual({ act: 'offline' });
    expect(actOf(seen(contested(), { me: { ...me, role: 'host' } }))).toEqual({ act: 'barred' });
    const frozen = show(opened, offered('L1', 3_600), {
      type: 'lot.frozen',
      body: { lot: 'L1', offering: 1, left: 9_000 },
    });
    expect(actOf(seen(frozen))).toEqual({ act: 'frozen' });
  });

  it("follows the falling clock by the server's time", () => {
    const state = show(opened, falling);
    expect(actOf(seen(state, { nowMs: 1_000 }))).toEqual({ act: 'bid', amountFen: 13_400 });
    expect(actOf(seen(state, { nowMs: 1_000 + 3 * 1_500 }))).toEqual({ act: 'bid', amountFen: 12_800 });
  });
});

describe('the words of the floor', () => {
  it('are these and tell no amount', () => {
    const state = contested();
    const word = (id: string, of = state) => floorWord(of.lots[id]!, of.lots[id]!.offerings.at(-1) ?? null);
    expect(word('L2')).toBe('zeroStart');
    expect(word('L3')).toBe('floorSome');
    expect(word('L1', onBlock())).toBe('floorSome');
    expect(word('L1')).toBe('floorNotMet');
    expect(word('L1', show(opened, offered('L1', 3_600), bid(WU, 5_800, true)))).toBe('floorMet');
  });
});

it('the ring empties with the time that was set last', () => {
  const state = onBlock();
  const offering = state.lots.L1!.offerings[0]!;
  expect(ringPart(state, offering, 60_000)).toBe(1);
  expect(ringPart(state, offering, 30_000)).toBe(0.5);
  expect(ringPart(state, { ...offering, extensions: 1 }, 7_500)).toBe(0.5);
  expect(ringPart(state, { ...offering, lastCall: true }, 5_000)).toBe(0.5);
  expect(ringPart(state, offering, -5)).toBe(0);
});
