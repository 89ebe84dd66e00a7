import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { NOTE_BYTES_MAX } from '@qingpai/ledger/rules';
import { type Witness } from './witness.js';

/** Longer than any honest client takes over a few kilobytes. */
const REQUEST_MS_MAX = 10_000;

/** The witness over HTTP; resolves when it listens. Port 0: any free one. */
export async function serve(
  witness: Witness,
  { host, port }: { host: string; port: number },
  onFailure: (error: unknown) => void,
): Promise<{ url: string; server: Server }> {
  const server = createServer((request, response) => {
    answer(witness, request, response).catch((error: unknown) => {
      // The memory could not be written: nothing was signed, and nothing more will be until somebody has looked.
      response.writeHead(500).end();
      onFailure(error);
    });
  });
  server.requestTimeout = REQUEST_MS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const at = server.address() as AddressInfo;
  return { server, url: `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}` };
}

async function answer(witness: Witness, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://witness').pathname;
  if (request.method === 'GET' && path === '/') return send(response, 200, `${witness.vkey}\n`);
  if (!path.endsWith('/add-checkpoint')) return send(response, 404, 'no such page\n');
  if (request.method !== 'POST') return send(response, 405, 'POST it\n');
  const text = await bodyOf(request);
  if (text === null) return send(response, 413, 'too large\n');
  const { status, type, body } = witness.addCheckpoint(text);
  send(response, status, body, type);
}

function send(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) }).end(body);
}

/** Null when there is more of it than any request has. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Read to its end all the same: who is cut off in the middle does not hear why.
    if (bytes <= NOTE_BYTES_MAX) chunks.push(chunk);
  }
  return bytes > NOTE_BYTES_MAX ? null : Buffer.concat(chunks).toString('utf8');
}
