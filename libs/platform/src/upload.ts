import '@fastify/multipart';
import { type FastifyRequest } from 'fastify';
import { Refused } from './refused.js';

/**
 * The bytes of the one file of a multipart body; the server must know @fastify/multipart.
 * Refuses: `malformed` (no file), `too-large`.
 */
export async function uploadOf(request: FastifyRequest, bytesMax: number): Promise<Buffer> {
  if (!request.isMultipart()) throw noFile();
  try {
    const file = await request.file({ limits: { fileSize: bytesMax, files: 1, fields: 4, parts: 5 } });
    if (!file) throw noFile();
    return await file.toBuffer();
  } catch (error) {
    throw refusalOf(error);
  }
}

const noFile = () => new Refused('malformed', undefined, [{ path: 'file', message: 'one file is needed' }]);

function refusalOf(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code === 'FST_REQ_FILE_TOO_LARGE' || /^FST_.*_LIMIT$/.test(code ?? '')) return new Refused('too-large');
  return error instanceof Refused ? error : noFile();
}
