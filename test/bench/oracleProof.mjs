import { wrong } from './oracle.mjs';

/** A small honest run, and what could be wrong with it: an oracle that does not see these proves nothing. */
const leaf = (i, bid, bidder, amountFen) => ({ i, type: 'bid.accepted', body: { bid, bidder, amountFen } });
const honest = () => ({
  told: [
    { bid: { bidId: 'a' }, bidder: 'lin', answer: { ok: true, i: 1 } },
    { bid: { bidId: 'b' }, bidder: 'wu', answer: { ok: true, i: 2 } },
    { bid: { bidId: 'c' }, bidder: 'lin', answer: { ok: false, reason: 'not-above-price' } },
  ],
  leaves: [leaf(1, 'a', 'lin', 100), leaf(2, 'b', 'wu', 200)],
  priceFen: 200,
  leader: 'wu',
});

const planted = {
  'an acknowledged bid is lost': (run) => run.leaves.pop(),
  'a refused bid is stored': (run) => run.leaves.push(leaf(3, 'c', 'lin', 300)),
  'a bid is stored twice': (run) => run.leaves.push(leaf(3, 'b', 'wu', 300)),
  'two bids at one price': (run) => (run.leaves[1].body.amountFen = 100),
  'a price falls': (run) => (run.leaves[0].body.amountFen = 300),
  'a bid is not answered': (run) => (run.told[0].answer = undefined),
  'an answer names another leaf': (run) => (run.told[0].answer.i = 2),
  'a bid of another bidder': (run) => (run.leaves[0].body.bidder = 'wu'),
  'the winner is not the highest': (run) => (run.leader = 'lin'),
  'the price is not the highest': (run) => (run.priceFen = 100),
};

/** Names of the planted faults that the oracle does not see, and whether it accuses an honest run. */
export function blindSpots() {
  const unseen = Object.entries(planted).flatMap(([name, plant]) => {
    const run = honest();
    plant(run);
    return wrong(run).length > 0 ? [] : [name];
  });
  return { count: Object.keys(planted).length, unseen, accuses: wrong(honest()) };
}
