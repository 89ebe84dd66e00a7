/**
 * Judges a run by what everybody was told, what every screen showed and what is stored (PERF §4). Answers what is
 * wrong, in words; nothing: the figures may be believed.
 * @param told every bid that was sent and its answer; none: it was never answered
 * @param screens how each watcher's price moved, and where it stands now that all is quiet
 */
export function wrong({ told, leaves, priceFen, leader, screens = [] }) {
  const found = [];
  const accepted = new Map();
  for (const { type, body, i } of leaves) {
    if (type !== 'bid.accepted') continue;
    if (accepted.has(body.bid)) found.push(`${body.bid} is stored twice`);
    accepted.set(body.bid, { ...body, i });
  }
  const prices = new Set();
  let last = 0;
  for (const { amountFen, bid } of accepted.values()) {
    if (prices.has(amountFen)) found.push(`two bids at ${amountFen}`);
    if (amountFen <= last) found.push(`${bid} is not above the bid before it`);
    prices.add(amountFen);
    last = amountFen;
  }
  for (const { bid, bidder, answer } of told) {
    if (!answer) found.push(`${bid.bidId} was not answered`);
    const stored = accepted.get(bid.bidId);
    if (answer?.ok && (stored?.i !== answer.i || stored.bidder !== bidder)) {
      found.push(`${bid.bidId} was acknowledged and is not stored`);
    }
    if (answer && !answer.ok && stored) found.push(`${bid.bidId} was refused and is stored`);
  }
  const sent = new Set(told.map(({ bid }) => bid.bidId));
  for (const bid of accepted.keys()) if (!sent.has(bid)) found.push(`${bid} is stored and was never sent`);
  const highest = [...accepted.values()].at(-1);
  if (highest && (highest.amountFen !== priceFen || highest.bidder !== leader)) {
    found.push('the leader is not the highest bidder');
  }
  for (const { lastFen, fell, count = 1 } of screens) {
    if (fell > 0) found.push(`the price fell on ${count} screens`);
    if (lastFen !== priceFen) found.push(`${count} screens end on ${lastFen}, not ${priceFen}`);
  }
  return found;
}

/** What one frame says of the price, read once for all who get it. */
export function digestOf({ from, to, events }) {
  let [fen, fell] = [null, 0];
  for (const { type, body } of events) {
    if (type !== 'bid.accepted') continue;
    if (fen !== null && body.amountFen < fen) fell += 1;
    fen = body.amountFen;
  }
  return { from, to, fen, fell };
}

/** One watcher's price as frames come in. State is latest-wins: whoever skipped a frame shows the next one. */
export class Screen {
  next = 0;
  lastFen;
  fell = 0;

  /** @param fen the price when this watcher came in */
  constructor(fen = 0) {
    this.lastFen = fen;
  }

  sees({ to, fen, fell }) {
    if (to < this.next) return; // the newest frame once more, after a slow spell
    this.next = to + 1;
    this.fell += fell;
    if (fen === null) return;
    if (fen < this.lastFen) this.fell += 1;
    this.lastFen = fen;
  }
}
