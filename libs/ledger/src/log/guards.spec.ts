import { createHash } from 'node:crypto';
import { Vault } from '@qingpai/members';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { DataSource } from 'typeorm';
import { utf8 } from '../rules/index.js';
import { ledgerMigrations } from '../migrations/index.js';
import { ledgerEntities } from './entities.js';
import { Ledger, type HeldLog } from './ledger.js';

let database: TestDatabase;
let owner: DataSource;
let ledger: Ledger;
let held: HeldLog;

beforeAll(async () => {
  database = await testDatabase({ entities: ledgerEntities, migrations: ledgerMigrations });
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  ledger = new Ledger(database.dataSource, new Vault(Buffer.alloc(32, 7)));
  const origin = 'auction.example/shows/20261124-01';
  await database.dataSource.transaction((manager) => ledger.create(manager, origin));
  const leaves = [0, 1, 2].map((i) => utf8(`leaf ${i}`));
  held = (await ledger.append(await ledger.takeOver(origin), { leaves, tMs: 1 })).held;
});
afterAll(async () => {
  await owner.destroy();
  await database.close();
});

const hash = (byte: number) => `decode('${Buffer.alloc(32, byte).toString('hex')}', 'hex')`;
const grow = (to: number) =>
  `UPDATE logs SET size = ${to}, root = ${hash(to)},
   frontier = decode(repeat('ab', 32 * bit_count(${to}::bigint::bit(64))::int), 'hex') WHERE log = 1`;
const leaf = (i: number, log = 1) => `INSERT INTO leaves (log, i, bytes) VALUES (${log}, ${i}, 'x')`;

/** Each in a transaction of its own; COMMIT included, where the deferred guards act. */
async function refusalOf(db: DataSource, statements: string[]): Promise<string> {
  const runner = db.createQueryRunner();
  await runner.startTransaction();
  try {
    for (const sql of statements) await runner.query(sql);
    await runner.commitTransaction();
    return 'nothing refused it';
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    return (error as Error).message;
  } finally {
    await runner.release();
  }
}

