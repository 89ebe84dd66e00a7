import { type EventBody } from '@qingpai/wire';
import { LIN, PaperShow, type PaperOptions, WU } from './testing/paperShow.js';
import { PAY_EXTENSION_MS_MAX, payByOf } from './payBy.js';

const noon = { afterDays: 1, minuteOfDay: 720, utcOffsetMinutes: 480 };
const HOUR_MS = 3_600_000;

/** S1 of one lot, closed at this moment; 0 is midnight UTC, eight in the morning in the township. */
function closedAt(atMs: number, rules: PaperOptions['rules'] = { payWithinMs: undefined, payBy: noon }) {
  const show = new PaperShow({ rules, lots: { L1: {}, L2: {} } });
  for (const [k, bidder] of [LIN, WU].entries()) {
    show.does(10_000 + k * 100_000, { name: 'offer', lot: `L${k + 1}` });
    show.bid(11_000 + k * 100_000, bidder, 3_600);
    show.pass(100_000 + k * 100_000);
  }
  show.does(atMs, { name: 'close' });
  return show;
}
const untilOf = (show: PaperShow, bidder = LIN) => payByOf(show.state, { bidder });

test('a show that closes in the evening is paid by noon of the next day, by the clock of the township', () => {
  // 21:00 there; noon of the next day is 04:00 UTC.
  expect(untilOf(closedAt(13 * HOUR_MS))).toBe(28 * HOUR_MS);
  // Half past midnight there is the next day already.
  expect(untilOf(closedAt(16.5 * HOUR_MS))).toBe(52 * HOUR_MS);
});

test('where the rules say milliseconds they count from the close, and where they say nothing no sale is ever late', () => {
  expect(untilOf(closedAt(HOUR_MS, { payWithinMs: 5_000 }))).toBe(HOUR_MS + 5_000);
  expect(untilOf(closedAt(HOUR_MS, { payWithinMs: 5_000, payBy: noon }))).toBe(HOUR_MS + 5_000);
  expect(untilOf(closedAt(HOUR_MS, { payWithinMs: undefined }))).toBeNull();
});

test('nobody is late before the show is closed', () => {
  expect(payByOf(new PaperShow({ lots: { L1: {} } }).state, { bidder: LIN })).toBeNull();
});

test('who was given longer is in default only after it; the other buyer as before', () => {
  const show = closedAt(13 * HOUR_MS);
  show.does(20 * HOUR_MS, { name: 'extendPay', bidder: LIN, payBy: 40 * HOUR_MS, reason: 'buyer-asked' });
  expect([untilOf(show), untilOf(show, WU)]).toEqual([40 * HOUR_MS, 28 * HOUR_MS]);
  expect(show.reason(28 * HOUR_MS, { name: 'default', sale: 'S2' })).toBeNull();
  expect(show.reason(40 * HOUR_MS - 1, { name: 'default', sale: 'S1' })).toBe('still-payable');
  expect(show.reason(40 * HOUR_MS, { name: 'default', sale: 'S1' })).toBeNull();
});

test('a deadline only moves on: not back, not into the past, not beyond a month, not for who owes nothing', () => {
  const show = closedAt(13 * HOUR_MS);
  const asks = (bidder: string, payBy: number, atMs = 14 * HOUR_MS) =>
    show.reason(atMs, { name: 'extendPay', bidder, payBy, reason: 'house' });
  expect(asks(LIN, 28 * HOUR_MS)).toBe('pay-by-not-later');
  expect(asks(LIN, 13 * HOUR_MS + PAY_EXTENSION_MS_MAX + 1)).toBe('pay-by-not-later');
  expect(asks(LIN, 13 * HOUR_MS + PAY_EXTENSION_MS_MAX)).toBeNull();
  expect(asks(WU, 30 * HOUR_MS, 30 * HOUR_MS)).toBe('pay-by-not-later');
  expect(asks(WU, 31 * HOUR_MS, 30 * HOUR_MS)).toBeNull();
  const body: EventBody<'sale.paid'> = {
    ...{ sale: 'S2', amountFen: 3_600, channel: 'cash', txn: `${'B'.repeat(43)}=` },
  };
  show.does(30 * HOUR_MS, { name: 'paid', body });
  expect(asks(WU, 33 * HOUR_MS, 30 * HOUR_MS)).toBe('nothing-owed');
});

test('who took a second chance has as long from then on, unless he is given longer for all that he owes', () => {
  const show = closedAt(HOUR_MS, {
    payWithinMs: HOUR_MS,
    secondChance: { answerWithinMs: HOUR_MS, perSaleMax: 3, atLast: 'carry' },
  });
  const late = { bidder: LIN, replaces: 'S1', t: 3 * HOUR_MS };
  expect(payByOf(show.state, late)).toBe(4 * HOUR_MS);
  show.does(1.5 * HOUR_MS, { name: 'extendPay', bidder: LIN, payBy: 9 * HOUR_MS, reason: 'house' });
  expect(payByOf(show.state, late)).toBe(9 * HOUR_MS);
});
