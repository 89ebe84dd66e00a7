import type { LoggedEvent, ReplayPiece } from '@qingpai/wire';
import { bidsAt, eveningOf, isInPieces, jumpTo, pieceAfter, pieceAt } from './evening';

const piece = (
  segment: number,
  fromMs: number,
  toMs: number,
  state: ReplayPiece['state'] = 'kept',
): ReplayPiece => ({
  ...{ segment, fromMs, toMs, state, bytes: 1, sha256: '' },
});
const pieces = [
  piece(1, 1_000, 5_000),
  piece(2, 5_000, 9_000),
  piece(3, 20_000, 30_000),
  piece(4, 30_000, 40_000, 'deleted'),
];

let i = 0;
const event = (t: number, type: string, body: object) =>
  ({ i: (i += 1), t, by: 'host', type, body }) as unknown as LoggedEvent;
const evening = eveningOf([
  event(0, 'lot.catalogued', { lot: 'L1', number: '001', title: '绣球' }),
  event(0, 'bidder.registered', { bidder: 'a', paddle: 28 }),
  event(2_000, 'lot.offered', { lot: 'L1', offering: 1 }),
  event(3_000, 'bid.accepted', { lot: 'L1', bidder: 'a', amountFen: 3_600 }),
  event(4_000, 'bid.accepted', { lot: 'L1', bidder: 'a', amountFen: 3_800, auto: true }),
  event(6_000, 'lot.setAside', { lot: 'L1' }),
  event(22_000, 'lot.offered', { lot: 'L1', offering: 2 }),
  event(23_000, 'bid.accepted', { lot: 'L1', bidder: 'a', amountFen: 2_000 }),
  event(24_000, 'lot.hammered', { lot: 'L1', bidder: 'a', unitPriceFen: 2_000, sale: 'S1' }),
]);

test('each offering has its time, its end and its price', () => {
  expect(evening.offered).toEqual([
    {
      lot: 'L1',
      number: '001',
      title: '绣球',
      offering: 1,
      fromMs: 2_000,
      toMs: 6_000,
      result: 'aside',
      priceFen: null,
      sale: null,
    },
    {
      lot: 'L1',
      number: '001',
      title: '绣球',
      offering: 2,
      fromMs: 22_000,
      toMs: 24_000,
      result: 'sold',
      priceFen: 2_000,
      sale: 'S1',
    },
  ]);
});

test('beside the picture run the bids of its own moment, newest first, and none that came later', () => {
  expect(bidsAt(evening, 1_000)).toEqual({ on: null, bids: [] });
  expect(bidsAt(evening, 3_500).bids.map(({ amountFen, paddle }) => [amountFen, paddle])).toEqual([
    [3_600, 28],
  ]);
  expect(bidsAt(evening, 5_000).bids.map(({ amountFen, isAuto }) => [amountFen, isAuto])).toEqual([
    [3_800, true],
    [3_600, false],
  ]);
  expect(bidsAt(evening, 25_000).bids.map(({ isHammer }) => isHammer)).toEqual([true, false]);
});

test('a moment is in one piece or in none, and what is deleted shows nothing', () => {
  expect(pieceAt(pieces, 4_999)?.segment).toBe(1);
  expect(pieceAt(pieces, 5_000)?.segment).toBe(2);
  expect([pieceAt(pieces, 12_000), pieceAt(pieces, 35_000)]).toEqual([null, null]);
  expect([pieceAfter(pieces, 9_000)?.segment, pieceAfter(pieces, 21_000)]).toEqual([3, null]);
});

test('a jump leads into the offering, or to what of it was recorded', () => {
  expect(jumpTo(pieces, { fromMs: 2_000, toMs: 6_000 })).toBe(2_000);
  expect(jumpTo(pieces, { fromMs: 15_000, toMs: 21_000 })).toBe(20_000);
  expect(jumpTo(pieces, { fromMs: 10_000, toMs: 19_000 })).toBeNull();
});

test('an offering that was filmed in more than one piece is known', () => {
  expect(isInPieces(pieces, { fromMs: 4_000, toMs: 6_000 })).toBe(true);
  expect(isInPieces(pieces, { fromMs: 1_000, toMs: 4_000 })).toBe(false);
});
