import { randomBytes } from 'node:crypto';
import { rowsOf, type Vault } from '@qingpai/members';
import { keepPlanned, safeInteger } from '@qingpai/platform';
import { type DataSource, type EntityManager } from 'typeorm';
import {
  appendAll,
  emptyFrontier,
  emptyRoot,
  equal,
  formatVkey,
  leafHash,
  rootOf,
  signCheckpoint,
  type Frontier,
  type Hash,
  type Signer,
} from '../rules/index.js';
import { Journal } from '../books/journal.js';
import { signerOf } from './keys.js';
import { Cosignatures } from '../witness/cosignatures.js';
import { APPEND_MS_MAX, LEAVES_PER_READ } from './limits.js';
import { Fenced, inOneStatement, inTransaction, onceReached } from './transaction.js';

/** A log in the hands of its one owner: what appending needs, kept in memory and never changed in place. */
export interface HeldLog {
  readonly log: number;
  readonly origin: string;
  readonly signer: Signer;
  readonly epoch: number;
  readonly frontier: Frontier;
}

export interface LeafBatch {
  /** The exact bytes of each leaf (`leafBytes` of the rules), in order; at least one. */
  readonly leaves: readonly Uint8Array[];
  /** Time of the last leaf, ms since 1970 UTC. */
  readonly tMs: number;
  /** What must be true together with the leaves: runs after them, in the same transaction. */
  readonly beside?: (manager: EntityManager, root: Hash) => Promise<void>;
}

export interface Appended {
  /** The same log, grown. */
  readonly held: HeldLog;
  readonly root: Hash;
  /** The signed note of the new head. */
  readonly note: string;
  /** Of the leaves that were added, in order. */
  readonly hashes: readonly Hash[];
}

/** A head as it was signed. */
export interface SignedHead {
  readonly size: number;
  readonly root: Hash;
  readonly note: string;
  readonly tMs: number;
}

/** The logs of this installation in Postgres (LEDGER §5): one writer per log, one transaction per batch. */
export class Ledger {
  /** What witnesses gave. */
  readonly cosignatures: Cosignatures;
  /** The books of each log. */
  readonly journal: Journal;

  constructor(
    private readonly db: DataSource,
    private readonly vault: Vault,
  ) {
    this.cosignatures = new Cosignatures(db);
    this.journal = new Journal(db);
  }

  /** A new, empty log with a fresh key of its own, inside the caller's transaction. Held under epoch 0. */
  async create(manager: EntityManager, origin: string): Promise<HeldLog> {
    const seed = randomBytes(32);
    const signer = signerOf(origin, seed);
    const [row] = await rowsOf<{ log: number }>(
      manager,
      `INSERT INTO logs (origin, vkey, key_seed, root, frontier) VALUES ($1, $2, $3, $4, '') RETURNING log`,
      [origin, formatVkey(signer.key), this.vault.seal(seed, keyOwner(origin)), Buffer.from(emptyRoot())],
    );
    return { log: row!.log, origin, signer, epoch: 0, frontier: emptyFrontier };
  }

  /**
   * Makes the caller the owner, at once: whoever held the log before is fenced from here on. Waits for a commit of
   * his that is still under way, so that what is read afterwards is all there is.
   * @param manager of the caller's transaction: until it ends nobody else appends, and if it fails nobody was fenced
   */
  async takeOver(origin: string, manager: EntityManager = this.db.manager): Promise<HeldLog> {
    const [row] = await rowsOf<TakenRow>(
      manager,
      `UPDATE logs SET epoch = epoch + 1 WHERE origin = $1 RETURNING log, epoch, size, root, frontier, key_seed`,
      [origin],
    );
    if (!row) throw new Error(`bug: no log ${origin}`);
    const signer = signerOf(origin, this.vault.open(row.key_seed, keyOwner(origin)));
    const frontier = { size: safeInteger(row.size), hashes: hashesIn(row.frontier) };
    return { log: row.log, origin, signer, epoch: safeInteger(row.epoch), frontier };
  }

  /** Throws `Fenced` when somebody has taken the log over since that epoch, `Away` when nobody can say. */
  async confirm(origin: string, epoch: number): Promise<void> {
    const held = await onceReached(() =>
      rowsOf(this.db.manager, 'SELECT FROM logs WHERE origin = $1 AND epoch = $2', [origin, epoch]),
    );
    if (held.length === 0) throw new Fenced(`${origin} is no longer held under epoch ${epoch}`);
  }

  /** Appends in a transaction of its own. Throws `Fenced`, `OutcomeUnknown`, or what the database refused. */
  async append(held: HeldLog, batch: LeafBatch): Promise<Appended> {
    if (batch.beside)
      return inTransaction(this.db, (manager) => this.appendIn(manager, held, batch), APPEND_MS_MAX);
    const appended = grownBy(held, batch);
    await inOneStatement(this.db, (manager) => write(manager, held, batch, appended), APPEND_MS_MAX);
    return appended;
  }

