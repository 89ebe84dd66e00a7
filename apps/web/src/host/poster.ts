import { flower } from '../shared/flower';
import { qrPath } from '../shared/qr';

/** What a poster tells: the invitation that goes into group chats and onto the door of the hall. */
export interface PosterFacts {
  title: string;
  township: string;
  /** Who hosts, e.g. 驻村干部. */
  host: string;
  when: string;
  /** e.g. 64 件拍品，89 份 */
  lots: string;
  /** The first lots, for their pictures. */
  shown: readonly { title: string; number: string }[];
  freight: string;
  scan: string;
  /** Short code of the sealed list; null: not sealed yet. */
  code: string | null;
  address: string;
}

export const POSTER = { width: 1080, height: 1500 };
const MARGIN = 72;
const FACE = `'PingFang SC','HarmonyOS Sans SC','MiSans','Noto Sans SC','Noto Sans CJK SC','Microsoft YaHei',sans-serif`;
const SEAL = `'Songti SC','Noto Serif CJK SC','STSong',serif`;
const TITLE_LINE = 9;
const SHOWN = 3;
const QR = 330;

/**
 * The poster as one SVG that needs nothing from outside, so that it can be drawn onto a canvas and saved as a picture.
 * Lots have their drawn flowers: photos are not in it.
 */
export function posterSvg(facts: PosterFacts): string {
  const { width, height } = POSTER;
  const lines = brokenInto(facts.title, TITLE_LINE).slice(0, 2);
  const pictures = facts.shown
    .slice(0, SHOWN)
    .map((lot, n) => pictureOf(lot, n))
    .join('');
  const { size, d } = qrPath(facts.address);
  const titles = lines
    .map((line, n) => text(line, MARGIN, 292 + 118 * n, 100, { face: SEAL, bold: true }))
    .join('');
  const below = 292 + 118 * (lines.length - 1);
  const scale = QR / size;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="${FACE}">` +
    `<rect width="${width}" height="${height}" fill="#f6f5f0"/>` +
    `<rect width="${width}" height="18" fill="#1c5a44"/>` +
    text(facts.township, MARGIN, 132, 44, { fill: '#1c5a44', bold: true }) +
    `<g transform="translate(${width - MARGIN - 104} 62)"><rect width="104" height="104" rx="14" fill="#c8351f"/>` +
    `<text x="52" y="72" text-anchor="middle" font-family="${SEAL}" font-size="50" font-weight="700" fill="#fff">清拍</text></g>` +
    titles +
    text(facts.when, MARGIN, below + 92, 54, { fill: '#c8351f', bold: true }) +
    text(`${facts.host} · ${facts.lots}`, MARGIN, below + 160, 38, { fill: '#4a5a52' }) +
    `<g transform="translate(0 ${below + 214})">${pictures}</g>` +
    `<g transform="translate(0 ${height - MARGIN - QR})">` +
    `<rect x="${MARGIN}" y="0" width="${QR}" height="${QR}" rx="20" fill="#fff"/>` +
    `<path transform="translate(${MARGIN} 0) scale(${scale})" d="${d}" fill="#14201b" shape-rendering="crispEdges"/>` +
    text(facts.scan, MARGIN + QR + 44, 80, 50, { bold: true }) +
    brokenInto(facts.freight, 16)
      .slice(0, 4)
      .map((line, n) => text(line, MARGIN + QR + 44, 140 + 45 * n, 32, { fill: '#4a5a52' }))
      .join('') +
    (facts.code === null ? '' : text(facts.code, MARGIN + QR + 44, QR - 18, 32, { fill: '#5f6d65' })) +
    `</g></svg>`
  );
}

function pictureOf({ title, number }: { title: string; number: string }, n: number): string {
  const side = (POSTER.width - 2 * MARGIN - 2 * 30) / SHOWN;
  const x = MARGIN + n * (side + 30);
  const drawn = flower(title, Number(number), 'fill').replace(
    '<svg',
    `<svg x="0" y="0" width="${side}" height="${side}"`,
  );
  const name = [...title].length > 8 ? `${[...title].slice(0, 7).join('')}…` : title;
  return (
    `<g transform="translate(${x} 0)"><clipPath id="p${n}"><rect width="${side}" height="${side}" rx="24"/></clipPath>` +
    `<g clip-path="url(#p${n})">${drawn}</g>${text(name, 4, side + 52, 34, { fill: '#14201b' })}</g>`
  );
}

function text(
  said: string,
  x: number,
  y: number,
  size: number,
  { fill = '#14201b', bold = false, face = '' }: { fill?: string; bold?: boolean; face?: string } = {},
): string {
  const weight = bold ? ' font-weight="700"' : '';
  const family = face && ` font-family="${face}"`;
  return `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}"${weight}${family}>${escaped(said)}</text>`;
}

/** Stays with what stands before it. */
const CLOSING = '，。；、：！？）》” ';

/** Lines of about so many Chinese characters; two Latin letters count as one. None begins with a comma or a stop. */
export function brokenInto(said: string, wide: number): string[] {
  const lines: string[] = [];
  let [line, used] = ['', 0];
  for (const letter of said) {
    const takes = letter.codePointAt(0)! < 0x2e80 ? 0.55 : 1;
    if (used + takes > wide && !CLOSING.includes(letter)) {
      lines.push(line.trim());
      [line, used] = ['', 0];
    }
    line += letter;
    used += takes;
  }
  return line.trim() ? [...lines, line.trim()] : lines;
}

const escaped = (said: string): string =>
  said.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');

/** The same as a PNG, as a data address: held long on a phone it can be saved or sent on. */
export async function posterPng(facts: PosterFacts): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(posterSvg(facts))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  Object.assign(canvas, POSTER);
  canvas.getContext('2d')!.drawImage(image, 0, 0, POSTER.width, POSTER.height);
  return canvas.toDataURL('image/png');
}
