import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type BidAnswer, type Leaf } from '@qingpai/wire';
import { shortRules } from '../stories/kit/market.js';
import { type Sent } from './bidder.js';
import { type ClosingEvidence } from './closingJudge.js';
import { type Evidence } from './judge.js';
import { Place, type Stage } from './place.js';
import { signalling, type Struck } from './strike.js';

const CLOSED_MS_MAX = 30_000;
/** After the blow, while the lot should still be open. */
const FAIR_AFTER_MS = 60;
const HOUR_S = 3_600;
const CLOCK_TOLD_MS_MAX = 15_000;
const rules = { ...shortRules, openForMs: 3_000, windowMs: 1_000, extensionMs: 1_000, hardEndMs: 30_000 };

export interface ClosingFault {
  name: string;
  what: string;
  whyNot?(): string | null;
  /** How long before the close. */
  beforeMs: number;
  cause: ClosingEvidence['cause'];
  /** A close is by the clock that nobody touched: it can be measured from here. */
  isTimed?: true;
  opens(folder: string, stage: Stage): Promise<Place>;
  /** Throws unless the server itself has felt it. */
  proves?(place: Place): Promise<void>;
  /** @param n of the round, from 1 */
  aimed(place: Place, folder: string, n: number): Promise<() => Promise<Struck>>;
}

/** Where Debian and others keep it; it goes into the server alone, whose own Postgres does not inherit it. */
const fakeTime = ['/usr/lib', '/usr/lib64', '/usr/local/lib']
  .flatMap((folder) => [
    folder,
    ...(existsSync(folder) ? readdirSync(folder).map((one) => join(folder, one)) : []),
  ])
  .map((folder) => join(folder, 'faketime/libfaketime.so.1'))
  .find((file) => existsSync(file));
const whyNoFakeTime = (): string | null => (fakeTime ? null : 'libfaketime is not installed');

const clockIn = (folder: string) => join(folder, 'wall-clock');
function setClock(folder: string, byS: number): void {
  writeFileSync(clockIn(folder), `${byS < 0 ? '-' : '+'}${Math.abs(byS)}\n`);
}
/** The wall clock alone can be set, as an operator does; the monotonic one goes on. */
function withWallClock(folder: string, stage: Stage): Promise<Place> {
  setClock(folder, 0);
  return Place.openWith(
    {
      LD_PRELOAD: fakeTime!,
      FAKETIME_TIMESTAMP_FILE: clockIn(folder),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    },
    stage,
  );
}

const stopping =
  (forMs: number): ClosingFault['aimed'] =>
  async ({ market }) => {
    const strike = await signalling(market.pid, 'SIGSTOP', forMs, 'SIGCONT');
    return () => strike(0);
  };

const own: ClosingFault['opens'] = (folder, stage) => Place.open('own', folder, stage);

const settingClock =
  (byS: (n: number) => number): ClosingFault['aimed'] =>
  (_, folder, n) =>
    Promise.resolve(() => {
      setClock(folder, byS(n));
      const atMs = Date.now();
      return Promise.resolve({ atMs, overAtMs: atMs });
    });

/** The server looks at its clock every ten seconds, and says so when the wall clock has moved. */
async function toldOfTheClock({ market }: Place): Promise<void> {
  for (const until = Date.now() + CLOCK_TOLD_MS_MAX; !market.printed.includes('clock.jumped');) {
    if (Date.now() > until) throw new Error(`the server did not notice\n${market.printed.slice(-4_000)}`);
    await pause(100);
  }
}

export const closingFaults: readonly ClosingFault[] = [
  {
    name: 'stop-over-close',
    what: 'SIGSTOP of the server from 300 ms before a close to 2.2 s after it',
    beforeMs: 300,
    cause: 'stall',
    opens: own,
    aimed: stopping(2_500),
  },
  {
    name: 'stall-before-close',
    what: 'the loop stands still for 600 ms, until 300 ms before a close',
    beforeMs: 900,
    cause: 'stall',
    opens: own,
    aimed: stopping(600),
  },
  {
    name: 'clock-set',
    what: 'the wall clock is set an hour ahead, or back again, half a second before a close',
    beforeMs: 500,
    cause: null,
    isTimed: true,
    proves: toldOfTheClock,
    whyNot: whyNoFakeTime,
    opens: withWallClock,
    aimed: settingClock((n) => (n % 2 ? HOUR_S : 0)),
  },
  {
    name: 'clock-set-back',
    what: 'the wall clock is set an hour back, or ahead again, half a second before a close',
    beforeMs: 500,
    cause: null,
    isTimed: true,
    proves: toldOfTheClock,
    whyNot: whyNoFakeTime,
    opens: withWallClock,
    aimed: settingClock((n) => (n % 2 ? -HOUR_S : 0)),
  },
];

