/**
 * Judges a run by what everybody was told, what every screen showed and what is stored (PERF §4). Answers what is
 * wrong, in words; nothing: the figures may be believed.
 * @param told every bid that was sent and its answer; none: it was never answered
 * @param lots each lot's price and leader, as the server tells them in the end
 * @param screens how the prices moved on each watcher's screen, and where they stand now that all is quiet
 */
export function wrong({ told, leaves, lots, screens = [] }) {
  const found = [];
  const accepted = new Map();
  for (const { type, body, i } of leaves) {
    if (type !== 'bid.accepted') continue;
    if (accepted.has(body.bid)) found.push(`${body.bid} is stored twice`);
    accepted.set(body.bid, { ...body, i });
  }
  for (const lot of Object.keys(lots)) {
    found.push(
      ...wrongOnLot(
        lots[lot],
        [...accepted.values()].filter((leaf) => leaf.lot === lot),
      ),
    );
  }
  for (const { bid, bidder, answer } of told) {
    if (!answer) found.push(`${bid.bidId} was not answered`);
    const stored = accepted.get(bid.bidId);
    if (answer?.ok && (stored?.i !== answer.i || stored.bidder !== bidder || stored.lot !== bid.lot)) {
      found.push(`${bid.bidId} was acknowledged and is not stored`);
    }
    if (answer && !answer.ok && stored) found.push(`${bid.bidId} was refused and is stored`);
  }
  const sent = new Set(told.map(({ bid }) => bid.bidId));
  for (const bid of accepted.keys()) if (!sent.has(bid)) found.push(`${bid} is stored and was never sent`);
  for (const { prices, fell, count = 1 } of screens) {
    if (fell > 0) found.push(`a price fell on ${count} screens`);
    for (const [lot, { priceFen }] of Object.entries(lots)) {
      const shown = prices[lot] ?? 0;
      if (shown !== priceFen) found.push(`${count} screens end on ${shown} for ${lot}, not ${priceFen}`);
    }
  }
  return found;
}

/** @param accepted bids on this lot, in the order of the log */
function wrongOnLot({ priceFen, leader }, accepted) {
  const found = [];
  const prices = new Set();
  let last = 0;
  for (const { amountFen, bid } of accepted) {
    if (prices.has(amountFen)) found.push(`two bids at ${amountFen}`);
    if (amountFen <= last) found.push(`${bid} is not above the bid before it`);
    prices.add(amountFen);
    last = amountFen;
  }
  const highest = accepted.at(-1);
  if (highest && (highest.amountFen !== priceFen || highest.bidder !== leader)) {
    found.push('the leader is not the highest bidder');
  }
  return found;
}

/** What one frame says of the prices, read once for all who get it. */
export function digestOf({ from, to, events }) {
  const prices = {};
  let fell = 0;
  for (const { type, body } of events) {
    if (type !== 'bid.accepted') continue;
    if (body.amountFen < prices[body.lot]) fell += 1;
    prices[body.lot] = body.amountFen;
  }
  return { from, to, prices: Object.entries(prices), fell };
}

/** One watcher's prices as frames come in. State is latest-wins: whoever skipped a frame shows the next one. */
export class Screen {
  next = 0;
  prices;
  fell = 0;

  /** @param prices fen by lot when this watcher came in */
  constructor(prices = {}) {
    this.prices = { ...prices };
  }

  sees({ to, prices, fell }) {
    if (to < this.next) return; // the newest frame once more, after a slow spell
    this.next = to + 1;
    this.fell += fell;
    for (const [lot, fen] of prices) {
      if (fen < this.prices[lot]) this.fell += 1;
      this.prices[lot] = fen;
    }
  }
}
