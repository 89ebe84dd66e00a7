import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Command line of a living process, '' for one that is gone or only waits to be reaped. */
export function commandOf(pid: number): string {
  if (existsSync('/proc/self/cmdline')) {
    return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  }
  return ps(pid, 'command=');
}

/** Tells a process from a later one with the same pid; '' for one that is gone. */
export function startOf(pid: number): string {
  if (existsSync('/proc/self/stat')) {
    // proc_pid_stat(5): the name may hold anything, so count from its closing bracket. State is 3, start is 22.
    const fields = readOrEmpty(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' ? '' : (fields[19] ?? '');
  }
  return ps(pid, 'lstart=');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ps(pid: number, field: string): string {
  if (process.platform === 'win32') return isThere(pid) ? 'unknown' : '';
  try {
    return execFileSync('ps', ['-o', field, '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