export interface Closing {
  inFlight: number;
  inFlightAccepted: number;
  fair: number;
  fairAccepted: number;
  evidence: ClosingEvidence;
  whole: Evidence;
}

export const stageOf = (rounds: number): Stage => ({ lots: rounds, rules });

/** The n-th lot of the show is struck at its close. */
export async function playClosing(
  place: Place,
  fault: ClosingFault,
  folder: string,
  n: number,
  told: Evidence['told'][number][],
): Promise<Closing> {
  const { bidders } = place;
  const lot = `L${n}`;
  const watcher = await place.market.enter(place.showId);
  for (const one of bidders) one.startsAfresh();
  const closesAtMs = await place.offers(lot);
  const strike = await fault.aimed(place, folder, n);
  const journal: Sent[] = [];
  let amountFen = 0;
  const bidding: Promise<unknown>[] = [];
  const bids = (who: typeof bidders) => {
    for (const one of who) bidding.push(one.places(journal, lot, (amountFen += 100)));
  };
  bids(bidders.slice(0, 2));
  await pause(closesAtMs - fault.beforeMs - Date.now());
  // What takes no time finds only bids in flight that were sent before it.
  const isSudden = fault.isTimed ?? false;
  if (isSudden) bids(bidders.slice(0, 4));
  const striking = strike();
  if (!isSudden) bids(bidders.slice(0, 4));
  await pause(FAIR_AFTER_MS);
  bids(bidders.slice(4));
  const { atMs } = await striking;
  await Promise.all(bidding);
  const { log, hammeredAtMs } = await closed(place, lot);
  const fair = journal.filter(({ sentAtMs }) => sentAtMs < closesAtMs);
  const inFlight = journal.filter(
    ({ sentAtMs, heardAtMs }) =>
      sentAtMs <= atMs + (isSudden ? 0 : FAIR_AFTER_MS) &&
      (heardAtMs ?? Infinity) > atMs + (isSudden ? 0 : 20),
  );
  const accepted = (some: readonly Sent[]) => some.filter(({ settled }) => settled!.answer.ok).length;
  const answers = journal.map(({ bid, settled }) => ({ bidId: bid.bidId, answer: settled!.answer }));
  told.push(...answers);
  const announced = [watcher.frames, ...bidders.map(({ here }) => here.frames)]
    .flat()
    .flatMap(({ events }) => events);
  watcher.drop();
  return {
    inFlight: inFlight.length,
    inFlightAccepted: accepted(inFlight),
    fair: fair.length,
    fairAccepted: accepted(fair),
    evidence: {
      lot,
      fair: fair.map(({ bid, settled }) => ({ bidId: bid.bidId, answer: settled!.answer })),
      log,
      cause: fault.cause,
      closedLateMs: fault.isTimed ? hammeredAtMs - lastTold(log, lot, closesAtMs) : null,
    },
    whole: {
      ...{ told, announced, log, tries: journal.flatMap(({ tries }) => tries) },
      askedAgain: await askedAgain(journal),
      invariants: await place.invariants(),
    },
  };
}

/** Read from the database until the lot has its end. */
async function closed(place: Place, lot: string): Promise<{ log: Leaf[]; hammeredAtMs: number }> {
  for (const until = Date.now() + CLOSED_MS_MAX; ;) {
    const log = await place.log();
    const isEnd = ({ type, body }: Leaf) =>
      (type === 'lot.hammered' || type === 'lot.setAside') && (body as { lot: string }).lot === lot;
    if (log.some(isEnd)) return { log, hammeredAtMs: Date.now() };
    if (Date.now() > until) throw new Error(`${lot} did not close\n${place.market.printed.slice(-4_000)}`);
    await pause(10);
  }
}

function lastTold(log: readonly Leaf[], lot: string, firstMs: number): number {
  const told = log.flatMap((leaf) =>
    leaf.type === 'lot.extended' && leaf.body.lot === lot ? [leaf.body.closesAt] : [],
  );
  return told.at(-1) ?? firstMs;
}

async function askedAgain(journal: readonly Sent[]): Promise<{ first: BidAnswer; again: BidAnswer }[]> {
  const answers = [];
  for (const { by, bid, settled } of journal)
    answers.push({ first: settled!.answer, again: await by.asksAgain(bid) });
  return answers;
}
