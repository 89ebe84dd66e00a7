import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { commandOf } from '../process.js';

/** What a running server says of itself in its postmaster.pid. */
export interface Postmaster {
  pid: number;
  port: number;
  ready: boolean;
}

/** https://www.postgresql.org/docs/18/storage-file-layout.html: pid, folder, start, port, socket, address, memory, status */
export function postmasterOf(data: string): Postmaster | null {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
  } catch {
    return null;
  }
}

/** A server that still runs on this folder; a pid that was given to some other program since does not count. */
export function runningOn(data: string): Postmaster | null {
  const postmaster = postmasterOf(data);
  return postmaster && commandOf(postmaster.pid).includes(data) ? postmaster : null;
}

/**
 * Ends what a Node killed with -9 left behind, so that the next one can start: asks first, forces after
 * `patienceMs`. A pid file whose server is gone would stop Postgres if its pid were taken again: it goes too.
 */
export async function endOrphan(data: string, patienceMs = 10_000): Promise<boolean> {
  const orphan = runningOn(data);
  if (orphan) {
    // SIGINT is Postgres' fast shutdown: open transactions are rolled back, what was committed is written.
    process.kill(orphan.pid, 'SIGINT');
    if (!(await gone(data, orphan.pid, patienceMs))) {
      process.kill(orphan.pid, 'SIGQUIT');
      await gone(data, orphan.pid, patienceMs);
    }
  }
  rmSync(join(data, 'postmaster.pid'), { force: true });
  return orphan !== null;
}

async function gone(data: string, pid: number, patienceMs: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += 20) {
    if (!commandOf(pid).includes(data)) return true;
    await pause(20);
  }
  return false;
}
