import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { claimOf, type MediaClaim, refusalOfToken } from '@qingpai/media/rules';
import { SDP_BYTES_MAX } from '../limits.js';
import { type RelayCounters } from '../metrics.js';
import { type Opened, type Relay } from '../relay.js';
import { type Mode, modes } from '../viewer.js';

export interface Door {
  relay: Relay;
  counters: RelayCounters;
  /** Signs and checks tokens; 32 bytes. */
  key: Uint8Array;
  /** Announced to a client that did not say by which address it reached us. */
  address: string;
}

const PING_EVERY_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;
const hlsPath = /^\/hls\/([\w-]{1,40})\/([\w.-]{1,600})\/([\w.-]{1,40})$/;
const nextPart = /[?&]_HLS_msn=(\d{1,9})(?:&|$)/;
const path = /^\/(whip|whep)\/([\w-]{1,40})(?:\/([0-9a-f]{24})(\/layer)?)?$/;

/** What a request is refused with: nothing but a status. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly headers: Record<string, string> = {},
  ) {
    super(String(status));
  }
}

/** WHIP (RFC 9725) in and WHEP out, the relay's news and counters. The market alone comes here, over loopback. */
export function httpServer(door: Door): Server {
  return createServer((request, response) => {
    handle(door, request, response).catch((error: unknown) => {
      const { status, headers } = error instanceof Refusal ? error : new Refusal(500);
      if (status === 500) console.error(error);
      door.counters.refused.inc({ status });
      if (!response.headersSent) response.writeHead(status, headers).end();
      else response.destroy();
    });
  });
}

async function handle(door: Door, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = (request.url ?? '').split('?')[0]!;
  if (request.method === 'GET' && url === '/healthz') return void response.end('ok');
  if (request.method === 'GET' && url === '/metrics') {
    const text = await door.counters.registry.metrics();
    return void response.setHeader('content-type', door.counters.registry.contentType).end(text);
  }
  if (request.method === 'GET' && url === '/events') return tellNews(door, request, response);
  const hls = hlsPath.exec(url);
  if (hls) return giveDelayed(door, request, response, hls);
  const found = path.exec(url);
  if (!found) throw new Refusal(404);
  const [, door1, show, id, layer] = found;
  const may = door1 === 'whip' ? 'publish' : 'watch';
  if (id === undefined) return open(door, { request, response, show: show!, may });
  return change(door, { request, response, show: show!, may, id, layer: layer !== undefined });
}

/** Players of their own cannot send a bearer token, so it stands in the path (RFC 8216 leaves that open). */
async function giveDelayed(
  door: Door,
  request: IncomingMessage,
  response: ServerResponse,
  [, show, token, name]: RegExpExecArray,
): Promise<void> {
  if (request.method !== 'GET') throw new Refusal(405, { allow: 'GET' });
  const claim = claimOf(token!, door.key);
  const refusal = refusalOfToken(claim, { show: show!, may: 'watch', nowMs: Date.now() });
  if (refusal !== null || claim === null) throw new Refusal(refusal === 'not-allowed' ? 403 : 401);
  const wished = name === 'live.m3u8' ? nextPart.exec(request.url ?? '')?.[1] : undefined;
  if (wished !== undefined) await door.relay.delayedUntil(show!, Number(wished));
  const found = door.relay.delayedFile(show!, claim.person, name!);
  if ('status' in found) throw new Refusal(found.status, found.status === 503 ? { 'retry-after': '1' } : {});
  const type = name!.endsWith('.m3u8') ? 'application/vnd.apple.mpegurl' : 'video/mp4';
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(found.bytes);
}

interface Ask {
  request: IncomingMessage;
  response: ServerResponse;
  show: string;
  may: 'publish' | 'watch';
}

