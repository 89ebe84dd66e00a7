import PdfPrinter from 'pdfmake';
import { type TDocumentDefinitions } from 'pdfmake/interfaces.js';
import { chineseFont } from './font.js';

/** A document in one Chinese font, as bytes. */
export async function pdfOf(document: TDocumentDefinitions): Promise<Buffer> {
  const normal = await chineseFont();
  const printer = new PdfPrinter({ Noto: { normal, bold: normal } });
  const made = printer.createPdfKitDocument({
    ...document,
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
