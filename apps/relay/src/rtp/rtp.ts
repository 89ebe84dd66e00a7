/** RTP as RFC 3550 §5.1 and RFC 8285 lay it out. Offsets are bytes; all numbers are unsigned. */
export interface Rtp {
  payloadType: number;
  marker: boolean;
  seq: number;
  timestamp: number;
  ssrc: number;
  payloadAt: number;
  /** Without its padding. */
  payloadEnd: number;
  /** Of the extension's elements; equal when there are none. */
  extensionAt: number;
  extensionEnd: number;
  /** Two-byte headers (RFC 8285 §4.3). */
  longElements: boolean;
}

const HEADER_BYTES = 12;

/** RFC 5761 §4: on one port, RTCP is told from RTP by its second byte. */
export const isRtcp = (packet: Buffer): boolean =>
  packet.length >= 8 && packet[1]! >= 192 && packet[1]! <= 223;

/** Null for whatever is no RTP. */
export function readRtp(packet: Buffer): Rtp | null {
  if (packet.length < HEADER_BYTES || packet[0]! >> 6 !== 2) return null;
  const first = packet[0]!;
  let at = HEADER_BYTES + 4 * (first & 0x0f);
  let [extensionAt, extensionEnd, longElements] = [at, at, false];
  if (first & 0x10) {
    if (packet.length < at + 4) return null;
    const profile = packet.readUInt16BE(at);
    longElements = profile >> 4 === 0x100;
    extensionAt = at + 4;
    at = extensionAt + 4 * packet.readUInt16BE(at + 2);
    extensionEnd = profile === 0xbede || longElements ? at : extensionAt;
  }
  const padding = first & 0x20 ? packet[packet.length - 1]! : 0;
  if (at + padding > packet.length) return null;
  return {
    payloadType: packet[1]! & 0x7f,
    marker: packet[1]! >> 7 === 1,
    seq: packet.readUInt16BE(2),
    timestamp: packet.readUInt32BE(4),
    ssrc: packet.readUInt32BE(8),
    payloadAt: at,
    payloadEnd: packet.length - padding,
    extensionAt,
    extensionEnd,
    longElements,
  };
}

/** One element of the header extension; null: it is not there. */
export function extension(packet: Buffer, rtp: Rtp, id: number): Buffer | null {
  for (let at = rtp.extensionAt; at < rtp.extensionEnd;) {
    const head = packet[at]!;
    if (head === 0) {
      at += 1;
      continue;
    }
    const here = rtp.longElements ? head : head >> 4;
    const length = rtp.longElements ? (packet[at + 1] ?? 0) : (head & 0x0f) + 1;
    const from = at + (rtp.longElements ? 2 : 1);
    if (!rtp.longElements && here === 15) return null;
    if (from + length > rtp.extensionEnd) return null;
    if (here === id) return packet.subarray(from, from + length);
    at = from + length;
  }
  return null;
}

/**
 * The packet as it goes on: header and payload alone, in bytes of their own. What the camera wrote into extensions
 * and padding is for us.
 */
export function withoutExtensions(packet: Buffer, { payloadAt, payloadEnd }: Rtp): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + payloadEnd - payloadAt);
  packet.copy(bytes, 0, 0, HEADER_BYTES);
  packet.copy(bytes, HEADER_BYTES, payloadAt, payloadEnd);
  bytes[0] = 0x80;
  return bytes;
}

/** Overwrites what differs from viewer to viewer. */
export function address(
  bytes: Buffer,
  to: { payloadType: number; marker: boolean; seq: number; timestamp: number; ssrc: number },
): void {
  bytes[1] = (to.marker ? 0x80 : 0) | to.payloadType;
  bytes.writeUInt16BE(to.seq, 2);
  bytes.writeUInt32BE(to.timestamp, 4);
  bytes.writeUInt32BE(to.ssrc, 8);
}

/** How far `to` lies after `from`, in a space of 16 bits: −32768 … 32767. */
export const seqStep = (from: number, to: number): number => ((to - from) << 16) >> 16;
