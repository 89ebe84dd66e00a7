import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Vault } from '@qingpai/members';
import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { type EntityManager } from 'typeorm';
import {
  appendAll,
  emptyFrontier,
  leafHash,
  openCheckpoint,
  parseVkey,
  rootOf,
  rootOfLeaves,
  toBase64,
  toHex,
  utf8,
  verifyEd25519,
} from '../rules/index.js';
import { breakingAt } from '../testing/index.js';
import { ledgerMigrations } from '../migrations/index.js';
import { ledgerEntities } from './entities.js';
import { signerOf, verifyByNode } from './keys.js';
import { Ledger, type HeldLog } from './ledger.js';
import { Fenced, OutcomeUnknown } from './transaction.js';

const vault = new Vault(Buffer.alloc(32, 7));
const vectors = JSON.parse(
  readFileSync(join(__dirname, '../../../../test/vectors/ledger-vectors.json'), 'utf8'),
) as {
  leaves: string[];
  leaf0: { leafHashHex: string };
  sizes: Record<'open' | 'close' | 'settled', number>;
  roots: Record<'open' | 'close' | 'settled', string>;
};

let database: TestDatabase;
let ledger: Ledger;
let logs = 0;

beforeAll(async () => {
  database = await testDatabase({ entities: ledgerEntities, migrations: ledgerMigrations });
  ledger = new Ledger(database.dataSource, vault);
});
afterAll(() => database.close());

const newOrigin = () => `auction.example/shows/20261124-${++logs}`;
async function newLog(): Promise<HeldLog> {
  const origin = newOrigin();
  await database.dataSource.transaction((manager) => ledger.create(manager, origin));
  return ledger.takeOver(origin);
}
const someLeaves = (count: number, from = 0) =>
  Array.from({ length: count }, (_, at) => utf8(`leaf ${from + at}`));

test('the database hashes leaves as we do: the worked vectors give the same roots', async () => {
  let held = await newLog();
  for (const moment of ['open', 'close', 'settled'] as const) {
    const leaves = vectors.leaves.slice(held.frontier.size, vectors.sizes[moment]).map(utf8);
    const appended = await ledger.append(held, { leaves, tMs: 1 });
    expect(toBase64(appended.root)).toBe(vectors.roots[moment]);
    held = appended.held;
  }
  const hashes = await ledger.hashesAt(
    held.origin,
    vectors.leaves.map((_, i) => i),
  );
  expect(toHex(hashes[0]!)).toBe(vectors.leaf0.leafHashHex);
  expect(toBase64(rootOfLeaves(hashes))).toBe(vectors.roots.settled);
});

test('every head is a note that the published key verifies, with either library', async () => {
  const held = await newLog();
  const { note, root } = await ledger.append(held, { leaves: someLeaves(3), tMs: 5 });
  const key = parseVkey(await ledger.vkeyOf(held.origin));
  if (!key.ok) throw new Error(key.reason);
  for (const verify of [verifyEd25519, verifyByNode]) {
    const opened = openCheckpoint(note, [key.value], verify);
    expect(opened).toMatchObject({ ok: true, value: { checkpoint: { origin: held.origin, size: 3, root } } });
  }
  expect(await ledger.headOf(held.origin)).toEqual({ size: 3, root, note, tMs: 5 });
});

test('each log has a key of its own, and the key rests sealed', async () => {
  const [one, two] = [await newLog(), await newLog()];
  expect(one.signer.key.publicKey).not.toEqual(two.signer.key.publicKey);
  const rows: { key_seed: Buffer }[] = await database.dataSource.query('SELECT key_seed FROM logs');
  const seed = vault.open(rows.at(-1)!.key_seed, `log-key/${two.origin}`);
  expect(signerOf(two.origin, seed).key).toEqual(two.signer.key);
  expect(() => vault.open(rows.at(-1)!.key_seed, `log-key/${one.origin}`)).toThrow();
});

