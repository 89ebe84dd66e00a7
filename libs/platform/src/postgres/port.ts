import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below 32768, where systems begin to hand out ports of their own to outgoing connections. */
const LOWEST = 20_000;
const HIGHEST = 32_767;

/** A port of the loopback address on which nobody listens now. */
export async function freePort(pick: () => number = () => randomInt(LOWEST, HIGHEST + 1)): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = pick();
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port found between ${LOWEST} and ${HIGHEST}`);
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
