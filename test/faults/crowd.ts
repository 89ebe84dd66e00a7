import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Sent } from './bidder.js';
import { type CrowdEvidence } from './crowdJudge.js';
import { type Evidence } from './judge.js';
import { type Place } from './place.js';

const CAME_MS_MAX = 240_000;
const RESTED_MS = 2_000;
const BIDS_PER_BIDDER = 40;
const BID_EVERY_MS = 120;
/** Files the server and Node itself need beside its sockets. */
const FILES_BESIDE = 300;

interface Latency {
  p50: number;
  p99: number;
}
/** What one of them did, for the table. */
export interface CrowdRun {
  count: number;
  before: Latency;
  during: Latency;
  said: string;
  evidence: CrowdEvidence;
  whole: Evidence;
}

export interface CrowdFault {
  name: string;
  what: string;
  count: number;
  /** In the short run. */
  fewCount: number;
  whyNot?(): string | null;
  play(place: Place, count: number): Promise<CrowdRun>;
}

/** The process that the sockets are in. */
class Crowd {
  private orders = 0;
  private readonly child: ChildProcess = fork(join(__dirname, 'crowd.mjs'), {
    execArgv: [],
    stdio: 'inherit',
  });

  async order<T = Record<string, number>>(name: string, order: object = {}): Promise<T> {
    const id = (this.orders += 1);
    return new Promise<T>((resolve, reject) => {
      const hear = (answer: { id: number; result?: T; error?: string }) => {
        if (answer.id !== id) return;
        this.child.off('message', hear as never);
        if (answer.error === undefined) resolve(answer.result!);
        else reject(new Error(answer.error));
      };
      this.child.on('message', hear as never);
      this.child.send({ id, name, order });
    });
  }
  end(): void {
    this.child.disconnect();
  }
}

const addressOf = ({ market, showId }: Place) => ({ port: Number(new URL(market.origin).port), showId });

/** Resident, as the kernel counts it. */
const residentBytes = ({ market }: Place): number => {
  const { stdout } = spawnSync('ps', ['-o', 'rss=', '-p', String(market.pid)], { encoding: 'utf8' });
  return 1_024 * Number(stdout);
};

