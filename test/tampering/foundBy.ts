import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckLess } from './mutants.js';

/** What told of a mutant when all that can tell were last asked; null: nothing did. */
export type FoundBy = string | null;

/** Without this check a loop never ends: whoever asks waits, and is told by nobody. Entered by hand. */
export const NEVER_ENDS = 'never ends';

const file = join(__dirname, 'foundBy.json');
const kept: Record<string, FoundBy> = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, FoundBy>)
  : {};

/** Undefined: the line is new. */
export const knownOf = ({ id }: CheckLess): FoundBy | undefined => kept[id];

/** After each, so that a run that is cut off has not been for nothing. */
export function keep({ id }: CheckLess, by: FoundBy): void {
  kept[id] = by;
  const sorted = Object.fromEntries(Object.entries(kept).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(file, `${JSON.stringify(sorted, null, 2)}\n`);
}
