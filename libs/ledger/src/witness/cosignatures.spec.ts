import { Vault } from '@qingpai/members';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { ledgerEntities } from '../log/entities.js';
import { signerOf, verifyByNode } from '../log/keys.js';
import { Ledger, type HeldLog } from '../log/ledger.js';
import { ledgerMigrations } from '../migrations/index.js';
import {
  COSIGNATURE_V1,
  cosignNote,
  formatSignature,
  openCheckpoint,
  parseVkey,
  readCosignatures,
  utf8,
  verifierKey,
  verifyConsistency,
  type Cosignature,
  type Signer,
} from '../rules/index.js';
import { LogTrees } from './logTrees.js';

const origin = 'market.example/shows/20261124-01';
let database: TestDatabase;
let ledger: Ledger;
let held: HeldLog;

beforeAll(async () => {
  database = await testDatabase({ entities: ledgerEntities, migrations: ledgerMigrations });
  ledger = new Ledger(database.dataSource, new Vault(Buffer.alloc(32, 7)));
  await database.dataSource.transaction((manager) => ledger.create(manager, origin));
  held = await ledger.takeOver(origin);
  await grow(3);
});
afterAll(() => database.close());

async function grow(count: number): Promise<void> {
  const leaves = Array.from({ length: count }, (_, at) => utf8(`leaf ${held.frontier.size + at}`));
  held = (await ledger.append(held, { leaves, tMs: held.frontier.size })).held;
}

function witnessOf(name: string, seedByte: number): Signer {
  const { key, sign } = signerOf(name, Buffer.alloc(32, seedByte));
  return { key: verifierKey(name, COSIGNATURE_V1, key.publicKey), sign };
}
const township = witnessOf('township.example/witness', 2);
const county = witnessOf('county.example/witness', 3);

async function cosigned(size: number, witness: Signer, timeSeconds: number): Promise<Cosignature[]> {
  const [head] = await ledger.headsAt(origin, [size]);
  const body = head!.note.slice(0, head!.note.indexOf('\n\n') + 1);
  const line = formatSignature(cosignNote(body, witness, timeSeconds));
  const read = readCosignatures(body, line, [witness.key], verifyByNode);
  if (!read.ok) throw new Error(read.reason);
  return read.value;
}

test('a note stands with the lines of all its witnesses, and every key verifies', async () => {
  await ledger.cosignatures.add(origin, 3, await cosigned(3, township, 100));
  await ledger.cosignatures.add(origin, 3, await cosigned(3, county, 101));
  const logKey = parseVkey(await ledger.vkeyOf(origin));
  if (!logKey.ok) throw new Error(logKey.reason);
  const note = await ledger.cosignedNote(origin, 3);
  const opened = openCheckpoint(note, [logKey.value, township.key, county.key], verifyByNode);
  expect(opened.ok && opened.value.signatures.map(({ key, timeSeconds }) => [key.name, timeSeconds])).toEqual(
    [
      [origin, undefined],
      [township.key.name, 100],
      [county.key.name, 101],
    ],
  );
});

test('of a witness that signs a head twice the first time stays: it tells how early it was seen', async () => {
  await ledger.cosignatures.add(origin, 3, await cosigned(3, township, 200));
  const times = (await ledger.cosignatures.at(origin, [3])).map(({ tSeconds }) => tSeconds);
  expect(times).toEqual([100, 101]);
});

test('a head nobody cosigned is the note alone, and a size without a head is none', async () => {
  await grow(2);
  expect(await ledger.cosignedNote(origin, 5)).toBe((await ledger.headOf(origin))!.note);
  await expect(ledger.cosignedNote(origin, 4)).rejects.toThrow('no checkpoint at 4');
});

test('each witness has its own newest head', async () => {
  await ledger.cosignatures.add(origin, 5, await cosigned(5, county, 300));
  const newest = await ledger.cosignatures.newestOf(origin, [township.key.name, county.key.name, 'x/y']);
  expect(newest.map(({ witness, size }) => [witness, size])).toEqual([
    [township.key.name, 3],
    [county.key.name, 5],
  ]);
});

test.each([
  ['changed', "UPDATE cosignatures SET line = 'x'"],
  ['deleted', 'DELETE FROM cosignatures'],
  ['emptied', 'TRUNCATE cosignatures'],
])('cosignatures are never %s, whoever asks', async (_what, sql) => {
  await expect(database.dataSource.query(sql)).rejects.toThrow(/permission denied/);
});

test('a cosignature of a head that was never signed is refused by the database', async () => {
  const plant = `INSERT INTO cosignatures SELECT log, 4, 'a/b', 'x', 1 FROM logs`;
  await expect(database.dataSource.query(plant)).rejects.toThrow('has no signed head at 4');
});

test('proofs follow a log as it grows, from any size to any later one', async () => {
  const trees = new LogTrees(ledger);
  const roots = new Map((await ledger.headsUpTo(origin, 5)).map(({ size, root }) => [size, root]));
  for (const by of [1, 60, 2_000]) {
    await grow(by);
    roots.set(held.frontier.size, (await ledger.headOf(origin))!.root);
    for (const [oldSize, oldRoot] of roots) {
      for (const [size, root] of roots) {
        if (oldSize > size) continue;
        const proof = await trees.proof(origin, oldSize, size);
        expect(verifyConsistency(oldSize, size, proof, oldRoot, root)).toBe(true);
      }
    }
  }
});
