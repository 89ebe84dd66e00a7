import { concat } from './bytes.js';
import { rootOfLeaves, type Hash } from './merkle.js';

/** Hashes or entries in a full tile. */
export const TILE_WIDTH = 256;
const LEVEL_MAX = 63;

/**
 * One static piece of a log (c2sp.org/tlog-tiles): consecutive hashes of one level, or the entries themselves.
 * A full tile's root is one hash of the level above; a partial tile is the right edge of a tree and hashed into none.
 */
export interface Tile {
  /** 0: leaf hashes; each level above spans 256 times as many leaves. */
  readonly level: number | 'entries';
  /** Which one of its level, from the left. */
  readonly index: number;
  /** How many hashes or entries: 1 to 256. */
  readonly width: number;
}

/** E.g. `tile/0/x001/x234/067`, `tile/1/000.p/17`, `tile/entries/003`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index).padStart(Math.ceil(String(index).length / 3) * 3, '0');
  const groups = digits.match(/\d{3}/g)!;
  const folders = groups.slice(0, -1).map((group) => `x${group}/`);
  const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${folders.join('')}${groups.at(-1)}${partial}`;
}

/** Undefined unless the path is exactly what `tilePath` writes. */
export function parseTilePath(path: string): Tile | undefined {
  const parts = /^tile\/(entries|\d{1,2})\/((?:x\d{3}\/){0,5}\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path);
  if (!parts) return undefined;
  const level = parts[1] === 'entries' ? 'entries' : Number(parts[1]);
  const index = Number(parts[2]!.replace(/[x/]/g, ''));
  const width = parts[3] === undefined ? TILE_WIDTH : Number(parts[3]);
  const isTile =
    (level === 'entries' || level <= LEVEL_MAX) &&
    Number.isSafeInteger(index) &&
    1 <= width &&
    width <= TILE_WIDTH;
  const tile: Tile = { level, index, width };
  return isTile && tilePath(tile) === path ? tile : undefined;
}

/** How many leaves stand under one hash (or entry) of this level. */
const leavesUnder = (level: Tile['level']): number => (level === 'entries' ? 1 : TILE_WIDTH ** level);

/** Whether a tree of `size` leaves has all of this tile. */
export const isWithin = ({ level, index, width }: Tile, size: number): boolean =>
  index * TILE_WIDTH + width <= Math.floor(size / leavesUnder(level));

/** The leaves that a tile of entries or of leaf hashes holds: `from` to `to` − 1. */
export const rangeOf = ({ index, width }: Tile): { from: number; to: number } => ({
  from: index * TILE_WIDTH,
  to: index * TILE_WIDTH + width,
});

/** Every tile of a tree of `size` leaves, the entries first: full ones, and the partial ones of its right edge. */
export function* tilesOf(size: number): Generator<Tile> {
  yield* row('entries', size);
  for (let level = 0, hashes = size; hashes > 0; level++) {
    yield* row(level, hashes);
    hashes = Math.floor(hashes / TILE_WIDTH);
  }
}

function* row(level: Tile['level'], hashes: number): Generator<Tile> {
  for (let index = 0; index * TILE_WIDTH < hashes; index++) {
    yield { level, index, width: Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH) };
  }
}

/** The bytes of a tile of hashes. */
export const hashTile = (hashes: readonly Hash[]): Uint8Array => concat(...hashes);

/** What a full tile is one level up. */
export function tileRoot(hashes: readonly Hash[]): Hash {
  if (hashes.length !== TILE_WIDTH) throw new Error(`bug: a tile of ${hashes.length} hashed upwards`);
  return rootOfLeaves(hashes);
}

/** The bytes of a tile of entries: each its length in two bytes, big-endian, then itself. */
export const entryBundle = (entries: readonly Uint8Array[]): Uint8Array =>
  concat(...entries.flatMap((entry) => [u16be(entry.length), entry]));

function u16be(value: number): Uint8Array {
  if (value > 0xffff) throw new Error(`bug: an entry of ${value} bytes`);
  return Uint8Array.of(value >> 8, value & 0xff);
}