async function metric({ market }: Place, name: string): Promise<number> {
  const { answer } = await market.ask<string>('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(answer)?.[1]);
}
const openSockets = (place: Place): Promise<number> => metric(place, 'qingpai_sockets');
/** What the server holds for readers who have not taken it yet. */
const queuedBytes = (place: Place): Promise<number> => metric(place, 'qingpai_sockets_queued_bytes');

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;

/** Bids by everybody at a calm pace, as long as the crowd does what it does. */
class Bidding {
  readonly journal: Sent[] = [];
  private fen = 0;
  constructor(private readonly place: Place) {}

  async measured(): Promise<Latency> {
    const from = this.journal.length;
    await Promise.all(
      this.place.bidders.map(async (one) => {
        for (let n = 0; n < BIDS_PER_BIDDER; n += 1) {
          await one.places(this.journal, 'L1', (this.fen += 100));
          await pause(BID_EVERY_MS * (0.5 + Math.random()));
        }
      }),
    );
    const took = this.journal
      .slice(from)
      .map(({ sentAtMs, heardAtMs }) => (heardAtMs ?? Infinity) - sentAtMs);
    took.sort((a, b) => a - b);
    return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
  }

  get bids(): CrowdEvidence['bids'] {
    return this.journal.map(({ bid, settled }) => ({ bidId: bid.bidId, isSettled: settled !== null }));
  }

  async whole(): Promise<Evidence> {
    const { place, journal } = this;
    return {
      told: journal.map(({ bid, settled }) => ({ bidId: bid.bidId, answer: settled!.answer })),
      tries: journal.flatMap(({ tries }) => tries),
      announced: place.bidders.flatMap(({ announced }) => announced),
      log: await place.log(),
      askedAgain: [],
      invariants: await place.invariants(),
    };
  }
}

const calm = { bytesEach: null, bytesEachMax: 0, lagging: 0, deafStill: 0 };

async function idle(place: Place, count: number): Promise<CrowdRun> {
  const [crowd, bidding] = [new Crowd(), new Bidding(place)];
  try {
    const before = await bidding.measured();
    const beforeBytes = residentBytes(place);
    await crowd.order('at', addressOf(place));
    const { isIn } = await crowd.order('come', { count, joins: false, withinMs: CAME_MS_MAX });
    await pause(RESTED_MS);
    const bytesEach = Math.round((residentBytes(place) - beforeBytes) / count);
    const during = await bidding.measured();
    return {
      ...{ count, before, during, said: `${isIn} in, ${(bytesEach / 1_024).toFixed(1)} KB each` },
      evidence: { ...calm, wanted: count, isIn: isIn!, bids: bidding.bids, bytesEach, bytesEachMax: 65_536 },
      whole: await bidding.whole(),
    };
  } finally {
    crowd.end();
  }
}

/** They have joined, read nothing, say that they live, and go on asking for whole pages of the log. */
async function deaf(place: Place, count: number): Promise<CrowdRun> {
  const [crowd, bidding] = [new Crowd(), new Bidding(place)];
  let [queued, resident] = [0, 0];
  const look = setInterval(() => {
    resident = Math.max(resident, residentBytes(place));
    void queuedBytes(place).then((bytes) => (queued = Math.max(queued, bytes)));
  }, 250);
  try {
    const before = await bidding.measured();
    await crowd.order('at', addressOf(place));
    const { isIn } = await crowd.order('come', { count, joins: true, withinMs: CAME_MS_MAX });
    const others = (await openSockets(place)) - count;
    const beforeBytes = residentBytes(place);
    await crowd.order('goDeaf', { everyMs: 60 });
    resident = 0;
    const measured = bidding.measured();
    await pause(4_000);
    // Some come to their senses before they are cut.
    const back = await crowd.order('hear', {
      ...{ count: count >> 1, withinMs: 15_000 },
      next: (await place.log()).at(-1)!.i,
    });
    const during = await measured;
    const until = Date.now() + DEAF_MS_MAX;
    const left = async () => (await openSockets(place)) - others - back.caughtUp!;
    while ((await left()) > 0 && Date.now() < until) await pause(500);
    const bytesEach = Math.round(queued / count);
    const grownMb = Math.round(Math.max(0, resident - beforeBytes) / 1_048_576);
    const deafStill = Math.max(0, await left());
    const said = `of ${count >> 1} who read again ${back.caughtUp} caught up and ${back.cut} were cut; of ${count - (count >> 1)} who did not ${deafStill} are left; at most ${(bytesEach / 1_024).toFixed(0)} KB queued for each, the process ${grownMb} MB larger for a while`;
    return {
      ...{ count, before, during, said },
      evidence: {
        ...{ wanted: count, isIn: isIn!, bids: bidding.bids, bytesEach, bytesEachMax: DEAF_BYTES_MAX },
        ...{ lagging: (count >> 1) - back.caughtUp! - back.cut!, deafStill },
      },
      whole: await bidding.whole(),
    };
  } finally {
    clearInterval(look);
    crowd.end();
  }
}
const DEAF_MS_MAX = 90_000;
/** What may be queued, and a page of the log above it. */
const DEAF_BYTES_MAX = 524_288;

/** A village that was in the room when the server died comes back at the same moment. */
async function storm(place: Place, count: number): Promise<CrowdRun> {
  const [crowd, bidding] = [new Crowd(), new Bidding(place)];
  const { market } = place;
  try {
    const before = await bidding.measured();
    await crowd.order('at', addressOf(place));
    await crowd.order('come', { count, joins: true, withinMs: CAME_MS_MAX });
    await crowd.order('hold');
    await market.killHard();
    while ((await crowd.order('lost')).lost! < count) await pause(50);
    await market.start();
    const sinceMs = Date.now();
    await crowd.order('at', addressOf(place));
    const during = bidding.measured();
    const { isIn, medianMs, lastMs } = await crowd.order('returned', { sinceMs });
    return {
      ...{
        count,
        before,
        during: await during,
        said: `${isIn} back: half after ${medianMs} ms, all after ${lastMs} ms`,
      },
      evidence: { ...calm, wanted: count, isIn: isIn!, bids: bidding.bids },
      whole: await bidding.whole(),
    };
  } finally {
    crowd.end();
  }
}

/** The server's process and that of the crowd may have so many files open. */
function filesMax(): number {
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity;
  }
}
const socketsMax = (wanted: number): number => Math.min(wanted, filesMax() - FILES_BESIDE);
/** The house itself is full at ten thousand; the bidders are in before. */
const IDLE_MAX = 9_990;

export const crowdFaults: readonly CrowdFault[] = [
  {
    name: 'idle-sockets',
    what: 'sockets that are connected and do nothing',
    ...{ count: socketsMax(IDLE_MAX), fewCount: 500, play: idle },
  },
  {
    name: 'slow-readers',
    what: 'in the room, reading nothing and asking for pages of the log',
    ...{ count: 100, fewCount: 20, play: deaf },
  },
  {
    name: 'join-storm',
    what: 'in the room when the server is killed, all back at once',
    ...{ count: 1_000, fewCount: 200, play: storm },
  },
];
