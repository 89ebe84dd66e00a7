import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Resvg } from '@resvg/resvg-js';
import { chineseFont, rareFontsFor } from './font.js';

/** The drawing as a picture; its words in our Chinese font, on whatever machine. @param widthPx of the picture */
export async function pngOf(svg: string, widthPx: number): Promise<Buffer> {
  const rare = await rareFontsFor(svg);
  const files = [
    fontFile('noto-sans-sc', await chineseFont()),
    ...rare.map(({ name, bytes }) => fontFile(name, bytes)),
  ];
  const drawn = new Resvg(svg, {
    fitTo: { mode: 'width', value: widthPx },
    background: '#ffffff',
    font: {
      ...{ fontFiles: await Promise.all(files), loadSystemFonts: false },
      defaultFontFamily: 'Noto Sans SC Thin',
    },
  });
  return drawn.render().asPng();
}

/** The drawing library reads fonts from files: each is written once per process. */
const written = new Map<string, Promise<string>>();
let folder: Promise<string> | null = null;
function fontFile(name: string, bytes: Buffer): Promise<string> {
  const known = written.get(name) ?? write(name, bytes);
  written.set(name, known);
  return known;
}

async function write(name: string, bytes: Buffer): Promise<string> {
  folder ??= mkdtemp(join(tmpdir(), 'qingpai-font-'));
  const file = join(await folder, `${name}.ttf`);
  await writeFile(file, bytes);
  return file;
}