test('ten thousand leaves in batches have the root that RFC 6962 gives them, also after a restart', async () => {
  let held = await newLog();
  const leaves = someLeaves(10_000);
  for (let at = 0, batch = 1; at < leaves.length; at += batch, batch = (batch % 700) + 97) {
    held = (await ledger.append(held, { leaves: leaves.slice(at, at + batch), tMs: at })).held;
  }
  const expected = rootOf(appendAll(emptyFrontier, leaves.map(leafHash)));
  const taken = await ledger.takeOver(held.origin);
  expect(rootOf(taken.frontier)).toEqual(expected);
  const read: string[] = [];
  await ledger.replay(taken, (bytes) => void read.push(bytes.toString()));
  expect(read).toEqual(leaves.map((leaf) => Buffer.from(leaf).toString()));
});

test('a new owner fences the old one at once', async () => {
  const old = await newLog();
  const { held } = await ledger.append(old, { leaves: someLeaves(1), tMs: 1 });
  const taken = await ledger.takeOver(old.origin);
  expect(taken.epoch).toBe(old.epoch + 1);
  await expect(ledger.append(held, { leaves: someLeaves(1), tMs: 2 })).rejects.toThrow(Fenced);
  await ledger.append(taken, { leaves: someLeaves(1), tMs: 3 });
  expect((await ledger.headOf(old.origin))?.size).toBe(2);
});

test('of two owners that append at the same time, one is fenced', async () => {
  const held = await newLog();
  const results = await Promise.allSettled(
    [1, 2, 3, 4].map((n) => ledger.append(held, { leaves: someLeaves(n), tMs: n })),
  );
  expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  for (const one of results) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Fenced);
});

test('a log that somebody changed is not built upon', async () => {
  const held = await newLog();
  const { held: grown } = await ledger.append(held, { leaves: someLeaves(3), tMs: 1 });
  const other = { ...grown, frontier: appendAll(emptyFrontier, someLeaves(3, 7).map(leafHash)) };
  await expect(ledger.replay(other, () => undefined)).rejects.toThrow('does not hash to its head');
});

test('nothing beside the leaves: one statement, a transaction by itself, in doubt wherever the line is lost', async () => {
  const batch = { leaves: someLeaves(2), tMs: 9 };
  const { broken, statements } = breakingAt(database.dataSource, null);
  await new Ledger(broken, vault).append(await newLog(), batch);
  expect(statements.map((sql) => sql.trim().split(' ')[0])).toEqual(['WITH']);

  for (const when of ['before', 'after'] as const) {
    const held = await newLog();
    const { broken } = breakingAt(database.dataSource, { statement: 0, when });
    await expect(new Ledger(broken, vault).append(held, batch)).rejects.toThrow(OutcomeUnknown);
    const taken = await ledger.takeOver(held.origin);
    expect(taken.frontier.size).toBe(when === 'after' ? 2 : 0);
    await expect(ledger.append(held, batch)).rejects.toThrow(Fenced);
  }
});

test('what the database refuses of one statement did not happen, and its owner goes on', async () => {
  const held = await newLog();
  const malformed = { leaves: someLeaves(2), tMs: 1.5 };
  const error: unknown = await ledger.append(held, malformed).catch((thrown) => thrown);
  expect(error).not.toBeInstanceOf(OutcomeUnknown);
  expect(error).toBeInstanceOf(Error);
  const { held: grown } = await ledger.append(held, { leaves: someLeaves(1), tMs: 10 });
  expect(grown.frontier.size).toBe(1);
});

