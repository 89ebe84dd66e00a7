import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';

const VERSION = 'v0.203.0';
const MODULE = `github.com/stripe/stripe-mock@${VERSION}`;
/** Git ignores it. */
const cache = join(__dirname, '../../../../.cache/bin');
const INSTALL_MS_MAX = 240_000;
const READY_MS_MAX = 20_000;

export interface StripeMock {
  url: string;
  close(): void;
}

/**
 * Stripe's own stand-in, which knows the shape of every request and remembers none: the address of one that runs
 * already (STRIPE_MOCK_URL), or a program that is installed, or that Go installs here. Null: it cannot be had.
 */
export function findStripeMock(): { url: string } | { program: string } | null {
  const url = process.env.STRIPE_MOCK_URL;
  if (url) return { url };
  const program = found() ?? installed();
  return program === null ? null : { program };
}

export async function openStripeMock(where: { url: string } | { program: string }): Promise<StripeMock> {
  return 'url' in where ? { url: where.url, close: () => undefined } : start(where.program);
}

function found(): string | null {
  if (spawnSync('stripe-mock', ['-version']).error === undefined) return 'stripe-mock';
  const { GOBIN, GOPATH, HOME } = process.env;
  const folders = [GOBIN, GOPATH && join(GOPATH, 'bin'), HOME && join(HOME, 'go/bin'), cache];
  const programs = folders.flatMap((folder) => (folder ? [join(folder, 'stripe-mock')] : []));
  return programs.find((one) => existsSync(one)) ?? null;
}

function installed(): string | null {
  if (spawnSync('go', ['version']).status !== 0) return null;
  try {
    const env = { ...process.env, GOBIN: cache, GOFLAGS: '-mod=mod' };
    execFileSync('go', ['install', MODULE], { env, timeout: INSTALL_MS_MAX, stdio: 'pipe' });
    return join(cache, 'stripe-mock');
  } catch {
    return null;
  }
}

async function start(program: string): Promise<StripeMock> {
  const port = await freePort();
  const mock = spawn(program, ['-http-port', String(port)], { stdio: 'ignore' });
  const close = () => void mock.kill();
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + READY_MS_MAX;
  while (!(await answers(url))) {
    if (Date.now() < until && mock.exitCode === null) await new Promise((on) => setTimeout(on, 50));
    else {
      close();
      throw new Error(`${program} did not answer on ${url}`);
    }
  }
  return { url, close };
}

const answers = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => found(port));
    });
  });
}
