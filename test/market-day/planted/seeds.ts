import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a bug was seen when all of them were last sought from the first seed on. */
export interface KnownSeeds {
  found: number;
  /** By the invariant that it proves, all others being blind. */
  alone?: number;
}

const file = join(__dirname, 'seeds.json');
let read: Record<string, KnownSeeds> | undefined;

/** By the bug's name. A bug that is not among them, or is not seen there any more, is sought from the first seed on. */
export function knownSeeds(): Record<string, KnownSeeds> {
  read ??= existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, KnownSeeds>) : {};
  return read;
}

/** Keeps them for the next look. */
export function keepSeeds(seeds: Record<string, KnownSeeds>): void {
  writeFileSync(file, `${JSON.stringify(seeds, null, 2)}\n`);
}
