import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where foreign parts are kept, brought by their ordinary package clients when INTEROP=1. Git ignores it. */
const cache = join(__dirname, '../../../.cache/interop');
const INSTALL_MS_MAX = 240_000;

export const runs = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

/** A Go program found on the PATH, or installed at this version; null: it could not be had. */
export function goProgram(name: string, module: string): string | null {
  const kept = join(cache, 'bin', name);
  if (existsSync(kept)) return kept;
  if (spawnSync(name, ['-h']).error === undefined) return name;
  if (process.env.INTEROP !== '1' || !runs('go', 'version')) return null;
  try {
    const env = { ...process.env, GOBIN: join(cache, 'bin'), GOFLAGS: '-mod=mod' };
    execFileSync('go', ['install', module], { env, timeout: INSTALL_MS_MAX, stdio: 'pipe' });
    return kept;
  } catch {
    return null;
  }
}

/** A Go program of ours, built from its sources; null: there is no Go, or its modules could not be had. */
export function builtFrom(folder: string, name: string): string | null {
  if (!runs('go', 'version')) return null;
  const built = join(cache, 'bin', name);
  mkdirSync(join(cache, 'bin'), { recursive: true });
  try {
    execFileSync('go', ['build', '-o', built, '.'], { cwd: folder, timeout: INSTALL_MS_MAX, stdio: 'pipe' });
    return built;
  } catch {
    return null;
  }
}
