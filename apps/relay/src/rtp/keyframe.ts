export type VideoCodec = 'H264' | 'VP8';

/** Whether a decoder can begin with this packet. H264: RFC 6184 §5; VP8: RFC 7741 §4. */
export function beginsKeyframe(codec: VideoCodec, payload: Buffer): boolean {
  return codec === 'H264' ? beginsH264(payload) : beginsVp8(payload);
}

const IDR = 5;
const SPS = 7;
const STAP_A = 24;
const FU_A = 28;
const isStart = (header: number) => (header & 0x1f) === SPS || (header & 0x1f) === IDR;

function beginsH264(payload: Buffer): boolean {
  if (payload.length < 2) return false;
  const type = payload[0]! & 0x1f;
  if (type === FU_A) return payload[1]! >> 7 === 1 && isStart(payload[1]!);
  if (type !== STAP_A) return isStart(payload[0]!);
  for (let at = 1; at + 2 < payload.length; at += 2 + payload.readUInt16BE(at)) {
    if (isStart(payload[at + 2]!)) return true;
  }
  return false;
}

function beginsVp8(payload: Buffer): boolean {
  if (payload.length < 1) return false;
  const first = payload[0]!;
  const startsFirstPartition = (first & 0x10) !== 0 && (first & 0x0f) === 0;
  if (!startsFirstPartition) return false;
  const at = 1 + vp8ExtensionBytes(payload);
  return at < payload.length && (payload[at]! & 1) === 0;
}

function vp8ExtensionBytes(payload: Buffer): number {
  if ((payload[0]! & 0x80) === 0) return 0;
  const flags = payload[1] ?? 0;
  const pictureId = flags & 0x80 ? ((payload[2] ?? 0) & 0x80 ? 2 : 1) : 0;
  const tl0 = flags & 0x40 ? 1 : 0;
  const tidOrKey = flags & 0x30 ? 1 : 0;
  return 1 + pictureId + tl0 + tidOrKey;
}
