export interface PictureSize {
  width: number;
  height: number;
}

/** Profiles whose parameter set says more of colours first. */
const withChroma = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128]);

/**
 * How large the picture is, from H264's sequence parameter set (ITU-T H.264 §7.3.2.1.1). Null: it cannot be read.
 * @param sps the unit without a start code
 */
export function sizeOfSps(sps: Buffer): PictureSize | null {
  const bits = new Bits(withoutEscapes(sps.subarray(1)));
  try {
    return read(bits);
  } catch {
    return null;
  }
}

function read(bits: Bits): PictureSize | null {
  const profile = bits.take(8);
  bits.take(16);
  bits.golomb();
  let chroma = 1;
  if (withChroma.has(profile)) {
    chroma = bits.golomb();
    if (chroma === 3) bits.take(1);
    bits.golomb();
    bits.golomb();
    bits.take(1);
    // Scaling lists: no camera of ours sends them, and their size is not told beforehand.
    if (bits.take(1) === 1) return null;
  }
  bits.golomb();
  skipOrder(bits);
  bits.golomb();
  bits.take(1);
  const [widthInBlocks, heightInMaps] = [bits.golomb() + 1, bits.golomb() + 1];
  const fields = 2 - bits.take(1);
  if (fields === 2) bits.take(1);
  bits.take(1);
  const crop = bits.take(1) === 1 ? [0, 0, 0, 0].map(() => bits.golomb()) : [0, 0, 0, 0];
  const [unitX, unitY] = [chroma === 1 || chroma === 2 ? 2 : 1, (chroma === 1 ? 2 : 1) * fields];
  const width = 16 * widthInBlocks - unitX * (crop[0]! + crop[1]!);
  const height = 16 * fields * heightInMaps - unitY * (crop[2]! + crop[3]!);
  return width > 0 && height > 0 ? { width, height } : null;
}

function skipOrder(bits: Bits): void {
  const kind = bits.golomb();
  if (kind === 0) bits.golomb();
  if (kind !== 1) return;
  bits.take(1);
  bits.golomb();
  bits.golomb();
  for (let left = bits.golomb(); left > 0; left -= 1) bits.golomb();
}

/** §7.4.1: three bytes 00 00 03 stand for two. */
function withoutEscapes(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes.filter((byte, at) => !(byte === 3 && at >= 2 && bytes[at - 1] === 0 && bytes[at - 2] === 0)),
  );
}

class Bits {
  private at = 0;
  constructor(private readonly bytes: Buffer) {}

  take(count: number): number {
    let value = 0;
    for (let left = count; left > 0; left -= 1) {
      const byte = this.bytes[this.at >> 3];
      if (byte === undefined) throw new Error('it ends too early');
      value = 2 * value + ((byte >> (7 - (this.at & 7))) & 1);
      this.at += 1;
    }
    return value;
  }

  /** Unsigned Exp-Golomb (§9.1). The signed ones that are skipped have the same length. */
  golomb(): number {
    let zeros = 0;
    while (this.take(1) === 0) if ((zeros += 1) > 31) throw new Error('no number');
    return 2 ** zeros - 1 + this.take(zeros);
  }
}
