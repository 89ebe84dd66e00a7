import { leastBidFen } from './index.js';
import { CHEN, LIN, PaperShow, WU } from './testing/paperShow.js';

/** Generous, so that a busy machine passes; a rule that copied the state with each bid would take many minutes. */
const SECONDS_MAX = 60;
const BIDS = 100_000;
const LOTS = 64;

it(
  `a show of ${BIDS} bids is decided, folded and judged in seconds`,
  () => {
    const startedAt = Date.now(); // eslint-disable-line no-restricted-properties -- the time is what is tested
    const paper = Object.fromEntries(Array.from({ length: LOTS }, (_, k) => [`L${k + 1}`, {}]));
    const show = new PaperShow({ lots: paper });
    const bidders = [LIN, WU, CHEN];
    for (let lot = 1, t = 1_000; lot <= LOTS; lot += 1, t = show.state.t) {
      show.does(t, { name: 'offer', lot: `L${lot}` });
      for (let n = 0; n < BIDS / LOTS; n += 1) {
        const askFen = leastBidFen(show.state.rules, show.lot(`L${lot}`), show.offering(`L${lot}`));
        show.bid(t + n, bidders[n % 3]!, askFen);
      }
      show.pass(t + 700_000);
    }
    expect(show.said('bid.accepted').length).toBeGreaterThan(BIDS * 0.99);
    const seconds = (Date.now() - startedAt) / 1_000; // eslint-disable-line no-restricted-properties
    expect(seconds).toBeLessThan(SECONDS_MAX);
  },
  2 * SECONDS_MAX * 1_000,
);
