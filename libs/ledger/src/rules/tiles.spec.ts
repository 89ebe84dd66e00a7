import {
  concat,
  entryBundle,
  hashTile,
  isWithin,
  leafHash,
  nodeHash,
  parseTilePath,
  rootOfLeaves,
  TILE_WIDTH,
  tilePath,
  tileRoot,
  tilesOf,
  toHex,
  utf8,
  type Hash,
  type Tile,
} from './index.js';

const full = (level: Tile['level'], index: number): Tile => ({ level, index, width: TILE_WIDTH });
const leaves = (count: number): Hash[] => Array.from({ length: count }, (_, i) => leafHash(utf8(`${i}`)));

describe("a tile's path", () => {
  it.each<[string, Tile]>([
    ['tile/0/000', full(0, 0)],
    ['tile/0/999', full(0, 999)],
    ['tile/0/x001/000', full(0, 1_000)],
    ['tile/3/x001/x234/067', full(3, 1_234_067)],
    ['tile/63/000', full(63, 0)],
    ['tile/1/000.p/17', { level: 1, index: 0, width: 17 }],
    ['tile/0/x001/x234/067.p/255', { level: 0, index: 1_234_067, width: 255 }],
    ['tile/entries/000.p/1', { level: 'entries', index: 0, width: 1 }],
    ['tile/entries/x012/345', full('entries', 12_345)],
  ])('is %s', (path, tile) => {
    expect(tilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    ['a zero before the level', 'tile/00/000'],
    ['a level above 63', 'tile/64/000'],
    ['no level', 'tile//000'],
    ['a level that is data', 'tile/data/000'],
    ['a short index', 'tile/0/00'],
    ['a long index', 'tile/0/0000'],
    ['an index without its x', 'tile/0/001/000'],
    ['an x in the last place', 'tile/0/x001'],
    ['a needless group', 'tile/0/x000/001'],
    ['an index no number holds', 'tile/0/x999/x999/x999/x999/x999/999'],
    ['a width of none', 'tile/0/000.p/0'],
    ['a full width', 'tile/0/000.p/256'],
    ['a zero before the width', 'tile/0/000.p/01'],
    ['no width', 'tile/0/000.p/'],
    ['a way out', 'tile/0/../000'],
    ['something after it', 'tile/0/000/'],
  ])('is not read with %s', (_name, path) => expect(parseTilePath(path)).toBeUndefined());
});

describe('the tiles of a tree', () => {
  const count = (size: number) => {
    const counts: Record<string, number> = {};
    for (const { level, width } of tilesOf(size)) {
      const kind = `${level}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  };

  it('are those of the example in the specification', () => {
    expect(count(70_000)).toEqual({
      entries: 273,
      'entries.p/112': 1,
      '0': 273,
      '0.p/112': 1,
      '1': 1,
      '1.p/17': 1,
      '2.p/1': 1,
    });
    expect(count(256)).toEqual({ entries: 1, '0': 1, '1.p/1': 1 });
    expect(count(0)).toEqual({});
  });

  it('are all within it, and no wider tile is', () => {
    for (const size of [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]) {
      for (const tile of tilesOf(size)) {
        expect(isWithin(tile, size)).toBe(true);
        const isEdge = tile.width < TILE_WIDTH;
        if (isEdge) expect(isWithin({ ...tile, width: tile.width + 1 }, size)).toBe(false);
      }
    }
    expect(isWithin(full(0, 1), 511)).toBe(false);
    expect(isWithin({ level: 1, index: 0, width: 1 }, 255)).toBe(false);
    expect(isWithin({ level: 63, index: 0, width: 1 }, Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('lead to the root: a full tile is one hash of the level above', () => {
    const hashes = leaves(2 * TILE_WIDTH + 3);
    const [one, two] = [hashes.slice(0, TILE_WIDTH), hashes.slice(TILE_WIDTH, 2 * TILE_WIDTH)];
    const upper = nodeHash(tileRoot(one), tileRoot(two));
    const edge = rootOfLeaves(hashes.slice(2 * TILE_WIDTH));
    expect(nodeHash(upper, edge)).toEqual(rootOfLeaves(hashes));
    expect(() => tileRoot(hashes.slice(0, 255))).toThrow(/^bug: /);
  });
});

describe("a tile's bytes", () => {
  it('are the hashes one after another', () => {
    const [a, b] = leaves(2) as [Hash, Hash];
    expect(hashTile([a, b])).toEqual(concat(a, b));
    expect(toHex(hashTile([leafHash(new Uint8Array())]))).toBe(
      '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    );
    expect(hashTile(leaves(TILE_WIDTH))).toHaveLength(8_192);
  });

  it('are the entries, each after its length in two bytes', () => {
    expect(toHex(entryBundle([utf8('清'), new Uint8Array(), utf8('{}')]))).toBe(
      '0003e6b8850000' + '00027b7d',
    );
    const longest = entryBundle([new Uint8Array(65_535)]);
    expect([longest.length, longest[0], longest[1]]).toEqual([65_537, 0xff, 0xff]);
    expect(() => entryBundle([new Uint8Array(65_536)])).toThrow(/^bug: /);
  });
});
