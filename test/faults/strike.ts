import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { type Place } from './place.js';

const STOPPED_MS = 3_000;
const CUT_MS = 2_000;

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
  /** The room stands on a Postgres behind a line that can be cut. */
  overLine?: true;
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

async function signalling(pids: number | number[], ...signals: (string | number)[]): Promise<Strike> {
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
      const code = await market.ended;
      if (code !== 0) throw new Error(`the server ended with ${code} on SIGTERM\n${market.printed}`);
      await market.start();
    },
  },
  {
    name: 'line-cut',
    what: 'the line to Postgres cut for 2 s',
    overLine: true,
    graceMs: 20,
    aimed: ({ line }) =>
      Promise.resolve(async (afterMs) => {
        await pause(afterMs);
        const atMs = Date.now();
        line.cut();
        await pause(CUT_MS);
        line.mend();
        return { atMs, overAtMs: Date.now() };
      }),
  },
];
