/**
 * Ends a test run's Postgres when the run is over or its process is gone (also killed with -9), and removes its
 * folder. Started by whoever starts the server: `node watchdog.mjs <pid of the run> <folder>`.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const [run, folder] = [Number(process.argv[2]), process.argv[3]];

function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function postmaster() {
  try {
    return Number(readFileSync(join(folder, 'postgres', 'data', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return 0;
  }
}

function watch() {
  const over = existsSync(join(folder, 'over')) || !isThere(run);
  if (!over) return setTimeout(watch, 100);
  const pid = postmaster();
  // Nothing here is to be kept, so no checkpoint is waited for.
  if (pid && isThere(pid)) process.kill(pid, 'SIGQUIT');
  finish(pid, 100);
}

function finish(pid, tries) {
  if (tries > 0 && pid && isThere(pid)) return setTimeout(finish, 20, pid, tries - 1);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

watch();
