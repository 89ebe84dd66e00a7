import { pdfOf, pngOf } from '@qingpai/payments';
import { renderSVG } from 'uqr';
import { type SlipMoney } from './slipMoney.js';
import { escapeHtml } from './html.js';

/** The slip to send on in a chat: what it says in the fewest words, with the square that leads to the proof. */
export interface SlipFacts {
  show: string;
  lot: string;
  code: string;
  address: string;
  codeName: string;
  scan: string;
  money: SlipMoney;
}

export function slipPdf({ show, lot, code, address, codeName, scan, money }: SlipFacts): Promise<Buffer> {
  const row = ({ name, value }: { name: string; value: string }, fontSize = 11) => [
    { text: name, fontSize },
    { text: value, fontSize, alignment: 'right' as const },
  ];
  return pdfOf({
    pageSize: 'A5',
    pageMargins: [32, 32, 32, 32],
    info: { title: lot },
    content: [
      { text: `清拍 · ${show}`, fontSize: 10, color: '#555555' },
      { text: lot, fontSize: 18, margin: [0, 6, 0, 14] },
      { text: money.title, fontSize: 12, margin: [0, 0, 0, 4] },
      {
        table: {
          widths: ['*', 'auto'],
          body: [
            ...money.lines.map((line) => row(line)),
            row(money.yours, 18),
            ...(money.off ? [row(money.off)] : []),
          ],
        },
        layout: 'lightHorizontalLines',
      },
      { text: money.when, fontSize: 12, margin: [0, 8, 0, 16] },
      { svg: renderSVG(address, { ecc: 'M', border: 1 }), width: 110, alignment: 'center' },
      { text: `${codeName} ${code} · ${scan}`, fontSize: 10, alignment: 'center', margin: [0, 6, 0, 0] },
    ],
  });
}

const WIDTH = 720;
/** About so many characters of Chinese fit into a line of the picture. */
const LINE_CHARS = 24;
/** And so many beside an amount. */
const OFF_CHARS = 16;

export function slipPng({ show, lot, code, address, codeName, scan, money }: SlipFacts): Promise<Buffer> {
  const parts: string[] = [];
  let y = 40;
  const text = (words: string, size: number, { fill = '#2b2a26', x = 48, anchor = 'start' } = {}) =>
    parts.push(
      `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}">${escapeHtml(words)}</text>`,
    );
  const right = { x: WIDTH - 48, anchor: 'end' };
  y += 24;
  text(`清拍 · ${show}`, 24, { fill: '#6d6a60' });
  for (const line of broken(lot)) {
    y += 56;
    text(line, 42);
  }
  y += 28;
  for (const { name, value } of money.lines) {
    y += 48;
    text(name, 30, { fill: '#6d6a60' });
    text(value, 30, right);
  }
  y += 24;
  parts.push(`<line x1="48" x2="${WIDTH - 48}" y1="${y}" y2="${y}" stroke="#cfc8b5" stroke-width="2"/>`);
  y += 68;
  text(money.yours.name, 36);
  text(money.yours.value, 56, { ...right, fill: '#1f6b4a' });
  if (money.off) {
    y += 50;
    text(money.off.value, 30, right);
    for (const line of broken(money.off.name, OFF_CHARS)) {
      text(line, 26, { fill: '#6d6a60' });
      y += 34;
    }
    y -= 24;
  }
  for (const line of broken(money.when)) {
    y += 46;
    text(line, 28, { fill: '#1f6b4a' });
  }
  y += 36;
  const square = renderSVG(address, { ecc: 'M', border: 1 });
  parts.push(
    `<g transform="translate(${WIDTH / 2 - 120} ${y})">${square.replace('<svg', '<svg width="240" height="240"')}</g>`,
  );
  y += 284;
  text(`${codeName} ${code} · ${scan}`, 24, { x: WIDTH / 2, anchor: 'middle', fill: '#6d6a60' });
  y += 40;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="Noto Sans SC Thin"><rect width="100%" height="100%" fill="#fbf9f2"/>${parts.join('')}</svg>`;
  return pngOf(svg, WIDTH);
}

const broken = (words: string, chars = LINE_CHARS): string[] =>
  words.match(new RegExp(`.{1,${chars}}`, 'gu')) ?? [];
