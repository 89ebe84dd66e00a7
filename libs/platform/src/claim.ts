import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOf } from './process.js';

/** Ours now, or held by a process that lives; `note` is what that one left for later comers (its address, say). */
export type Claim =
  | { mine: true; leaveNote(note: string): void; release(): void }
  | { mine: false; pid: number; note: string | null };

interface Holder {
  pid: number;
  /** Tells the process from a later one with its pid. */
  start: string;
  note: string | null;
}

/** One server per data directory. A holder that was killed, even with -9, does not count. */
export function claimDataDirectory(dataDirectory: string): Claim {
  mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
  const file = join(dataDirectory, 'held-by.json');
  const ours: Holder = { pid: process.pid, start: startOf(process.pid), note: null };
  for (let tries = 0; tries < 3; tries++) {
    if (place(file, ours)) return claimOf(file, ours);
    const holder = holderIn(file);
    if (holder && startOf(holder.pid) === holder.start) {
      return { mine: false, pid: holder.pid, note: holder.note };
    }
    rmSync(file, { force: true });
  }
  throw new Error(`${file} changes under our hands: is another server starting here?`);
}

function claimOf(file: string, ours: Holder): Claim {
  const release = () => {
    if (holderIn(file)?.pid === process.pid) rmSync(file, { force: true });
  };
  process.once('exit', release);
  return {
    mine: true,
    release,
    leaveNote: (note) => renameSync(written(file, { ...ours, note }), file),
  };
}

/** A link appears whole or not at all, and never over another. */
function place(file: string, holder: Holder): boolean {
  const draft = written(file, holder);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function written(file: string, holder: Holder): string {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  return draft;
}

function holderIn(file: string): Holder | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return null;
  }
}
