/**
 * Judges a run by what everybody was told and by what is stored (PERF §4). Answers what is wrong, in words; nothing: the
 * figures may be believed.
 */
export function wrong({ told, leaves, priceFen, leader }) {
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
  const highest = [...accepted.values()].at(-1);
  if (highest && (highest.amountFen !== priceFen || highest.bidder !== leader)) {
    found.push('the leader is not the highest bidder');
  }
  return found;
}
