import { type VideoCodec } from '../rtp/keyframe.js';
import { type InTurn } from './inOrder.js';
import { type PictureSize, sizeOfSps } from './sps.js';

/** One picture as a decoder takes it. H264: Annex B, with its parameter sets before every keyframe; VP8: as it is. */
export interface Frame {
  /** The stream's own, 32 bits. */
  timestamp: number;
  isKey: boolean;
  data: Buffer;
  /** Of a keyframe: what a decoder is set up with. */
  setUp: SetUp | null;
}

export interface SetUp extends PictureSize {
  /** As WebCodecs names it. */
  codec: string;
  /** Equal where nothing has to be set up anew. */
  id: string;
}

const HEADER_BYTES = 12;
const FRAME_BYTES_MAX = 4 * 1024 * 1024;

/** Puts the packets of one picture together. What is incomplete is left out, with all that was built on it. */
export class Frames {
  private timestamp = -1;
  private parts: Buffer[] = [];
  private bytes = 0;
  /** Until the next keyframe nothing can be shown. */
  needsKey = true;
  private readonly unpacker: Unpacker;

  constructor(codec: VideoCodec) {
    this.unpacker = codec === 'H264' ? new H264() : new Vp8();
  }

  push({ packet, afterLoss }: InTurn): Frame | null {
    if (afterLoss) {
      this.parts = [];
      this.needsKey = true;
    }
    // Without its last packet a picture ends where the next begins; it may lack something, so it counts as lost.
    if (packet.timestamp !== this.timestamp && this.parts.length > 0) {
      this.parts = [];
      this.needsKey = true;
    }
    if (this.parts.length === 0) this.bytes = 0;
    this.timestamp = packet.timestamp;
    const payload = packet.bytes.subarray(HEADER_BYTES);
    this.bytes += payload.length;
    if (this.bytes <= FRAME_BYTES_MAX) this.parts.push(payload);
    if (!packet.marker) return null;
    const { parts } = this;
    this.parts = [];
    const frame = this.unpacker.unpack(parts, packet.timestamp);
    if (frame?.isKey && frame.setUp) this.needsKey = false;
    else if (!frame) this.needsKey = true;
    return frame && !this.needsKey ? frame : null;
  }
}

interface Unpacker {
  /** Null: no whole picture. */
  unpack(payloads: readonly Buffer[], timestamp: number): Frame | null;
}

/** RFC 7741 §4.2: a descriptor before each part of the picture; RFC 6386 §9.1: what a keyframe begins with. */
class Vp8 implements Unpacker {
  unpack(payloads: readonly Buffer[], timestamp: number): Frame | null {
    const first = payloads[0];
    if (!first || first.length < 1 || (first[0]! & 0x17) !== 0x10) return null;
    const data = Buffer.concat(payloads.map((one) => one.subarray(descriptorBytes(one))));
    if (data.length < 3) return null;
    const isKey = (data[0]! & 1) === 0;
    if (!isKey) return { timestamp, isKey, data, setUp: null };
    if (data.length < 10 || data.readUIntBE(3, 3) !== 0x9d012a) return null;
    const [width, height] = [data.readUInt16LE(6) & 0x3fff, data.readUInt16LE(8) & 0x3fff];
    return { timestamp, isKey, data, setUp: { codec: 'vp8', width, height, id: `vp8 ${width}x${height}` } };
  }
}

function descriptorBytes(payload: Buffer): number {
  if ((payload[0]! & 0x80) === 0) return 1;
  const flags = payload[1] ?? 0;
  const pictureId = flags & 0x80 ? ((payload[2] ?? 0) & 0x80 ? 2 : 1) : 0;
  return 2 + pictureId + (flags & 0x40 ? 1 : 0) + (flags & 0x30 ? 1 : 0);
}

const [IDR, SPS, PPS, STAP_A, FU_A] = [5, 7, 8, 24, 28] as const;
const START = Buffer.from([0, 0, 0, 1]);
const typeOf = (nal: Buffer) => nal[0]! & 0x1f;

/** RFC 6184 §5: single units, several in one packet (STAP-A), one in several (FU-A). */
class H264 implements Unpacker {
  private sps: Buffer | null = null;
  private pps: Buffer | null = null;

  unpack(payloads: readonly Buffer[], timestamp: number): Frame | null {
    const nals = nalsOf(payloads);
    if (!nals || nals.length === 0) return null;
    this.sps = nals.find((nal) => typeOf(nal) === SPS) ?? this.sps;
    this.pps = nals.find((nal) => typeOf(nal) === PPS) ?? this.pps;
    const isKey = nals.some((nal) => typeOf(nal) === IDR);
    const setUp = isKey ? this.setUp() : null;
    if (isKey && !setUp) return null;
    const pictures = nals.filter((nal) => typeOf(nal) !== SPS && typeOf(nal) !== PPS);
    const all = isKey ? [this.sps!, this.pps!, ...pictures] : pictures;
    if (pictures.length === 0) return null;
    return { timestamp, isKey, data: Buffer.concat(all.flatMap((nal) => [START, nal])), setUp };
  }

  private setUp(): SetUp | null {
    const { sps, pps } = this;
    const size = sps && sizeOfSps(sps);
    if (!sps || !pps || !size) return null;
    return {
      codec: `avc1.${sps.toString('hex', 1, 4)}`,
      ...size,
      id: `${sps.toString('hex')} ${pps.toString('hex')}`,
    };
  }
}

/** Null: a part is missing. */
function nalsOf(payloads: readonly Buffer[]): Buffer[] | null {
  const nals: Buffer[] = [];
  let open: Buffer[] | null = null;
  for (const payload of payloads) {
    if (payload.length < 2) return null;
    const type = typeOf(payload);
    if (type === FU_A) {
      const [starts, ends] = [(payload[1]! & 0x80) !== 0, (payload[1]! & 0x40) !== 0];
      if (starts) open = [Buffer.from([(payload[0]! & 0xe0) | (payload[1]! & 0x1f)])];
      if (!open) return null;
      open.push(payload.subarray(2));
      if (!ends) continue;
      nals.push(Buffer.concat(open));
      open = null;
    } else if (type === STAP_A) {
      for (let at = 1; at + 2 < payload.length;) {
        const end = at + 2 + payload.readUInt16BE(at);
        if (end > payload.length || end === at + 2) return null;
        nals.push(payload.subarray(at + 2, end));
        at = end;
      }
    } else if (type > 0 && type < STAP_A) nals.push(payload);
  }
  return open ? null : nals;
}
