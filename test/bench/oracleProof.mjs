import { digestOf, Screen, wrong } from './oracle.mjs';

/** A small honest run, and what could be wrong with it: an oracle that does not see these proves nothing. */
const leaf = (i, bid, bidder, amountFen, lot = 'L1') => ({
  ...{ i, type: 'bid.accepted' },
  body: { bid, bidder, lot, amountFen },
});
const frame = (from, to, ...events) => ({ from, to, events });
const honest = () => ({
  told: [
    { bid: { bidId: 'a', lot: 'L1' }, bidder: 'lin', answer: { ok: true, i: 1 } },
    { bid: { bidId: 'b', lot: 'L1' }, bidder: 'wu', answer: { ok: true, i: 2 } },
    { bid: { bidId: 'c', lot: 'L1' }, bidder: 'lin', answer: { ok: false, reason: 'not-above-price' } },
    { bid: { bidId: 'd', lot: 'L1' }, bidder: 'lin', answer: { ok: true, i: 3 } },
    { bid: { bidId: 'e', lot: 'L2' }, bidder: 'wu', answer: { ok: true, i: 4 } },
  ],
  leaves: [
    ...[leaf(1, 'a', 'lin', 100), leaf(2, 'b', 'wu', 200), leaf(3, 'd', 'lin', 300)],
    leaf(4, 'e', 'wu', 100, 'L2'),
  ],
  // The second is told again what it knows already, as a slow reader is.
  frames: [
    frame(1, 2, leaf(1, 'a', 'lin', 100), leaf(2, 'b', 'wu', 200)),
    frame(1, 2, leaf(1, 'a', 'lin', 100), leaf(2, 'b', 'wu', 200)),
    frame(3, 4, leaf(3, 'd', 'lin', 300), leaf(4, 'e', 'wu', 100, 'L2')),
  ],
  lots: { L1: { priceFen: 300, leader: 'lin' }, L2: { priceFen: 100, leader: 'wu' } },
});

const planted = {
  'an acknowledged bid is lost': (run) => run.leaves.splice(1, 1),
  'a refused bid is stored': (run) => run.leaves.push(leaf(5, 'c', 'lin', 400)),
  'a bid is stored twice': (run) => run.leaves.push(leaf(5, 'b', 'wu', 400)),
  'a bid is stored that nobody sent': (run) => run.leaves.splice(1, 0, leaf(9, 'x', 'wu', 150)),
  'two bids at one price': (run) => (run.leaves[1].body.amountFen = 100),
  'a price falls': (run) => (run.leaves[0].body.amountFen = 250),
  'a bid is not answered': (run) => (run.told[0].answer = undefined),
  'an answer names another leaf': (run) => (run.told[0].answer.i = 2),
  'a bid of another bidder': (run) => (run.leaves[0].body.bidder = 'wu'),
  'a bid on another lot': (run) => (run.leaves[3].body.lot = 'L1'),
  'the winner is not the highest': (run) => (run.lots.L1.leader = 'wu'),
  'the price is not the highest': (run) => {
    run.lots.L1.priceFen = 200;
    run.frames.pop();
  },
  'a lot has no price though it was bid on': (run) => (run.lots.L2 = { priceFen: 0, leader: null }),
  'a screen goes back from one frame to the next': (run) =>
    run.frames.splice(2, 0, frame(3, 3, leaf(3, 'b', 'wu', 100))),
  'a screen goes back within a frame': (run) =>
    (run.frames[0] = frame(1, 2, leaf(2, 'b', 'wu', 250), leaf(1, 'a', 'lin', 100))),
  'a screen never hears the end': (run) => run.frames.pop(),
};

function judged({ frames, ...run }) {
  const screen = new Screen();
  for (const one of frames) screen.sees(digestOf(one));
  return wrong({ ...run, screens: [screen] });
}

/** Names of the planted faults that the oracle does not see, and whether it accuses an honest run. */
export function blindSpots() {
  const unseen = Object.entries(planted).flatMap(([name, plant]) => {
    const run = honest();
    plant(run);
    return judged(run).length > 0 ? [] : [name];
  });
  return { count: Object.keys(planted).length, unseen, accuses: judged(honest()) };
}
