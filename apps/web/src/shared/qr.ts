import { encode } from 'uqr';

export interface QrPath {
  /** Modules a side, the quiet zone of four included. */
  size: number;
  /** One square per dark module, for an SVG path in a box of `size` × `size`. */
  d: string;
}

/** @param ecc L: less room for stains, fewer modules: for what is scanned from a screen */
export function qrPath(text: string, ecc: 'L' | 'M' = 'M'): QrPath {
  const { data, size } = encode(text, { ecc, border: 4 });
  const squares = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, d: squares.join('') };
}
