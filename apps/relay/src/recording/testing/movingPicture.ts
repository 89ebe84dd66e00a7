import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type VideoCodec } from '../../rtp/keyframe.js';

const kept = JSON.parse(readFileSync(join(__dirname, 'moving.json'), 'utf8')) as {
  h264: string[][];
  vp8: string[];
  opus: string[];
};
const bytes = (text: string) => Buffer.from(text, 'base64');

/** A second of pictures, then the same again: the first of each second is a keyframe. */
export const FRAMES_PER_SECOND = 10;
export const SOUNDS_PER_SECOND = 50;

export interface Sent {
  payload: Buffer;
  marker: boolean;
  /** 90 000 or 48 000 a second. */
  timestamp: number;
}

/** The RTP payloads of the nth picture, as cameras cut them: parameter sets together, large units in parts. */
export function picture(codec: VideoCodec, nth: number, partBytes = 300): Sent[] {
  const payloads = codec === 'H264' ? h264(nth, partBytes) : vp8(nth, partBytes);
  const timestamp = (nth * 90_000) / FRAMES_PER_SECOND;
  return payloads.map((payload, k) => ({ payload, marker: k === payloads.length - 1, timestamp }));
}

export function sound(nth: number): Sent {
  const payload = bytes(kept.opus[nth % kept.opus.length]!);
  return { payload, marker: false, timestamp: nth * 960 };
}

function vp8(nth: number, partBytes: number): Buffer[] {
  const frame = bytes(kept.vp8[nth % kept.vp8.length]!);
  return cut(frame, partBytes).map((part, k) => Buffer.concat([Buffer.from([k === 0 ? 0x10 : 0]), part]));
}

function h264(nth: number, partBytes: number): Buffer[] {
  const nals = kept.h264[nth % kept.h264.length]!.map(bytes);
  const sets = nals.slice(0, -1).flatMap((nal) => [Buffer.from([nal.length >> 8, nal.length & 255]), nal]);
  const together = sets.length > 0 ? [Buffer.concat([Buffer.from([0x78]), ...sets])] : [];
  return [...together, ...inParts(nals.at(-1)!, partBytes)];
}

function inParts(nal: Buffer, partBytes: number): Buffer[] {
  if (nal.length <= partBytes) return [nal];
  const parts = cut(nal.subarray(1), partBytes);
  const head = (k: number) => {
    const ends = (k === 0 ? 0x80 : 0) | (k === parts.length - 1 ? 0x40 : 0);
    return Buffer.from([(nal[0]! & 0xe0) | 28, ends | (nal[0]! & 0x1f)]);
  };
  return parts.map((part, k) => Buffer.concat([head(k), part]));
}

const cut = (whole: Buffer, partBytes: number): Buffer[] =>
  Array.from({ length: Math.ceil(whole.length / partBytes) }, (_, k) =>
    whole.subarray(k * partBytes, (k + 1) * partBytes),
  );

/** As it travels. */
export function rtp({ payload, marker, timestamp }: Sent, seq: number, type: number, ssrc: number): Buffer {
  const packet = Buffer.concat([Buffer.alloc(12), payload]);
  packet[0] = 0x80;
  packet[1] = (marker ? 0x80 : 0) | type;
  packet.writeUInt16BE(seq & 0xffff, 2);
  packet.writeUInt32BE(timestamp >>> 0, 4);
  packet.writeUInt32BE(ssrc, 8);
  return packet;
}