  /** The same inside the caller's transaction, which must commit before anybody is told. */
  async appendIn(manager: EntityManager, held: HeldLog, batch: LeafBatch): Promise<Appended> {
    const appended = grownBy(held, batch);
    await write(manager, held, batch, appended);
    if (batch.beside) await runBeside(batch.beside, manager, appended.root);
    return appended;
  }

  /**
   * Reads the whole log back, in order, and checks that it hashes to the head that was signed. Throws when it does
   * not: an owner must not build on a log that somebody changed.
   * @param manager of the caller's transaction, for who took the log over in it
   */
  async replay(
    held: HeldLog,
    onLeaf: (bytes: Buffer, hash: Hash) => void,
    manager: EntityManager = this.db.manager,
  ): Promise<void> {
    let frontier = emptyFrontier;
    for await (const page of this.pages(held.origin, held.frontier.size, manager)) {
      const hashes = page.map(leafHash);
      frontier = appendAll(frontier, hashes);
      page.forEach((bytes, at) => onLeaf(bytes, hashes[at]!));
    }
    if (frontier.size !== held.frontier.size || !equal(rootOf(frontier), rootOf(held.frontier))) {
      throw new Error(`bug: log ${held.origin} does not hash to its head at ${held.frontier.size}`);
    }
  }

  /** The leaves 0 to `size` − 1, page by page, so that other work runs in between. */
  async *pages(
    origin: string,
    size: number,
    manager: EntityManager = this.db.manager,
  ): AsyncGenerator<Buffer[]> {
    for (let from = 0; from < size; from += LEAVES_PER_READ) {
      yield await this.leavesOf(origin, from, Math.min(from + LEAVES_PER_READ, size), manager);
    }
  }

  /** The bytes of the leaves `from` to `to` − 1. */
  async leavesOf(
    origin: string,
    from: number,
    to: number,
    manager: EntityManager = this.db.manager,
  ): Promise<Buffer[]> {
    const rows = await rowsOf<{ bytes: Buffer }>(
      manager,
      `SELECT bytes FROM leaves WHERE log = (SELECT log FROM logs WHERE origin = $1) AND i >= $2 AND i < $3
       ORDER BY i`,
      [origin, from, to],
    );
    return rows.map((row) => row.bytes);
  }

  /** The leaf hashes at these indexes, in the order asked. */
  async hashesAt(origin: string, indexes: readonly number[]): Promise<Hash[]> {
    const rows = await rowsOf<{ hash: Buffer }>(
      this.db.manager,
      `SELECT hash FROM unnest($2::bigint[]) WITH ORDINALITY AS asked (i, n) JOIN leaves USING (i)
       WHERE log = (SELECT log FROM logs WHERE origin = $1) ORDER BY n`,
      [origin, indexes],
    );
    if (rows.length !== indexes.length) throw new Error(`bug: ${origin} lacks some of the leaves ${indexes}`);
    return rows.map((row) => new Uint8Array(row.hash));
  }

  /** The newest signed head; null while the log is empty or unknown. */
  async headOf(origin: string): Promise<SignedHead | null> {
    const heads = await this.heads(
      origin,
      'size = (SELECT max(size) FROM checkpoints WHERE log = logs.log)',
      [],
    );
    return heads[0] ?? null;
  }

  /** The signed heads at these sizes, smallest first; sizes at which no batch ended have none. */
  headsAt(origin: string, sizes: readonly number[]): Promise<SignedHead[]> {
    return this.heads(origin, 'size = ANY ($2)', [sizes]);
  }

  /** For each of these sizes the first signed head that covers it, smallest first, each once. */
  headsCovering(origin: string, sizes: readonly number[]): Promise<SignedHead[]> {
    // Of no outer row, so that it is looked up once and not once for every checkpoint of the log.
    const log = '(SELECT log FROM logs WHERE origin = $1)';
    const first = `(SELECT min(size) FROM checkpoints WHERE log = ${log} AND size >= wanted)`;
    return this.heads(origin, `size = ANY (ARRAY(SELECT ${first} FROM unnest($2::bigint[]) AS wanted))`, [
      sizes,
    ]);
  }

  /** All signed heads up to this size, smallest first. */
  headsUpTo(origin: string, size: number): Promise<SignedHead[]> {
    return this.heads(origin, 'size <= $2', [size]);
  }

