import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type LogTiles } from '@qingpai/ledger';
import { parseTilePath } from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const zipped = promisify(gzip);

/** What a tile holds never changes, and a partial one has its width in its name. */
const FOREVER = 'public, max-age=31536000, immutable';

/** A text that changes, such as a checkpoint. Its type is said only now: a refusal has one of its own. */
export function sendText(text: string, reply: FastifyReply): string {
  reply.header('cache-control', 'no-cache').type('text/plain; charset=utf-8');
  return text;
}

/**
 * A tile of any log, as c2sp.org/tlog-tiles wants it sent. Refuses with `not-found` what is no tile's path and what
 * the log has not come to yet; nobody keeps that answer.
 * @param path e.g. `tile/0/001` or `tile/entries/000.p/17`
 */
export async function sendTile(
  tiles: LogTiles,
  { origin, path }: { origin: string; path: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Buffer> {
  const tile = parseTilePath(path);
  const bytes = tile && (await tiles.tile(origin, tile));
  if (!bytes) throw new Refused('not-found');
  reply.header('cache-control', FOREVER).type('application/octet-stream');
  // Hashes are noise: only entries get smaller.
  if (tile.level !== 'entries') return Buffer.from(bytes);
  reply.header('vary', 'accept-encoding');
  if (!/\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) return Buffer.from(bytes);
  reply.header('content-encoding', 'gzip');
  return zipped(bytes);
}
