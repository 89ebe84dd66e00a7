import { evolve, initialShow } from '@qingpai/auction/rules';
import { defaultRules, type AuctionEvent, type LoggedEvent, type ShowState } from '@qingpai/wire';

/** A small show for the specs: three lots (rising with a floor, 0元起拍, a clock of six), two bidders. */
export const HASH = `${'A'.repeat(43)}=`;
export const LIN = 'lin-aaaaaaaaaaaa';
export const WU = 'wu-aaaaaaaaaaaaa';
export const CLOSES_AT = 61_000;

const lot = (
  id: string,
  number: string,
  title: string,
  rest: { format: 'english' | 'dutch'; startFen: number; units: number; unit: string; floor: string | null },
): AuctionEvent => ({
  type: 'lot.catalogued',
  body: { list: 1, lot: id, number, title, grower: 'grower-aaaaaaaaa', ...rest },
});
const registered = (bidder: string, paddle: number): AuctionEvent => ({
  type: 'bidder.registered',
  body: { bidder, id: HASH, kind: 'buyer', paddle },
});
export const draft: AuctionEvent[] = [
  { type: 'log.opened', body: { origin: 'market.example/shows/20261124-01', witnesses: [] } },
  registered(LIN, 45),
  registered(WU, 28),
  lot('L1', '001', '绣球 ‘无尽夏’', {
    format: 'english',
    startFen: 3_600,
    units: 1,
    unit: '盆',
    floor: HASH,
  }),
  lot('L2', '002', '长寿花', { format: 'english', startFen: 0, units: 1, unit: '盆', floor: null }),
  lot('L3', '003', '洋桔梗', { format: 'dutch', startFen: 13_400, units: 6, unit: '桶', floor: HASH }),
];
export const sealed: AuctionEvent[] = [
  ...draft,
  { type: 'show.sealed', body: { list: 1, lots: 3, units: 8, catalogue: HASH, rules: HASH } },
];
export const opened: AuctionEvent = {
  type: 'show.opened',
  body: { witnessed: false, reason: 'none-configured' },
};
export const offered = (id: string, startFen: number, offering = 1): AuctionEvent => ({
  type: 'lot.offered',
  body: { lot: id, offering, format: 'english', units: 1, startFen, closesAt: CLOSES_AT },
});
export const falling: AuctionEvent = {
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
export const bid = (bidder: string, amountFen: number, floorMet = false, id = 'L1'): AuctionEvent => ({
  type: 'bid.accepted',
  body: {
    bid: `bid-${bidder.slice(0, 2)}-${amountFen}`,
    bidder,
    lot: id,
    offering: 1,
    amountFen,
    nth: 1,
    ...(floorMet ? { floorMet: true as const } : {}),
  },
});
export const hammered = (id: string, bidder: string, unitPriceFen: number, sale = 'S1'): AuctionEvent => ({
  type: 'lot.hammered',
  body: { lot: id, offering: 1, sale, bidder, firstUnit: 1, units: 1, unitPriceFen },
});
export const setAside = (id: string, offering = 1, units = 1): AuctionEvent => ({
  type: 'lot.setAside',
  body: { lot: id, offering, units },
});

export const logged = (i: number, event: AuctionEvent): LoggedEvent => ({
  i,
  t: 1_000 + i,
  by: 'platform',
  ...event,
});
/** The events folded, one millisecond apart from 1 000 ms on. */
export function fold(events: AuctionEvent[]): ShowState {
  const state = initialShow(defaultRules);
  for (const [i, event] of events.entries()) evolve(state, logged(i, event));
  return state;
}
export const show = (...events: AuctionEvent[]): ShowState => fold([...sealed, ...events]);
export const live = (...events: AuctionEvent[]): ShowState => show(opened, ...events);