/** The app has not even the grant; where it has, and for the owner, the trigger says no. */
const forbidden: [what: string, statements: string[], app: RegExp, owner: RegExp][] = [
  ['changing a leaf', ["UPDATE leaves SET bytes = 'y'"], /permission denied/, /append-only: no UPDATE/],
  ['changing no leaf', ["UPDATE leaves SET bytes = 'y' WHERE false"], /permission denied/, /append-only/],
  ['deleting a leaf', ['DELETE FROM leaves WHERE i = 2'], /permission denied/, /append-only: no DELETE/],
  ['emptying the leaves', ['TRUNCATE leaves CASCADE'], /permission denied/, /append-only: no TRUNCATE/],
  ['changing a checkpoint', ["UPDATE checkpoints SET note = ''"], /permission denied/, /append-only/],
  ['deleting a checkpoint', ['DELETE FROM checkpoints'], /permission denied/, /append-only/],
  ['emptying the checkpoints', ['TRUNCATE checkpoints'], /permission denied/, /append-only/],
  ['deleting a log', ['DELETE FROM logs'], /permission denied/, /append-only: no DELETE/],
  ['emptying the logs', ['TRUNCATE logs'], /permission denied/, /append-only/],
  ['a log of another name', ["UPDATE logs SET origin = 'b/x'"], /permission denied/, /keeps its origin/],
  [
    'a log of another key',
    ["UPDATE logs SET vkey = 'b'"],
    /permission denied/,
    /keeps its origin and its key/,
  ],
  ['an epoch that goes back', ['UPDATE logs SET epoch = epoch - 1'], /only grow/, /only grow/],
  ['a head that shrinks', [grow(2)], /only grow/, /only grow/],
  ['two roots for one size', [grow(3)], /one size has one root/, /one size has one root/],
  ['a frontier that does not fit', ['UPDATE logs SET size = 4'], /check constraint/, /check constraint/],
  ['a head without its leaves', [grow(5)], /does not have its 5/, /does not have its 5/],
  ['leaves the head does not know', [leaf(3)], /do not end at the head/, /do not end at the head/],
  ['a head that moved past its leaves', [grow(5), leaf(3)], /do not end at the head/, /do not end/],
  ['a gap', [grow(5), leaf(4)], /a gap before leaf 4/, /a gap before leaf 4/],
  ['a leaf of no log', [leaf(0, 99)], /do not end at the head/, /do not end at the head/],
  ['the same leaf again', [leaf(2)], /duplicate key/, /duplicate key/],
  [
    'a leaf with a hash of its own',
    [`INSERT INTO leaves (log, i, bytes, hash) VALUES (1, 3, 'x', ${hash(1)})`],
    /cannot insert a non-DEFAULT value/,
    /cannot insert a non-DEFAULT value/,
  ],
  [
    'a checkpoint of something else',
    [`INSERT INTO checkpoints VALUES (1, 2, ${hash(1)}, 'note', 1)`],
    /is not the head/,
    /is not the head/,
  ],
  [
    'a second root for a size',
    [`INSERT INTO checkpoints SELECT log, size, root, 'note', 1 FROM logs WHERE log = 1`],
    /duplicate key/,
    /duplicate key/,
  ],
  [
    'a log that begins in the middle',
    [
      `INSERT INTO logs (origin, vkey, key_seed, size, root, frontier) VALUES ('a/x', 'k', '', 1, ${hash(1)}, ${hash(1)})`,
    ],
    /begins empty/,
    /begins empty/,
  ],
  [
    'leaves checked against a table that only looks like the logs',
    ['CREATE TEMP TABLE logs AS SELECT 1 AS log, 4::bigint AS size', leaf(3)],
    /do not end at the head|permission denied/,
    /do not end at the head/,
  ],
  ['dropping a guard', ['DROP TRIGGER append_only ON leaves'], /must be owner/, /nothing refused/],
];

for (const [what, statements, app, byOwner] of forbidden.slice(0, -1)) {
  test(`refused to app and owner: ${what}`, async () => {
    expect(await refusalOf(database.dataSource, statements)).toMatch(app);
    expect(await refusalOf(owner, statements)).toMatch(byOwner);
  });
}

test('the app cannot drop its guards', async () => {
  const [, statements, app] = forbidden.at(-1)!;
  expect(await refusalOf(database.dataSource, statements)).toMatch(app);
  expect(await refusalOf(database.dataSource, ['ALTER TABLE leaves DISABLE TRIGGER ALL'])).toMatch(
    /must be owner/,
  );
});

test('after all these attempts the log stands as it was, and goes on', async () => {
  const appended = await ledger.append(held, { leaves: [utf8('leaf 3')], tMs: 2 });
  expect(appended.held.frontier.size).toBe(4);
  const [row] = (await database.dataSource.query('SELECT bytes, hash FROM leaves WHERE i = 3')) as {
    bytes: Buffer;
    hash: Buffer;
  }[];
  expect(row!.hash).toEqual(createHash('sha256').update(Buffer.of(0)).update(row!.bytes).digest());
});

test('several owners in line at the head wait for each other and leave no gap', async () => {
  const append = (n: number) =>
    database.dataSource.transaction(async (manager) => {
      const [row] = (await manager.query('SELECT size FROM logs WHERE log = 1 FOR UPDATE')) as {
        size: number;
      }[];
      await manager.query(grow(Number(row!.size) + 1));
      await manager.query(leaf(Number(row!.size)));
      return n;
    });
  await Promise.all([1, 2, 3, 4, 5].map(append));
  const rows = (await database.dataSource.query('SELECT i FROM leaves WHERE log = 1 ORDER BY i')) as {
    i: number;
  }[];
  expect(rows.map((row) => Number(row.i))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
