import PdfPrinter from 'pdfmake';
import { type TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { chineseFont, type RareFont, rareFontsFor } from './font.js';

/** A document in one Chinese font, as bytes; what is rare is taken from that font's further parts. */
export async function pdfOf(document: TDocumentDefinitions): Promise<Buffer> {
  const normal = await chineseFont();
  const rare = await rareFontsFor(JSON.stringify(document.content));
  const parts = rare.map(({ name, bytes }) => [name, { normal: bytes, bold: bytes }]);
  const printer = new PdfPrinter({ Noto: { normal, bold: normal }, ...Object.fromEntries(parts) });
  const made = printer.createPdfKitDocument({
    ...document,
    content: inParts(document.content, rare) as TDocumentDefinitions['content'],
    defaultStyle: { font: 'Noto', fontSize: 9, ...document.defaultStyle },
  });
  const chunks: Buffer[] = [];
  return new Promise((done, failed) => {
    made.on('data', (chunk: Buffer) => chunks.push(chunk));
    made.on('end', () => done(Buffer.concat(chunks)));
    made.on('error', failed);
    made.end();
  });
}

/** The same content, each rare character in its own font. */
function inParts(content: unknown, rare: readonly RareFont[]): unknown {
  if (rare.length === 0 || typeof content !== 'object' || content === null) return content;
  if (Array.isArray(content)) return content.map((one) => inParts(one, rare));
  return Object.fromEntries(
    Object.entries(content).map(([name, value]: [string, unknown]) => [
      name,
      name === 'text' && typeof value === 'string' ? runsOf(value, rare) : inParts(value, rare),
    ]),
  );
}

function runsOf(text: string, rare: readonly RareFont[]): string | { text: string; font: string }[] {
  const runs: { text: string; font: string }[] = [];
  for (const character of text) {
    const font = rare.find(({ characters }) => characters.has(character))?.name ?? 'Noto';
    const last = runs.at(-1);
    if (last?.font === font) last.text += character;
    else runs.push({ text: character, font });
  }
  return runs.some(({ font }) => font !== 'Noto') ? runs : text;
}
