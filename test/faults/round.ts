import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type BidAnswer } from '@qingpai/wire';
import { type Pace, type Sent } from './bidder.js';
import { type Fault } from './strike.js';
import { type Evidence, type Told, type Try } from './judge.js';
import { type Place } from './place.js';

const CALM_ANSWERS = 32;
const BACK_MS_MAX = 40_000;

/** What is kept from one round to the next of the same show. */
export interface Memory {
  told: Told[];
  tries: Try[];
  lastFen: number;
}

export interface Round {
  /** Bids that were sent before the fault and had no answer when it had struck. */
  inFlight: number;
  /** Of those: accepted, as was found out when the same id was asked again or the answer came late. */
  inFlightAccepted: number;
  acknowledged: number;
  /** Answers that put a bid off: ask again. */
  putOff: number;
  /** The longest that anybody waited for whatever answer. */
  waitedMs: number;
  /** From the end of the fault to the first accepted answer to a bid that was sent after it. */
  backAfterMs: number;
  evidence: Evidence;
}

export async function playRound(
  place: Place,
  fault: Fault,
  memory: Memory,
  random: () => number,
): Promise<Round> {
  const { bidders } = place;
  const journal: Sent[] = [];
  const between = (least: number, most: number) => least + random() * (most - least);
  const calm = () => between(400, 600);
  const rush = new AbortController();
  const pace: Pace = {
    over: false,
    rush: once(rush.signal, 'abort'),
    pauseMs: calm,
    nextFen: () => (memory.lastFen += 100),
  };
  const watcher = await place.market.enter(place.showId);
  for (const one of bidders) one.startsAfresh();
  let failed: unknown = null;
  const bidding = Promise.all(bidders.map((one) => one.bids(journal, pace))).catch((error: unknown) => {
    failed = error ?? new Error('bidding failed');
  });
  try {
    const strike = await fault.aimed(place);
    while (journal.filter(({ settled }) => settled).length < CALM_ANSWERS) await pause(10);
    // A rush, so that there is always something in flight; it is short, for one person may bid 20 times in 2 s.
    pace.pauseMs = () => 0;
    rush.abort();
    const struck = await strike(between(5, 30));
    [pace.pauseMs, pace.rush] = [calm, new Promise(() => undefined)];
    await fault.mended?.(place);
    const { market } = place;
    const { pid } = market;
    const back = () =>
      journal.flatMap(({ settled, triedAtMs }) =>
        settled?.answer.ok && settled.pid === pid && triedAtMs >= struck.overAtMs ? [settled.atMs] : [],
      );
    const until = Date.now() + BACK_MS_MAX;
    while (back().length === 0) {
      if (failed) throw failed;
      if (Date.now() > until)
        throw new Error(
          `${fault.name}: nothing was accepted within ${BACK_MS_MAX} ms\n${market.printed.slice(-4_000)}`,
        );
      await pause(5);
    }
    pace.over = true;
    const late = pause(BACK_MS_MAX, 'late', { ref: false });
    if ((await Promise.race([bidding, late])) === 'late')
      throw new Error(`${fault.name}: a bid was never settled\n${market.printed.slice(-4_000)}`);
    if (failed) throw failed;
    const inFlight = journal.filter(
      ({ sentAtMs, heardAtMs }) =>
        sentAtMs <= struck.atMs && (heardAtMs ?? Infinity) > struck.atMs + fault.graceMs,
    );
    const told = journal.map(({ bid, settled }) => ({ bidId: bid.bidId, answer: settled!.answer }));
    memory.told.push(...told);
    const tries = journal.flatMap((sent) => sent.tries);
    memory.tries.push(...tries);
    const askedAgain = await again(journal);
    const announced = [watcher, ...bidders].flatMap((one) =>
      'announced' in one ? one.announced : one.frames.flatMap(({ events }) => events),
    );
    return {
      inFlight: inFlight.length,
      inFlightAccepted: inFlight.filter(({ settled }) => settled!.answer.ok).length,
      putOff: tries.filter(({ told: reason }) => reason !== null).length,
      waitedMs: Math.max(...tries.flatMap(({ isCut, waitedMs }) => (isCut ? [] : [waitedMs]))),
      acknowledged: told.filter(({ answer }) => answer.ok).length,
      backAfterMs: Math.min(...back()) - struck.overAtMs,
      evidence: {
        ...{ told: memory.told, tries: memory.tries, announced, askedAgain },
        log: await place.log(),
        invariants: await place.invariants(),
      },
    };
  } finally {
    pace.over = true;
    watcher.drop();
  }
}

/** Everything once more by its id, each bidder's one after the other. */
async function again(journal: readonly Sent[]): Promise<{ first: BidAnswer; again: BidAnswer }[]> {
  const bidders = new Set(journal.map(({ by }) => by));
  const asked = [...bidders].map(async (bidder) => {
    const answers = [];
    for (const { bid, settled } of journal.filter(({ by }) => by === bidder))
      answers.push({ first: settled!.answer, again: await bidder.asksAgain(bid) });
    return answers;
  });
  return (await Promise.all(asked)).flat();
}
