import { Vault } from '@qingpai/members';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { ledgerMigrations } from '../migrations/index.js';
import {
  concat,
  entryBundle,
  leafHash,
  parseTilePath,
  rootOfLeaves,
  TILE_WIDTH,
  tilesOf,
  utf8,
} from '../rules/index.js';
import { ledgerEntities } from './entities.js';
import { Ledger } from './ledger.js';
import { LogTiles } from './logTiles.js';

const origin = 'market.example/shows/20261124-01';
const SIZE = 2 * TILE_WIDTH + 5;
const leaves = Array.from({ length: SIZE }, (_, i) => utf8(`leaf ${i}`));
const hashes = leaves.map(leafHash);

let database: TestDatabase;
let ledger: Ledger;
let tiles: LogTiles;
beforeAll(async () => {
  database = await testDatabase({ entities: ledgerEntities, migrations: ledgerMigrations });
  ledger = new Ledger(database.dataSource, new Vault(Buffer.alloc(32, 7)));
  await database.dataSource.transaction((manager) => ledger.create(manager, origin));
  const held = await ledger.takeOver(origin);
  await ledger.append(held, { leaves, tMs: 1 });
  tiles = new LogTiles(ledger);
});
afterAll(() => database.close());

const at = (path: string, of = origin) => tiles.tile(of, parseTilePath(path)!);
const plain = (bytes: Uint8Array | null) => bytes && new Uint8Array(bytes);

test('leaf hashes and entries are cut into tiles of 256, the last one as wide as the tree', async () => {
  expect(plain(await at('tile/0/001'))).toEqual(concat(...hashes.slice(TILE_WIDTH, 2 * TILE_WIDTH)));
  expect(plain(await at('tile/0/002.p/5'))).toEqual(concat(...hashes.slice(2 * TILE_WIDTH)));
  expect(plain(await at('tile/entries/000'))).toEqual(entryBundle(leaves.slice(0, TILE_WIDTH)));
  expect(plain(await at('tile/entries/002.p/5'))).toEqual(entryBundle(leaves.slice(2 * TILE_WIDTH)));
});

test('the level above holds the roots of the full tiles alone', async () => {
  const roots = [0, 1].map((n) => rootOfLeaves(hashes.slice(n * TILE_WIDTH, (n + 1) * TILE_WIDTH)));
  expect(plain(await at('tile/1/000.p/2'))).toEqual(concat(...roots));
  expect(plain(await at('tile/1/000.p/1'))).toEqual(roots[0]);
});

test('a narrower tile of an earlier head is still there', async () => {
  expect(plain(await at('tile/0/001.p/3'))).toEqual(concat(...hashes.slice(TILE_WIDTH, TILE_WIDTH + 3)));
});

test('every tile that a tree of this size has is there, and none beyond it', async () => {
  for (const tile of tilesOf(SIZE)) expect(await tiles.tile(origin, tile)).not.toBeNull();
  for (const path of [
    'tile/0/002.p/6',
    'tile/0/002',
    'tile/entries/003.p/1',
    'tile/1/000.p/3',
    'tile/2/000.p/1',
  ])
    expect(await at(path)).toBeNull();
  expect(await at('tile/0/000', 'market.example/shows/20261124-99')).toBeNull();
});

test('what is asked a second time is hashed once', async () => {
  const asked: number[] = [];
  const counting = new LogTiles({
    headOf: (of) => ledger.headOf(of),
    leavesOf: (...range) => ledger.leavesOf(...range),
    hashesAt: (of, indexes) => {
      asked.push(indexes.length);
      return ledger.hashesAt(of, indexes);
    },
  });
  const upper = parseTilePath('tile/1/000.p/2')!;
  const [one, two] = await Promise.all([counting.tile(origin, upper), counting.tile(origin, upper)]);
  expect(one).toEqual(two);
  expect(asked).toEqual([TILE_WIDTH, TILE_WIDTH]);
});
