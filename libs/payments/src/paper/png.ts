import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { chineseFont } from './font.js';

/** The drawing as a picture; its words in our Chinese font, on whatever machine. @param widthPx of the picture */
export async function pngOf(svg: string, widthPx: number): Promise<Buffer> {
  const drawn = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPx },
    background: '#ffffff',
    font: { fontFiles: [await fontFile()], loadSystemFonts: false, defaultFontFamily: 'Noto Sans SC Thin' },
  });
  return drawn.render().asPng();
}

/** The drawing library reads fonts from files. */
let path: Promise<string> | null = null;
const fontFile = (): Promise<string> => (path ??= written());

async function written(): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'qingpai-font-')), 'noto-sans-sc.ttf');
  await writeFile(file, await chineseFont());
  return file;
}
