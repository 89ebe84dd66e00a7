import { createSocket } from 'node:dgram';

/** Below the range from which systems give ports to clients, so that nothing of theirs is in the way. */
const FROM = 20_000;
const BELOW = 32_768;
const TRIES = 50;

/** A free UDP port below 32768 at this address; the given one when it is not 0. Throws when it is taken. */
export async function udpPort(address: string, wanted: number): Promise<number> {
  if (wanted !== 0) return bound(address, wanted);
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FROM + Math.floor(Math.random() * (BELOW - FROM));
    const free = await bound(address, port).catch(() => null);
    if (free !== null) return free;
  }
  throw new Error('no free UDP port below 32768');
}

function bound(address: string, port: number): Promise<number> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, address, () => socket.close(() => resolve(port)));
  });
}
