import { closeSync, fsyncSync, openSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that, whenever the power goes, the old text or the new one is there, whole; and the new one once
 * this has returned. Mode 0600.
 */
export function writeDurably(path: string, text: string): void {
  const draft = `${path}.draft`;
  withFile(draft, 'w', (file) => {
    writeSync(file, text);
    fsyncSync(file);
  });
  renameSync(draft, path);
  // The name itself is only safe when its folder is. Windows cannot open one, and does without.
  if (process.platform !== 'win32') withFile(dirname(path), 'r', fsyncSync);
}

function withFile(path: string, flags: string, use: (file: number) => void): void {
  const file = openSync(path, flags, 0o600);
  try {
    use(file);
  } finally {
    closeSync(file);
  }
}
