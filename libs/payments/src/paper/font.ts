import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { convert } from 'fontverter';
import { covers } from './covers.js';

const here = createRequire(__filename);
const fileOf = (subset: string) =>
  here.resolve(`@fontsource/noto-sans-sc/files/noto-sans-sc-${subset}-400-normal.woff`);

/**
 * Noto Sans SC (SIL OFL) with the characters that a township prints, as TrueType: unpacked once per process, since a PDF
 * made from the packed one takes many times as long.
 */
const fonts = new Map<string, Promise<Buffer>>();
function unpacked(subset: string): Promise<Buffer> {
  const known = fonts.get(subset) ?? readFile(fileOf(subset)).then((bytes) => convert(bytes, 'truetype'));
  fonts.set(subset, known);
  return known;
}
export const chineseFont = (): Promise<Buffer> => unpacked('chinese-simplified');

/** A part of the font that holds characters which the common one has not, as names of villages do (硋窑村). */
export interface RareFont {
  name: string;
  bytes: Buffer;
  characters: Set<string>;
}

/** Which further parts of the font these words need. A character that no part has is left to the common one. */
export async function rareFontsFor(words: string): Promise<RareFont[]> {
  const has = covers(await chineseFont());
  const parts = new Map<string, Set<string>>();
  for (const character of new Set(words)) {
    const code = character.codePointAt(0)!;
    const subset = code < 0x80 || has(code) ? undefined : subsetOf(code);
    if (subset) parts.set(subset, (parts.get(subset) ?? new Set()).add(character));
  }
  return Promise.all(
    [...parts].map(async ([subset, characters]) => ({
      ...{ name: `Noto${subset}`, bytes: await unpacked(subset), characters },
    })),
  );
}

/** By the package's own table: '[51]' → 'U+2f00,U+784b-784d'. */
function subsetOf(code: number): string | undefined {
  const ranges = here('@fontsource/noto-sans-sc/unicode.json') as Record<string, string>;
  const holds = (range: string) => {
    const [from, to = from] = range.trim().slice(2).split('-');
    return parseInt(from!, 16) <= code && code <= parseInt(to!, 16);
  };
  const found = Object.entries(ranges).find(
    ([name, of]) => name.startsWith('[') && of.split(',').some(holds),
  );
  return found?.[0].slice(1, -1);
}
