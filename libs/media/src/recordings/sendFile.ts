import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Refused } from '@qingpai/platform';
import { type FastifyReply } from 'fastify';

/** A video file, or the part of it that a player asks for (RFC 9110 §14). It never changes, and is nobody else's. */
export async function sendFile(reply: FastifyReply, path: string, range: string | undefined): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (!found) throw new Refused('recording-gone');
  const { size } = found;
  void reply
    .type('video/mp4')
    .header('accept-ranges', 'bytes')
    .header('cache-control', 'private, max-age=3600')
    .header('x-content-type-options', 'nosniff');
  const asked = range === undefined ? null : rangeOf(range, size);
  if (asked === 'none') {
    return void reply.code(416).header('content-range', `bytes */${size}`).send();
  }
  const [start, end] = asked ?? [0, size - 1];
  if (asked) void reply.code(206).header('content-range', `bytes ${start}-${end}/${size}`);
  return void reply.header('content-length', end - start + 1).send(createReadStream(path, { start, end }));
}

/** First and last byte; null: whatever was asked for is answered with the whole; `none`: nothing of it is there. */
export function rangeOf(text: string, size: number): [number, number] | 'none' | null {
  const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(text.trim());
  if (!found || (found[1] === '' && found[2] === '')) return null;
  const [, first, last] = found;
  if (first === '') {
    const count = Number(last);
    return count === 0 ? 'none' : [Math.max(0, size - count), size - 1];
  }
  const [start, end] = [Number(first), last === '' ? size - 1 : Math.min(Number(last), size - 1)];
  return start >= size || end < start ? 'none' : [start, end];
}
