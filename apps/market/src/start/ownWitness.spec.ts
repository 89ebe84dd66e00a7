import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type HostCommand, type Snapshot, type WitnessState } from '@qingpai/wire';
import { compiledFolder, compiledMarket } from '../testing/compiledMarket.js';
import { type ServerProcess, startProcess } from '../testing/serverProcess.js';

let main: string;
let folder: string;
const started: ServerProcess[] = [];

beforeAll(async () => {
  main = await compiledMarket();
  folder = mkdtempSync(join(tmpdir(), 'qingpai-own-witness-'));
  // As root, Postgres runs under another account, which must get through to its data.
  chmodSync(folder, 0o711);
}, 60_000);
afterEach(async () => {
  for (const { child, exited } of started.splice(0)) {
    child.kill('SIGTERM');
    await exited;
  }
});
afterAll(() => {
  for (const path of [folder, compiledFolder]) rmSync(path, { recursive: true, force: true });
});

async function start(dataDir: string) {
  const server = await startProcess(main, { DATA_DIR: dataDir, HTTPS_PORT: 'off' });
  started.push(server);
  const origin = server.origin();
  const showId = /\/r\/(\d{8}-\d\d)/.exec(server.said())![1]!;
  const link = /\/host#link=([\w-]{43})/.exec(server.said())![1];
  const signedIn = await fetch(`${origin}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': 'bearer' },
    body: JSON.stringify({ token: link }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  let commands = 0;
  const host = async (command: HostCommand): Promise<number> => {
    const { status } = await fetch(`${origin}/api/shows/${showId}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ commandId: `command-${(commands += 1)}`, command }),
    });
    return status;
  };
  const get = async <T>(path = ''): Promise<T> =>
    (await fetch(`${origin}/api/shows/${showId}${path}`)).json() as T;
  return { server, host, get };
}

/** Of the witness of this data folder. */
const witnessPids = (dataDir: string): number[] =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(join(dataDir, 'witness')))
    .map((line) => Number(line.trim().split(' ')[0]));

async function until(truth: () => boolean | Promise<boolean>, withinMs: number): Promise<void> {
  for (const endMs = Date.now() + withinMs; !(await truth());) {
    if (Date.now() > endMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a witness starts with the market; killed it keeps nobody from the auction, comes back and catches up', async () => {
  const dataDir = join(folder, 'killed');
  const { server, host, get } = await start(dataDir);
  expect(await host({ name: 'seal', withoutConsent: 'on-paper' })).toBe(200);
  // Without a word of the host: the witness has come in time.
  expect(await host({ name: 'open' })).toBe(200);
  expect((await get<Snapshot>()).state.witnessed).toBe(true);
  expect(await get<WitnessState>('/witness')).toMatchObject({ witnesses: 1, sealed: true, late: false });
  const shows = readFileSync(join(dataDir, 'witness-logs.txt'), 'utf8');
  expect(shows).toMatch(/^qingpai\.localhost\/shows\/\d{8}-01\+/);
  expect(statSync(join(dataDir, 'witness/witness.key')).mode & 0o777).toBe(0o600);

  const [pid, ...others] = witnessPids(dataDir);
  expect(others).toEqual([]);
  process.kill(pid!, 'SIGKILL');
  await until(() => server.logged().includes('the witness has ended; bids go on'), 5_000);
  expect(await host({ name: 'offer', lot: 'L6' })).toBe(200);
  const { next: size } = (await get<Snapshot>()).state;
  await until(() => witnessPids(dataDir).length === 1, 20_000);
  expect(witnessPids(dataDir)).not.toContain(pid);
  await until(async () => ((await get<WitnessState>('/witness')).size ?? 0) >= size, 40_000);
  expect(await get<WitnessState>('/witness')).toMatchObject({ late: false });
  expect(await host({ name: 'lastCall', lot: 'L6' })).toBe(200);
  expect(server.child.exitCode).toBeNull();
}, 120_000);

test('it ends with the market, however that ends, and its key is the same at the next start', async () => {
  const dataDir = join(folder, 'again');
  const first = await start(dataDir);
  const key = readFileSync(join(dataDir, 'witness/witness.key'), 'utf8');
  expect(witnessPids(dataDir)).toHaveLength(1);
  first.server.child.kill('SIGKILL');
  await until(() => witnessPids(dataDir).length === 0, 5_000);

  const next = await start(dataDir);
  expect(readFileSync(join(dataDir, 'witness/witness.key'), 'utf8')).toBe(key);
  expect(await next.host({ name: 'seal', withoutConsent: 'on-paper' })).toBe(200);
  next.server.child.kill('SIGINT');
  expect(await next.server.exited).toBe(0);
  expect(witnessPids(dataDir)).toEqual([]);
}, 120_000);
