import { randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';

/**
 * How a second `npm start` asks the running server for fresh links: a door of its own on the loopback address,
 * opened by a token that lies in the data directory (0600). It is not reachable through the public port.
 */
export interface Doorbell {
  /** What the second start must know; for the claim's note. */
  note: string;
  close(): Promise<void>;
}

interface Note {
  port: number;
  token: string;
}

const RING_MS_MAX = 5_000;

/** @param answer text for whoever rings, made anew each time. */
export async function hangDoorbell(answer: () => Promise<string>): Promise<Doorbell> {
  const token = randomBytes(32).toString('base64url');
  const server = createServer((request, response) => {
    if (!isBearer(request.headers.authorization, token)) {
      response.writeHead(401).end();
      return;
    }
    answer().then(
      (text) => response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { note: JSON.stringify({ port, token } satisfies Note), close: () => closed(server) };
}

/** Null when nobody answers. */
export async function ring(note: string): Promise<string | null> {
  const { port, token } = JSON.parse(note) as Note;
  try {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(RING_MS_MAX),
    });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

function isBearer(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
