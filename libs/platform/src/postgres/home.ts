import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Account } from './account.js';

const elsewhere = '/var/lib/qingpai';

/**
 * Folder for the server: its data, its log, a copy of its programs where one is needed. It lies inside the data
 * directory, unless the account cannot get there (as in /root): then under /var/lib, and the data directory
 * keeps a note of where.
 */
export function serverHome(dataDirectory: string, account: Account | null): string {
  mkdirSync(dataDirectory, { recursive: true });
  // Others may pass through to the server's folder, and read nothing on the way.
  chmodSync(dataDirectory, account ? 0o711 : 0o700);
  const inside = join(resolve(dataDirectory), 'postgres');
  const home = !account || canPass(account, dirname(inside)) ? inside : notedHome(dataDirectory);
  mkdirSync(home, { recursive: true, mode: 0o711 });
  return home;
}

function notedHome(dataDirectory: string): string {
  const note = join(dataDirectory, 'postgres-is-in');
  if (!existsSync(note)) writeFileSync(note, join(elsewhere, randomBytes(6).toString('hex')));
  return readFileSync(note, 'utf8');
}

/** May this account walk through every folder down to this one? */
export function canPass(account: Account, folder: string): boolean {
  const { uid, gid, mode } = statSync(folder);
  const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
  const passes = ((mode >> shift) & 1) === 1;
  const parent = dirname(folder);
  return passes && (parent === folder || canPass(account, parent));
}