async function open(door: Door, { request, response, show, may }: Ask): Promise<void> {
  if (request.method === 'OPTIONS') {
    return void response.writeHead(204, { 'accept-post': 'application/sdp', allow: 'POST, OPTIONS' }).end();
  }
  if (request.method !== 'POST') throw new Refusal(405, { allow: 'POST, OPTIONS' });
  if (typeOf(request) !== 'application/sdp') throw new Refusal(415, { 'accept-post': 'application/sdp' });
  const claim = claimFor(door, request, { show, may, nowMs: Date.now() });
  const sdp = await bodyOf(request);
  const said = request.headers['x-media-address'];
  const address = typeof said === 'string' && isIP(said) ? said : door.address;
  const opened =
    may === 'publish'
      ? door.relay.publish(show, claim.person, sdp, address)
      : door.relay.watch(show, claim.person, sdp, address);
  if (opened.status !== 201) throw new Refusal(opened.status, retryAfter(opened));
  response
    .writeHead(201, {
      'content-type': 'application/sdp',
      location: `/${may === 'publish' ? 'whip' : 'whep'}/${show}/${opened.id}`,
      etag: `"${opened.id}"`,
    })
    .end(opened.sdp);
}

const retryAfter = ({ status }: Opened): Record<string, string> =>
  status === 503 ? { 'retry-after': String(RETRY_AFTER_SECONDS) } : {};

/** A connection is changed and ended by whoever opened it; with the same person's token, though its time be over. */
async function change(door: Door, ask: Ask & { id: string; layer: boolean }): Promise<void> {
  const { request, response, show, may, id } = ask;
  if (request.method === 'OPTIONS')
    return void response.writeHead(204, { allow: 'PATCH, DELETE, OPTIONS' }).end();
  const claim = claimFor(door, request, { show, may, nowMs: 'leaving' });
  const find = request.method === 'DELETE' ? 'leaver' : 'owner';
  const owner = door.relay[find](show, may, id);
  if (!owner) throw new Refusal(door.relay.wasReplaced(id) ? 410 : 404);
  if (owner.person !== claim.person) throw new Refusal(403);
  if (ask.layer) {
    if (request.method !== 'POST' || may !== 'watch') throw new Refusal(405, { allow: 'POST' });
    door.relay.layer(show, id, modeOf(await bodyOf(request)));
  } else if (request.method === 'DELETE') door.relay.end(show, may, id);
  else if (request.method === 'PATCH') await trickle(request, owner.ufrag);
  else throw new Refusal(405, { allow: 'PATCH, DELETE, OPTIONS' });
  response.writeHead(ask.layer ? 204 : request.method === 'DELETE' ? 200 : 204).end();
}

/** More candidates are not needed; new credentials would be a restart of ICE: the client posts again instead. */
async function trickle(request: IncomingMessage, ufrag: string): Promise<void> {
  if (typeOf(request) !== 'application/trickle-ice-sdpfrag') throw new Refusal(415);
  const said = /^a=ice-ufrag:(\S+)\s*$/m.exec(await bodyOf(request))?.[1];
  if (said !== undefined && said !== ufrag) throw new Refusal(422);
}

function modeOf(text: string): Mode {
  try {
    const { layer } = JSON.parse(text) as { layer?: unknown };
    const mode = modes.find((one) => one === layer);
    if (mode) return mode;
  } catch {
    // said below
  }
  throw new Refusal(400);
}

function claimFor(
  { key }: Door,
  request: IncomingMessage,
  at: Parameters<typeof refusalOfToken>[1],
): MediaClaim {
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const claim = claimOf(token, key);
  const refusal = refusalOfToken(claim, at);
  if (refusal === 'not-allowed') throw new Refusal(403);
  if (refusal !== null || claim === null) throw new Refusal(401, { 'www-authenticate': 'Bearer' });
  return claim;
}

const typeOf = ({ headers }: IncomingMessage) => headers['content-type']?.split(';')[0]!.trim().toLowerCase();

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.length;
    if (bytes > SDP_BYTES_MAX) throw new Refusal(413);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Every stage as it is, then whatever changes: a line of JSON each. An empty line now and then: we live. */
function tellNews(door: Door, request: IncomingMessage, response: ServerResponse): void {
  claimFor(door, request, { show: '*', may: 'events', nowMs: Date.now() });
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  const line = (show: string, stage: object) => response.write(`${JSON.stringify({ show, stage })}\n`);
  for (const [show, stage] of door.relay.all()) line(show, stage);
  response.write('\n');
  const stop = door.relay.onStage(line);
  const ping = setInterval(() => response.write('\n'), PING_EVERY_MS);
  response.once('close', () => {
    stop();
    clearInterval(ping);
  });
}
