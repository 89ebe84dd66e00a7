import sharp from 'sharp';

/**
 * What a square on the screen says (ISO/IEC 18004), read from its picture. A screen has no stains, so every byte is taken
 * as it stands, without error correction; read are bytes at level L, as our pages write them.
 */
export async function readQr(picture: Buffer): Promise<string> {
  const modules = modulesOf(await sharp(picture).greyscale().raw().toBuffer({ resolveWithObject: true }));
  const version = versionOf(modules);
  return textOf(dataOf(codewordsOf(modules), version), version);
}

type Modules = boolean[][];
const versionOf = ({ length }: { length: number }): number => (length - 17) / 4;
interface Pixels {
  data: Buffer;
  info: { width: number; height: number };
}

/** The dark ones of the square; its three corners bound it, and the first row begins with seven dark ones. */
function modulesOf({ data, info: { width, height } }: Pixels): Modules {
  const isDark = (x: number, y: number) => data[Math.floor(y) * width + Math.floor(x)]! < 128;
  const [xs, ys] = [Array.from({ length: width }, (_, x) => x), Array.from({ length: height }, (_, y) => y)];
  const top = ys.find((y) => xs.some((x) => isDark(x, y)))!;
  const left = xs.find((x) => isDark(x, top))!;
  const right = xs.findLast((x) => isDark(x, top))! + 1;
  const seven = xs.slice(left).find((x) => !isDark(x, top))! - left;
  const version = Math.round(((7 * (right - left)) / seven - 17) / 4);
  const size = 17 + 4 * version;
  const pitch = (right - left) / size;
  const at = (n: number) => (n + 0.5) * pitch;
  return Array.from({ length: size }, (_, row) =>
    Array.from({ length: size }, (_, column) => isDark(left + at(column), top + at(row))),
  );
}

const masks: ((row: number, column: number) => boolean)[] = [
  (r, c) => (r + c) % 2 === 0,
  (r) => r % 2 === 0,
  (_, c) => c % 3 === 0,
  (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0,
  (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0,
  (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** In pairs of columns from the right, up and down in turn, around what is no data. */
function codewordsOf(modules: Modules): number[] {
  const size = modules.length;
  const format = [0, 1, 2, 3, 4, 5].map((column) => modules[8]![column]!);
  const bits = format.reduce((sum, bit) => (sum << 1) | Number(bit), 0) ^ (0x5412 >> 9);
  if (bits >> 4 !== 1) throw new Error('not of level L');
  const mask = masks[(bits >> 1) & 7]!;
  const words: number[] = [];
  let [word, count, up] = [0, 0, true];
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    for (let n = 0; n < size; n += 1) {
      const row = up ? size - 1 - n : n;
      for (const column of [right, right - 1]) {
        if (isFixed(row, column, size)) continue;
        word = (word << 1) | Number(modules[row]![column]! !== mask(row, column));
        count += 1;
        if (count % 8 === 0) {
          words.push(word);
          word = 0;
        }
      }
    }
    up = !up;
  }
  return words;
}

/** Corners with the format beside them, timing, alignment and version are no data. */
function isFixed(row: number, column: number, size: number): boolean {
  const version = versionOf({ length: size });
  if ((row <= 8 && (column <= 8 || column >= size - 8)) || (row >= size - 8 && column <= 8)) return true;
  if (row === 6 || column === 6) return true;
  if (version >= 7 && ((row < 6 && column >= size - 11) || (column < 6 && row >= size - 11))) return true;
  const centres = alignmentCentres(version);
  const nearest = (n: number) => centres.find((centre) => Math.abs(centre - n) <= 2);
  const [y, x] = [nearest(row), nearest(column)];
  if (y === undefined || x === undefined) return false;
  const [first, last] = [centres[0]!, centres.at(-1)!];
  const isCorner = (y === first && (x === first || x === last)) || (y === last && x === first);
  return !isCorner;
}

function alignmentCentres(version: number): number[] {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = version === 32 ? 26 : Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
  const last = version * 4 + 10;
  return [6, ...Array.from({ length: count - 1 }, (_, k) => last - (count - 2 - k) * step)];
}

/** Of level L, by version: bytes of error correction in each block, and blocks. */
const correction = [0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28, 28, 28, 30, 30, 26]; // prettier-ignore
const blocks = [0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8, 8, 9, 9, 10, 12];

/** The blocks lie in one another byte by byte; the longer ones come last. */
function dataOf(words: readonly number[], version: number): number[] {
  const count = blocks[version]!;
  const shortLength = Math.floor(words.length / count) - correction[version]!;
  const longOnes = words.length % count;
  const data = Array.from({ length: count }, (): number[] => []);
  let at = 0;
  for (let n = 0; n <= shortLength; n += 1) {
    for (const [k, block] of data.entries()) {
      if (n < shortLength || k >= count - longOnes) block.push(words[at++]!);
    }
  }
  return data.flat();
}

function textOf(data: readonly number[], version: number): string {
  const bits = data.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  let at = 0;
  const take = (count: number) => parseInt(bits.slice(at, (at += count)), 2);
  if (take(4) !== 4) throw new Error('not bytes');
  const length = take(version < 10 ? 8 : 16);
  return Buffer.from(Array.from({ length }, () => take(8))).toString('utf8');
}