  /** The newest signed heads, newest first. */
  async newestHeads(origin: string, count: number): Promise<SignedHead[]> {
    const heads = await this.heads(
      origin,
      'size IN (SELECT size FROM checkpoints WHERE log = logs.log ORDER BY size DESC LIMIT $2)',
      [count],
    );
    return heads.reverse();
  }

  /** The signed note at this size with the witnesses' lines under it. Throws when no batch ended there. */
  async cosignedNote(origin: string, size: number): Promise<string> {
    const [head] = await this.cosignatures.under(origin, await this.headsAt(origin, [size]));
    if (!head) throw new Error(`bug: ${origin} has no checkpoint at ${size}`);
    return head.note;
  }

  /** The public key that verifiers pin. */
  async vkeyOf(origin: string, manager: EntityManager = this.db.manager): Promise<string> {
    const [row] = await rowsOf<{ vkey: string }>(manager, 'SELECT vkey FROM logs WHERE origin = $1', [
      origin,
    ]);
    if (!row) throw new Error(`bug: no log ${origin}`);
    return row.vkey;
  }

  private async heads(origin: string, which: string, parameters: unknown[]): Promise<SignedHead[]> {
    const rows = await rowsOf<{ size: string; root: Buffer; note: string; t_ms: string }>(
      this.db.manager,
      `SELECT c.size, c.root, c.note, c.t_ms FROM logs JOIN checkpoints c USING (log)
       WHERE origin = $1 AND c.${which} ORDER BY c.size`,
      [origin, ...parameters],
    );
    return rows.map((row) => ({
      size: safeInteger(row.size),
      root: new Uint8Array(row.root),
      note: row.note,
      tMs: safeInteger(row.t_ms),
    }));
  }
}

interface TakenRow {
  log: number;
  epoch: string;
  size: string;
  root: Buffer;
  frontier: Buffer;
  key_seed: Buffer;
}

const keyOwner = (origin: string): string => `log-key/${origin}`;

/**
 * A transaction that somebody broke and caught would quietly roll back at its COMMIT, and still be answered. Any other
 * statement fails in it.
 */
async function runBeside(
  beside: NonNullable<LeafBatch['beside']>,
  manager: EntityManager,
  root: Hash,
): Promise<void> {
  await beside(manager, root);
  await manager.query('SELECT');
}

function grownBy(held: HeldLog, { leaves }: LeafBatch): Appended {
  if (leaves.length === 0) throw new Error('bug: an empty batch');
  const { origin, signer } = held;
  const hashes = leaves.map(leafHash);
  const frontier = appendAll(held.frontier, hashes);
  const root = rootOf(frontier);
  const note = signCheckpoint({ origin, size: frontier.size, root }, signer);
  return { held: { ...held, frontier }, root, note, hashes };
}

/**
 * The whole append in one statement and one round trip: it takes the lock, checks the fence, moves the head, and only
 * if it moved adds the leaves and the signed head.
 */
async function write(
  manager: EntityManager,
  { log, origin, epoch, frontier: before }: HeldLog,
  { leaves, tMs }: LeafBatch,
  { held: { frontier }, root, note }: Appended,
): Promise<void> {
  const head = [frontier.size, Buffer.from(root), Buffer.concat(frontier.hashes)];
  const { starts, lengths } = placesOf(leaves);
  const added = [Buffer.concat(leaves), starts, lengths];
  const written = await rowsOf(manager, appendSql, [log, epoch, before.size, ...head, ...added, note, tMs]);
  if (written.length === 0) throw new Fenced(`${origin} is no longer held under epoch ${epoch}`);
}

/** Where each leaf begins, from 1, and how long it is. */
function placesOf(leaves: readonly Uint8Array[]): { starts: number[]; lengths: number[] } {
  let next = 1;
  const starts = leaves.map(({ length }) => (next += length) - length);
  return { starts, lengths: leaves.map(({ length }) => length) };
}

/** The leaves come as one run of bytes: an array of them would travel as text, twice as long, and be read anew. */
const appendSql = keepPlanned(
  'ledger-append',
  `
  WITH moved AS (
    UPDATE logs SET size = $4, root = $5, frontier = $6 WHERE log = $1 AND epoch = $2 AND size = $3 RETURNING log
  ), added AS (
    INSERT INTO leaves (log, i, bytes)
    SELECT log, $3::bigint + n - 1, substr($7::bytea, start, length)
    FROM moved, unnest($8::int[], $9::int[]) WITH ORDINALITY AS leaf (start, length, n)
  )
  INSERT INTO checkpoints (log, size, root, note, t_ms) SELECT log, $4, $5, $10, $11 FROM moved RETURNING log`,
);

const hashesIn = (frontier: Buffer): Hash[] =>
  Array.from(
    { length: frontier.length / 32 },
    (_, at) => new Uint8Array(frontier.subarray(32 * at, 32 * (at + 1))),
  );
