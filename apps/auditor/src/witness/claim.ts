import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { join, relative } from 'node:path';

const AGAIN_MS = 100;

export type Claim = { mine: true; note: string; release(): void } | { mine: false; note: string };

/**
 * One process per state: two with the same key and the same memory could cosign two heads that contradict each other.
 * The claim is an open local socket, which the system itself drops when its process dies, by whatever signal; who
 * comes second connects and is told where the first one listens.
 * @param patienceMs how long to wait for one that is about to end
 */
export async function claim(folder: string, patienceMs = 0): Promise<Claim> {
  const untilMs = performance.now() + patienceMs;
  for (;;) {
    const claimed = await claimNow(folder);
    if (claimed.mine || performance.now() > untilMs) return claimed;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function claimNow(folder: string): Promise<Claim> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = socketIn(folder);
  const held: { note: string } = { note: '' };
  for (let tries = 0; tries < 3; tries++) {
    const server = await listen(path, () => held.note);
    if (server) return ours(server, held);
    const note = await noteOf(path);
    if (note !== null) return { mine: false, note };
    // Nobody answers: left over from a process that was killed.
    rmSync(path, { force: true });
  }
  throw new Error(`${path} changes under our hands: is another witness starting here?`);
}

function ours(server: Server, held: { note: string }): Claim {
  return Object.assign(held, { mine: true as const, release: () => void server.close() });
}

function listen(path: string, note: () => string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.on('error', () => undefined).end(`${note()}\n`));
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

/** What the holder says; null when nobody answers. */
function noteOf(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(path);
    socket.setEncoding('utf8').on('data', (text: string) => (said += text));
    socket.once('end', () => resolve(said.trim()));
    socket.once('error', () => resolve(null));
  });
}

/** The shorter of its two paths: the system takes about a hundred characters. */
function socketIn(folder: string): string {
  const real = realpathSync(folder);
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\qingpai-witness-${createHash('sha256').update(real).digest('hex').slice(0, 16)}`;
  const path = join(real, 'held.sock');
  const short = relative(process.cwd(), path);
  return short.length < path.length ? short : path;
}
