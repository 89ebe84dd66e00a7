import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type FastifyReply, type FastifyRequest } from 'fastify';

const brotli = promisify(brotliCompress);
const zip = promisify(gzip);
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
/** Smaller pages fit into one packet anyway. */
const COMPRESS_FROM_BYTES = 1_200;

/** HTML made for one reader: never kept, and small on the way. Compressed beside the main loop, quick before tight. */
export async function sendPage(
  request: FastifyRequest,
  reply: FastifyReply,
  html: string,
  status = 200,
): Promise<void> {
  const { encoding, bytes } = await compressed(html, String(request.headers['accept-encoding'] ?? ''));
  void reply
    .status(status)
    .type('text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('vary', 'accept-encoding, accept-language, cookie');
  if (encoding !== null) void reply.header('content-encoding', encoding);
  await reply.send(bytes);
}

async function compressed(
  html: string,
  accepted: string,
): Promise<{ encoding: string | null; bytes: Buffer }> {
  const bytes = Buffer.from(html);
  if (bytes.length < COMPRESS_FROM_BYTES) return { encoding: null, bytes };
  if (/\bbr\b/.test(accepted)) return { encoding: 'br', bytes: await brotli(bytes, BROTLI) };
  if (/\bgzip\b/.test(accepted)) return { encoding: 'gzip', bytes: await zip(bytes, { level: 4 }) };
  return { encoding: null, bytes };
}
