import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Market } from '../stories/kit/market.js';
import { whyNoSmallDisk } from './disk.js';
import { type Ground, type Place } from './place.js';
import { type Way } from './proxy.js';

const STOPPED_MS = 3_000;
const CUT_MS = 2_000;
const HELD_MS = 3_000;
/** Longer than the server's patience. */
const SILENT_MS = 9_000;
const SLOW_MS = 6_000;
const LATE_MS = 250;
const FULL_MS = 4_000;
const TWO_OWNERS_MS = 3_000;
/** Answers on their way when the line to the bidders goes. */
const UNHEARD_MS = 100;

/** When it began and when what was done to the process or the line was over, by the wall clock. */
export interface Struck {
  atMs: number;
  overAtMs: number;
}
/** Waits so long, then strikes. */
export type Strike = (afterMs: number) => Promise<Struck>;

export interface Fault {
  name: string;
  what: string;
  ground?: Ground;
  /** Bids must have been put off, not kept waiting. */
  putsOff?: true;
  /** Why it cannot be done on this machine, or null. */
  whyNot?(): string | null;
  /** A bid that was answered so soon after the fault may have been answered before it, on a busy machine. */
  graceMs: number;
  aimed(place: Place): Promise<Strike>;
  /** What a supervisor does. */
  mended?(place: Place): Promise<void>;
}

/**
 * Signals from a process of their own: one sent by who bids is sent between two turns of its loop, when every bid has
 * just been answered.
 */
const striker = `
  const [pids, first, forMs, second] = process.argv.slice(1);
  const all = (signal) => pids.split(',').forEach((pid) => { try { process.kill(Number(pid), signal); } catch {} });
  process.stdin.once('data', (text) => setTimeout(() => {
    const atMs = Date.now();
    all(first);
    const tell = () => { console.log(JSON.stringify({ atMs, overAtMs: second ? Date.now() : atMs })); process.exit(0); };
    if (!second) return tell();
    setTimeout(() => { all(second); tell(); }, Number(forMs));
  }, Number(text)));
  console.log('ready');
`;