describe('each statement of an append with something beside, broken both ways', () => {
  const beside = async (manager: EntityManager) => void (await manager.query('SELECT 1'));
  const batch = { leaves: someLeaves(2), tMs: 9, beside };
  let statements: string[];

  beforeAll(async () => {
    const watched = breakingAt(database.dataSource, null);
    await new Ledger(watched.broken, vault).append(await newLog(), batch);
    statements = watched.statements;
  });

  test('there are five of them, the commit last', () => {
    const words = ['START', 'WITH', 'SELECT', 'SELECT', 'COMMIT'];
    expect(statements.map((sql) => sql.trim().split(' ')[0])).toEqual(words);
  });

  for (const when of ['before', 'after'] as const) {
    for (const statement of [0, 1, 2, 3, 4]) {
      test(`statement ${statement}, the line lost ${when} it ran`, async () => {
        const held = await newLog();
        const { broken } = breakingAt(database.dataSource, { statement, when });
        const isCommit = statement === 4;
        const error: unknown = await new Ledger(broken, vault).append(held, batch).catch((thrown) => thrown);
        expect(error instanceof OutcomeUnknown).toBe(isCommit);
        const happened = isCommit && when === 'after';
        const taken = await ledger.takeOver(held.origin);
        expect(taken.frontier.size).toBe(happened ? 2 : 0);
        const { held: grown } = await ledger.append(taken, { leaves: someLeaves(1), tMs: 10 });
        expect(grown.frontier.size).toBe(happened ? 3 : 1);
        await expect(ledger.append(held, batch)).rejects.toThrow(Fenced);
      });
    }
  }

  test('no broken line goes back to the pool', async () => {
    const held = await newLog();
    for (const when of ['before', 'after'] as const) {
      const { broken } = breakingAt(database.dataSource, { statement: 4, when });
      await expect(new Ledger(broken, vault).append(held, batch)).rejects.toThrow();
    }
    const open: unknown[] = await database.dataSource.query(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    );
    expect(open).toEqual([]);
  });
});

test('the server cuts the line at any moment: what was acknowledged is stored, in order and once', async () => {
  let held = await newLog();
  let [cut, sent] = [true, 0];
  const acknowledged: string[] = [];
  const doubtful = new Set<string>();
  const cutting = (async () => {
    for (; cut; await new Promise((resolve) => setTimeout(resolve, 3))) {
      await database.dataSource.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
    }
  })();
  for (let failures = 0; failures < 40 && sent < 5_000; sent += 2) {
    const leaves = someLeaves(2, sent);
    const texts = leaves.map((leaf) => Buffer.from(leaf).toString());
    try {
      held = (await ledger.append(held, { leaves, tMs: sent })).held;
      acknowledged.push(...texts);
    } catch (error) {
      failures += 1;
      if (error instanceof OutcomeUnknown) texts.forEach((text) => doubtful.add(text));
      held = await takenOver(held.origin);
    }
  }
  cut = false;
  await cutting;
  const stored: string[] = [];
  await ledger.replay(await takenOver(held.origin), (bytes) => stored.push(bytes.toString()));
  expect(stored.filter((text) => !doubtful.has(text))).toEqual(acknowledged);
  expect(new Set(stored).size).toBe(stored.length);
});

/** Takes the log over as soon as a line holds. */
async function takenOver(origin: string): Promise<HeldLog> {
  for (;;) {
    const held = await ledger.takeOver(origin).catch(() => null);
    if (held) return held;
  }
}

test('what beside cannot write takes the leaves with it', async () => {
  const held = await newLog();
  const beside = async () => {
    throw new Error('no room for the card');
  };
  await expect(ledger.append(held, { leaves: someLeaves(1), tMs: 1, beside })).rejects.toThrow('no room');
  expect(await ledger.headOf(held.origin)).toBeNull();
});

test('an error that beside swallowed is no silent rollback', async () => {
  const held = await newLog();
  const append = ledger.append(held, {
    leaves: someLeaves(1),
    tMs: 1,
    beside: (manager) => manager.query('SELECT 1/0').catch(() => undefined),
  });
  await expect(append).rejects.toThrow('current transaction is aborted');
  expect(await ledger.headOf(held.origin)).toBeNull();
});

test('a head whose leaves are missing is refused at the commit, and that is no unknown outcome', async () => {
  const held = await newLog();
  const lying = database.dataSource.transaction((manager) =>
    manager.query('UPDATE logs SET size = 1, root = $2, frontier = $2 WHERE log = $1', [
      held.log,
      Buffer.alloc(32, 1),
    ]),
  );
  await expect(lying).rejects.toThrow('does not have its 1 leaves');
});
