import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Snapshot } from '@qingpai/wire';
import { io } from 'socket.io-client';
import { compiledFolder, compiledMarket } from '../testing/compiledMarket.js';
import { type ServerProcess, startProcess } from '../testing/serverProcess.js';

let main: string;
let folder: string;
const started: ServerProcess[] = [];

beforeAll(async () => {
  main = await compiledMarket();
  folder = mkdtempSync(join(tmpdir(), 'qingpai-process-'));
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

async function start(dataDir: string, more: Record<string, string> = {}): Promise<ServerProcess> {
  const server = await startProcess(main, { DATA_DIR: dataDir, ...more });
  started.push(server);
  return server;
}

const linkIn = (said: string, page: string) => new RegExp(`${page}#link=([\\w-]{43})`).exec(said)?.[1] ?? '';
const exchange = (origin: string, token: string) =>
  fetch(`${origin}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ token }),
  });
/** Processes that still name this folder. */
const leftIn = (dataDir: string) =>
  execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(dataDir));

test('a first start makes everything, says three links and ready, and ends cleanly on SIGTERM', async () => {
  const dataDir = join(folder, 'first');
  const server = await start(dataDir);
  expect(server.said()).toMatch(/\nready\n$/);
  const room = /http:\/\/localhost:\d+(\/r\/\d{8}-\d\d)\n/.exec(server.said())?.[1];
  expect((await fetch(server.origin() + room)).status).toBe(200);
  expect((await exchange(server.origin(), linkIn(server.said(), '/host'))).status).toBe(200);
  expect((await exchange(server.origin(), linkIn(server.said(), '/township'))).status).toBe(200);
  expect(statSync(join(dataDir, 'vault.key')).mode & 0o777).toBe(0o600);
  expect((await fetch(`${server.origin()}/readyz`)).status).toBe(200);

  const startedAtMs = Date.now();
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(Date.now() - startedAtMs).toBeLessThan(10_000);
  expect(leftIn(dataDir)).toEqual([]);
  expect(existsSync(join(dataDir, 'held-by.json'))).toBe(false);
}, 60_000);

test('a second start gives fresh links of the server that runs, and leaves it alone', async () => {
  const dataDir = join(folder, 'second');
  const [server, other] = [await start(dataDir), await start(dataDir)];
  expect(await other.exited).toBe(0);
  expect(other.said()).toContain(`already running: pid ${server.child.pid}`);
  const fresh = linkIn(other.said(), '/host');
  expect(fresh).not.toBe(linkIn(server.said(), '/host'));
  expect((await exchange(server.origin(), fresh)).status).toBe(200);
  expect(server.child.exitCode).toBeNull();
}, 60_000);

test('what was there stays: the next start has the same show, and makes no other', async () => {
  const dataDir = join(folder, 'again');
  const first = await start(dataDir);
  const show = /\/r\/(\d{8}-\d\d)/.exec(first.said())?.[1];
  first.child.kill('SIGINT');
  expect(await first.exited).toBe(0);
  const next = await start(dataDir);
  expect(/\/r\/(\d{8}-\d\d)/.exec(next.said())?.[1]).toBe(show);
}, 60_000);

test('stopped in the middle of a lot, with people in the room, it ends cleanly and goes on at the next start', async () => {
  const dataDir = join(folder, 'drained');
  const server = await start(dataDir);
  const origin = server.origin();
  const showId = /\/r\/(\d{8}-\d\d)/.exec(server.said())![1]!;
  const signedIn = await fetch(`${origin}/api/sign-in/link`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-session': 'bearer' },
    body: JSON.stringify({ token: linkIn(server.said(), '/host') }),
  });
  const { token } = (await signedIn.json()) as { token: string };
  const commands = [
    { name: 'seal', withoutConsent: 'on-paper' },
    { name: 'open', reason: 'none-configured' },
    { name: 'offer', lot: 'L6' },
  ];
  for (const command of commands) {
    const answer = await fetch(`${origin}/api/shows/${showId}/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ commandId: `command-${command.name}`, command }),
    });
    expect([command.name, answer.status]).toEqual([command.name, 200]);
  }
  const socket = io(origin, { transports: ['websocket'], auth: { token }, reconnection: false });
  await new Promise((resolve) => socket.once('connect', () => resolve(null)));
  await socket.emitWithAck('join', { showId });

  const startedAtMs = Date.now();
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  expect(Date.now() - startedAtMs).toBeLessThan(10_000);
  expect([socket.connected, leftIn(dataDir)]).toEqual([false, []]);

  const next = await start(dataDir);
  const snapshot = (await (await fetch(`${next.origin()}/api/shows/${showId}`)).json()) as Snapshot;
  expect([snapshot.state.phase, snapshot.state.block]).toEqual(['open', 'L6']);
}, 90_000);

test('every wrong key is told at once, in both languages, and nothing is started', async () => {
  const dataDir = join(folder, 'wrong');
  const server = await start(dataDir, { PORT: 'x', LOG_LEVEL: 'loud' });
  expect(await server.exited).toBe(1);
  for (const said of ['PORT: 应为', 'LOG_LEVEL: 应为', 'must be a whole number']) {
    expect(server.logged()).toContain(said);
  }
  expect(existsSync(dataDir)).toBe(false);
}, 60_000);

test('a port that is taken is said in words, and nothing is left running', async () => {
  const other = createServer().listen(0, '127.0.0.1').unref();
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const dataDir = join(folder, 'taken');
  const server = await start(dataDir, { PORT: String(port) });
  expect(await server.exited).toBe(1);
  expect(server.logged()).toContain(`Port ${port} is taken`);
  expect(leftIn(dataDir)).toEqual([]);
}, 60_000);
