import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** More would only fill the disk: the first ones tell it all. */
const REFUSED_KEPT_MAX = 100;

/** Keeps a signed head that contradicts what was cosigned: beside the state it is proof against whoever signed both. */
export function keepEvidence(folder: string, request: string, atMs: number): string | null {
  const refused = join(folder, 'refused');
  mkdirSync(refused, { recursive: true, mode: 0o700 });
  if (readdirSync(refused).length >= REFUSED_KEPT_MAX) return null;
  const file = join(refused, `${new Date(atMs).toISOString().replace(/:/g, '')}.txt`);
  writeFileSync(file, request, { mode: 0o600 });
  return file;
}
