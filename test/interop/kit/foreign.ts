import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
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

/**
 * A Go program whose module cannot be installed by its name: built in a throwaway module that asks for this version.
 * Null: it could not be had.
 */
export function goBuilt(
  name: string,
  { module, version }: { module: string; version: string },
): string | null {
  const kept = join(cache, 'bin', `${name}-${version}`);
  if (existsSync(kept)) return kept;
  if (process.env.INTEROP !== '1' || !runs('go', 'version')) return null;
  const cwd = join(cache, `${name}-source`);
  mkdirSync(cwd, { recursive: true });
  try {
    writeFileSync(join(cwd, 'go.mod'), 'module throwaway\n');
    const options = { cwd, timeout: INSTALL_MS_MAX, stdio: 'pipe' } as const;
    execFileSync('go', ['get', `${module}@${version}`], options);
    execFileSync('go', ['build', '-o', kept, module], options);
    return kept;
  } catch {
    return null;
  }
}

/** The Python of a virtual environment with these packages; null: it could not be had. */
export function pythonWith(name: string, packages: string[]): string | null {
  const folder = join(cache, name);
  const python = join(folder, 'bin/python');
  const whole = join(folder, 'whole');
  if (existsSync(whole)) return python;
  if (process.env.INTEROP !== '1' || !runs('python3', '--version')) return null;
  try {
    execFileSync('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS_MAX, stdio: 'pipe' });
    const pip = ['-m', 'pip', 'install', '--quiet', ...packages];
    execFileSync(python, pip, { timeout: INSTALL_MS_MAX, stdio: 'pipe' });
    writeFileSync(whole, packages.join('\n'));
    return python;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

/** A program of Debian's, found on the PATH or installed by root; null: it could not be had. */
export function debianProgram(program: string, packageName: string): string | null {
  if (runs(program, '--version')) return program;
  if (process.env.INTEROP !== '1' || process.getuid?.() !== 0 || !runs('apt-get', '--version')) return null;
  const options = {
    timeout: INSTALL_MS_MAX,
    stdio: 'pipe',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  } as const;
  try {
    execFileSync('apt-get', ['update'], options);
    execFileSync('apt-get', ['install', '-y', '--no-install-recommends', packageName], options);
    return runs(program, '--version') ? program : null;
  } catch {
    return null;
  }
}