export async function signalling(pids: number | number[], ...signals: (string | number)[]): Promise<Strike> {
  const child = spawn(process.execPath, ['-e', striker, String(pids), ...signals.map(String)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  while (!said.includes('ready')) await pause(5);
  return async (afterMs) => {
    const ended = once(child, 'close');
    child.stdin.write(String(afterMs));
    await ended;
    return JSON.parse(said.slice(said.indexOf('{'))) as Struck;
  };
}

/** The postmaster and all its processes: one alone would leave a commit that is under way to its end. */
function withItsProcesses(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  return [pid, ...pairs.flatMap(([child, parent]) => (parent === pid ? [child] : []))];
}

/** Something done to a line or a disk for a while, by this process: it cuts no answer short that was given before. */
function during(forMs: number, begin: () => void, end: () => void): Promise<Strike> {
  return Promise.resolve(async (afterMs) => {
    await pause(afterMs);
    const atMs = Date.now();
    begin();
    await pause(forMs);
    end();
    return { atMs, overAtMs: Date.now() };
  });
}

async function endsWell(market: Market): Promise<void> {
  const code = await market.ended;
  if (code !== 0)
    throw new Error(`the server ended with ${code} on SIGTERM\n${market.printed.slice(-4_000)}`);
}

/** Both serve: the next who comes goes to the new one, and the old one drains. */
async function changingServers(place: Place): Promise<Strike> {
  const old = place.market;
  const next = await place.anotherServer();
  const term = await signalling(old.pid, 'SIGTERM');
  return async (afterMs) => {
    for (const one of place.bidders) one.goesOnAt(next);
    place.market = next;
    const struck = await term(afterMs);
    await endsWell(old);
    await old.close();
    return struck;
  };
}

/** Every other bidder asks another server, and each server takes the show from the other with every bid. */
async function twoOwners(place: Place): Promise<Strike> {
  const { market, bidders } = place;
  const other = await place.anotherServer();
  const half = bidders.filter((_, n) => n % 2 === 0);
  return async (afterMs) => {
    await pause(afterMs);
    const atMs = Date.now();
    for (const one of half) one.movesTo(other);
    await pause(TWO_OWNERS_MS);
    for (const one of half) one.movesTo(market);
    const overAtMs = Date.now();
    await other.close();
    return { atMs, overAtMs };
  };
}

const swallowing = (name: string, what: string, ways: Way[]): Fault => ({
  ...{ name, what, ground: 'line', putsOff: true, graceMs: 20 },
  aimed: ({ line }) =>
    during(
      SILENT_MS,
      () => line.swallow(...ways),
      () => line.mend(),
    ),
});

export const faults: readonly Fault[] = [
  {
    name: 'server-kill',
    what: 'kill -9 of the server, started again',
    graceMs: 20,
    aimed: ({ market }) => signalling(market.pid, 'SIGKILL'),
    mended: async ({ market }) => {
      await market.ended;
      await market.start();
    },
  },
  {
    name: 'postgres-kill',
    what: 'kill -9 of Postgres, all its processes',
    graceMs: 20,
    aimed: ({ postgresPid }) => signalling(withItsProcesses(postgresPid), 'SIGKILL'),
  },
  {
    name: 'server-stop',
    what: 'SIGSTOP of the server for 3 s',
    graceMs: 20,
    aimed: ({ market }) => signalling(market.pid, 'SIGSTOP', STOPPED_MS, 'SIGCONT'),
  },
  {
    name: 'rolling-restart',
    what: 'SIGTERM of the server, started again',
    // It drains: whoever is in flight is answered within milliseconds.
    graceMs: 0,
    aimed: ({ market }) => signalling(market.pid, 'SIGTERM'),
    mended: async ({ market }) => {
      await endsWell(market);
      await market.start();
    },
  },
  {
    name: 'line-cut',
    what: 'the line to Postgres cut for 2 s',
    ground: 'line',
    graceMs: 20,
    aimed: ({ line }) =>
      during(
        CUT_MS,
        () => line.cut(),
        () => line.mend(),
      ),
  },
  {
    name: 'line-holds',
    what: 'the line to Postgres holds everything for 3 s, then lets it through',
    ground: 'line',
    graceMs: 20,
    aimed: ({ line }) =>
      during(
        HELD_MS,
        () => line.hold('there', 'back'),
        () => line.mend(),
      ),
  },
  swallowing(
    'line-swallows',
    'the line to Postgres swallows everything for 9 s; what was connected stays silent',
    ['there', 'back'],
  ),
  swallowing('line-swallows-questions', 'the same for what the server asks alone', ['there']),
  swallowing(
    'line-swallows-answers',
    'the same for what Postgres answers alone: commits happen and nobody hears of them',
    ['back'],
  ),
  {
    name: 'line-slow',
    what: 'each way over the line to Postgres takes 250 ms more, for 6 s',
    ground: 'line',
    graceMs: 20,
    aimed: ({ line }) =>
      during(
        SLOW_MS,
        () => line.slowDown(LATE_MS),
        () => line.mend(),
      ),
  },
  {
    name: 'reply-lost',
    what: 'the answers on their way to the bidders are dropped, and their line is cut',
    ground: 'door',
    graceMs: 0,
    aimed: ({ door }) =>
      during(
        UNHEARD_MS,
        () => door.swallow('back'),
        () => {
          door.cut();
          door.mend();
        },
      ),
  },
  {
    name: 'disk-full',
    what: 'the disk of Postgres is full for 4 s',
    ground: 'disk',
    putsOff: true,
    graceMs: 20,
    whyNot: whyNoSmallDisk,
    aimed: ({ disk }) =>
      during(
        FULL_MS,
        () => disk.fill(),
        () => disk.free(),
      ),
  },
  {
    name: 'two-owners',
    what: 'half of the bidders ask a second server on the same database for 3 s',
    ground: 'line',
    graceMs: 0,
    aimed: twoOwners,
  },
  {
    name: 'changed-servers',
    what: 'a new server beside the old one, then SIGTERM of the old one',
    ground: 'line',
    graceMs: 0,
    aimed: changingServers,
  },
];
