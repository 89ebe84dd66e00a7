import { encode } from 'uqr';

export interface QrPath {
  /** Modules a side, the quiet zone of four included. */
  size: number;
  /** One square per dark module, for an SVG path in a box of `size` × `size`. */
  d: string;
}

export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, d: squares.join('') };
}
