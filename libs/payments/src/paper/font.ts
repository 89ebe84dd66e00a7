import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { convert } from 'fontverter';

/**
 * Noto Sans SC (SIL OFL) with the characters that a township prints, as TrueType: unpacked once per process, since a PDF
 * made from the packed one takes many times as long.
 */
let font: Promise<Buffer> | null = null;
export const chineseFont = (): Promise<Buffer> => (font ??= read());

async function read(): Promise<Buffer> {
  const path = createRequire(__filename).resolve(
    '@fontsource/noto-sans-sc/files/noto-sans-sc-chinese-simplified-400-normal.woff',
  );
  return convert(await readFile(path), 'truetype');
}
