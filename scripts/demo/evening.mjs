import { yuan } from './table.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** A last-second bid leaves this long before the close: in time on a slow machine, late enough to extend. */
const LAST_SECOND_MS = 280;
/** A press falls into this part of a tick, so that it arrives before the price moves on. */
const PRESS_FROM = 0.15;
const PRESS_TO = 0.55;
const POLL_MS = 4;
/** The server's word for too many bids of one person is to wait a moment. */
const TOO_FAST_MS = 2_100;

/**
 * Plays one evening: the host calls each lot, buyers bid, and what did not sell comes back as a falling clock until
 * nothing is left. Buyers act one after another where their order decides who wins, so that a seed gives one evening.
 */
export function evening({ host, buyers, tempers, rules, http, showId, ids, say }) {
  const counts = { bids: 0, raced: 0, repeated: 0, dropped: 0, lastSecond: 0, latePresses: 0 };
  const lotOf = (id) => host.state.lots[id];
  const offeringOf = (id) => lotOf(id).offerings.at(-1);
  const ended = (id) =>
    host.event(
      ({ type, body }) =>
        body.lot === id && (type === 'lot.setAside' || (type === 'lot.hammered' && isOver(id))),
    );
  const isOver = (id) => lotOf(id).phase !== 'onBlock';

  async function callLot(id) {
    const temper = tempers.get(id);
    const over = ended(id);
    const [offered] = await host.command({ name: 'offer', lot: id });
    if (offered.body.clock) await watchClock(id, temper);
    else await bidding(id, temper, offered.body);
    await over;
    say(resultLine(id));
  }

  /** Everything that waits comes back once as a clock, then what still waits once more, then it is passed. */
  async function bringBack() {
    for (;;) {
      const waiting = Object.values(host.state.lots).filter((lot) => lot.phase === 'waiting');
      if (waiting.length === 0) return;
      for (const { lot, offerings } of waiting) {
        if (offerings.length > host.state.rules.furtherOfferings) {
          const passed = host.event(({ type, body }) => type === 'lot.passed' && body.lot === lot);
          await host.command({ name: 'pass', lot });
          await passed;
        } else {
          const over = ended(lot);
          await host.command({ name: 'reoffer', lot });
          await watchClock(lot, tempers.get(lot));
          await over;
        }
        say(resultLine(lot));
      }
    }
  }

  // ---------------------------------------------------------------- rising

  async function bidding(id, temper, { offering, closesAt }) {
    const lot = lotOf(id) ?? {};
    const price = { fen: null, leader: null };
    const least = () => rules.leastBidFen(host.state.rules, lot, { ...offeringOf(id), priceFen: price.fen });
    /** People raise by one to three steps, as far as they will go at all. */
    const jump = (leastFen, upToFen) => {
      const wishFen = rules.amountAboveFen(host.state.rules, lot, leastFen, temper.jumps.whole(0, 2));
      return wishFen <= upToFen ? wishFen : leastFen;
    };
    const wants = (one) => price.leader !== one.buyer && least() <= one.upToFen;
    const all = temper.isRefused ? [] : temper.rising;
    await host.reached(host.state.next);
    while (isNew(id, offering)) await pause(POLL_MS);

    const raise = async (one) => {
      const answer = await one.buyer.offer({ lot: id, offering, amountFen: jump(least(), one.upToFen) });
      counts.bids += 1;
      if (!answer.ok) throw new Error(`${lot.number}: a good bid was refused: ${JSON.stringify(answer)}`);
      price.fen = answer.amountFen;
      price.leader = one.buyer;
      return answer;
    };
    const war = async (people) => {
      for (let bids = -1; bids !== 0;) {
        bids = 0;
        for (const one of people) {
          if (!wants(one)) continue;
          await raise(one);
          bids += 1;
        }
      }
    };

    // The second strongest keeps still until the last second; then the strongest has to answer.
    const [, second] = [...all].sort((a, b) => b.upToFen - a.upToFen);
    const sniper = temper.isSniped ? second : undefined;
    const others = all.filter((one) => one !== sniper);
    if (temper.isRaced) await race(others, id, offering, price, least);
    if (temper.isRepeated && others.some(wants)) await repeat(others.find(wants), raise);
    if (temper.losesLine && others.some(wants)) await loseLine(others.find(wants), raise);
    await war(others);

    const [called] = await host.command({ name: 'lastCall', lot: id });
    const end = called?.body.closesAt ?? closesAt;
    if (sniper && wants(sniper)) {
      await pause(Math.max(0, end - LAST_SECOND_MS - host.serverNowMs()));
      await raise(sniper);
      counts.lastSecond += 1;
      await war(all);
    }
  }
  const isNew = (id, offering) => (lotOf(id)?.offerings.length ?? 0) < offering;

  /** Two press at the same price and the same moment: one stands, the other learns which leaf beat it. */
  async function race(people, lot, offering, price, least) {
    const [one, two, third] = people.filter(({ upToFen }) => upToFen >= least());
    if (!third) return;
    const wish = { lot, offering, amountFen: least() };
    const answers = await Promise.all([one, two].map(({ buyer }) => buyer.bid(wish)));
    counts.bids += 2;
    counts.raced += 1;
    const won = answers.findIndex(({ ok }) => ok);
    const lost = answers[1 - won];
    if (won < 0 || lost?.reason !== 'not-above-price')
      throw new Error(`a race ended oddly: ${JSON.stringify(answers)}`);
    price.fen = wish.amountFen;
    price.leader = [one, two][won].buyer;
    // A third always answers, so that who won the race does not decide the lot.
    const amountFen = least();
    if (third.upToFen < amountFen) third.upToFen = amountFen;
    const answer = await third.buyer.bid({ lot, offering, amountFen });
    counts.bids += 1;
    if (!answer.ok) throw new Error(`after a race: ${JSON.stringify(answer)}`);
    price.fen = amountFen;
    price.leader = third.buyer;
  }

  /** The same id gets the same answer, on the socket and by HTTP. */
  async function repeat(one, raise) {
    const { bidId } = await raise(one);
    const wish = one.buyer.lastWish;
    const again = await one.buyer.bid(wish, bidId);
    const elsewhere = await byHttp(one.buyer, wish, bidId);
    const told = one.buyer.lastAnswer;
    if (again.i !== told.i || elsewhere.i !== told.i) throw new Error('the same bid got two answers');
    counts.repeated += 1;
  }

  /** A phone without network bids by HTTP, comes back and catches up. */
  async function loseLine(one, raise) {
    one.buyer.drop();
    one.buyer.isOffline = true;
    await raise(one);
    await pause(20);
    one.buyer.isOffline = false;
    await one.buyer.back();
    counts.dropped += 1;
  }

  // ---------------------------------------------------------------- falling

  async function watchClock(id, temper) {
    const { offering } = { offering: lotOf(id).offerings.length };
    while (isOver(id)) await pause(POLL_MS);
    if (temper.isRefused) return;
    for (let round = 0; !isOver(id); round++) {
      for (const taker of temper.takers) {
        if (isOver(id)) return;
        await take(id, taker, taker.atFen * 0.92 ** round);
      }
    }
    return offering;
  }

  async function take(id, taker, atFen) {
    for (;;) {
      const press = await moment(id, atFen);
      if (!press) return;
      const { offering, unitsLeft } = press;
      const units = Math.min(taker.units, unitsLeft);
      const wish = { lot: id, offering, amountFen: press.priceFen, units, run: press.run };
      const answer = await taker.buyer.bid(wish);
      counts.bids += 1;
      if (!answer.ok) {
        counts.latePresses += 1;
        continue;
      }
      if (answer.amountFen !== press.priceFen) counts.latePresses += 1;
      return host.reached(answer.i + 2);
    }
  }

  /** Waits until the clock shows the taker's price, in the early part of a tick; null when the offering is over. */
  async function moment(id, atFen) {
    for (;;) {
      if (isOver(id)) return null;
      const at = offeringOf(id);
      const { clock } = at;
      const now = host.serverNowMs();
      const ticks = (now - clock.startsAt) / clock.tickMs;
      const part = ticks - Math.floor(ticks);
      const isRunning = clock.heldFen === null && (clock.last ? ticks >= 0 : ticks >= 1);
      if (isRunning && part >= PRESS_FROM && part <= PRESS_TO) {
        const priceFen = rules.clockPriceFen(clock, now);
        if (priceFen <= atFen || clock.last) {
          return { priceFen, run: clock.run, offering: at.offering, unitsLeft: at.unitsLeft };
        }
      }
      await pause(POLL_MS);
    }
  }

  // ---------------------------------------------------------------- telling

  function resultLine(id) {
    const lot = lotOf(id);
    const at = lot.offerings.at(-1);
    const sales = Object.values(host.state.sales).filter(
      (sale) => sale.lot === id && sale.offering === at.offering,
    );
    const how = at.format === 'dutch' ? '降价拍' : '升价拍';
    const again = at.offering > 1 ? `返场 ${at.offering - 1} ` : '';
    const sold = sales
      .map(
        (sale) =>
          `${host.state.bidders[sale.bidder].paddle}号 ${yuan(sale.unitPriceFen)}${sale.units > 1 ? `×${sale.units}` : ''}`,
      )
      .join(' ');
    const end = lot.phase === 'passed' ? '流拍 passed' : lot.phase === 'waiting' ? '稍后返场 set aside' : '';
    return `  ${lot.number} ${lot.title}  ${again}${how} ${at.bids} 次出价  ${[sold, end].filter(Boolean).join('  ')}`;
  }

  const byHttp = async (buyer, wish, bidId) => {
    const body = buyer.signed(wish, bidId);
    return buyer.heed(
      (await http.call('POST', `/api/shows/${showId}/bids`, { token: buyer.token, body })).answer,
    );
  };

  for (const buyer of buyers) {
    /** Bids by whichever door is open, and remembers it. */
    buyer.offer = async (wish) => {
      const bidId = ids();
      const answer = buyer.isOffline ? await byHttp(buyer, wish, bidId) : await buyer.bid(wish, bidId);
      if (!answer.ok && answer.reason === 'slow-down') {
        await pause(TOO_FAST_MS);
        return buyer.offer(wish);
      }
      buyer.lastWish = wish;
      buyer.lastAnswer = answer;
      return answer;
    };
  }
  return { callLot, bringBack, counts };
}
