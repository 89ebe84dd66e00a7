/**
 * Whether a TrueType font has a glyph for a character of the basic plane: its `cmap` in format 4 (OpenType 1.9, "Segment
 * mapping to delta values"), the one every such font has.
 */
export function covers(font: Buffer): (code: number) => boolean {
  const at = segmentsAt(font);
  const twice = font.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + twice + 2;
  const [deltas, offsets] = [starts + twice, starts + 2 * twice];
  return (code) => {
    for (let k = 0; k < twice; k += 2) {
      if (code > font.readUInt16BE(ends + k)) continue;
      const start = font.readUInt16BE(starts + k);
      if (code < start) return false;
      const offset = font.readUInt16BE(offsets + k);
      if (offset === 0) return ((code + font.readInt16BE(deltas + k)) & 0xffff) !== 0;
      return font.readUInt16BE(offsets + k + offset + 2 * (code - start)) !== 0;
    }
    return false;
  };
}

function segmentsAt(font: Buffer): number {
  const tables = font.readUInt16BE(4);
  for (let k = 0; k < tables; k++) {
    const entry = 12 + 16 * k;
    if (font.toString('latin1', entry, entry + 4) !== 'cmap') continue;
    const cmap = font.readUInt32BE(entry + 8);
    for (let n = 0; n < font.readUInt16BE(cmap + 2); n++) {
      const table = cmap + font.readUInt32BE(cmap + 4 + 8 * n + 4);
      if (font.readUInt16BE(table) === 4) return table;
    }
  }
  throw new Error('bug: a font without a table of its characters');
}
