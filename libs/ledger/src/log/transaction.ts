import { giveUp } from '@qingpai/platform';
import { type Client } from 'pg';
import { type DataSource, type EntityManager, QueryFailedError, type QueryRunner } from 'typeorm';

/** Another owner has taken the log over: this one must stop at once and throw its memory away. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The database did not say whether the commit happened: throw the memory away and take the log over anew. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** The database cannot take it now: it is not reached, or has no room. It did not happen. */
export class Away extends Error {
  override readonly name = 'Away';
}

/**
 * Runs `work` in one transaction. Whatever fails before the COMMIT is sent did not happen, and is thrown as it is.
 * A COMMIT that the database refused did not happen either. A COMMIT without an answer is `OutcomeUnknown`: a third
 * of those in flight at a crash had happened.
 * @param msMax after this long the connection is cut, wherever the transaction stands
 */
export async function inTransaction<T>(
  db: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  msMax = Infinity,
): Promise<T> {
  const { runner, client } = await connected(db);
  const isHeard = unlessSilent(client, msMax);
  try {
    await runner.startTransaction();
    const result = await work(runner.manager);
    await commit(runner);
    return result;
  } catch (error) {
    // A connection in doubt never goes back to the pool; the server rolls back what is left open on it.
    const clean = !(error instanceof OutcomeUnknown) && (await rolledBack(runner));
    if (!clean) void client.end().catch(() => undefined);
    throw isAway(error) ? new Away(messageOf(error), { cause: error }) : error;
  } finally {
    isHeard();
    await runner.release();
  }
}

/**
 * Runs the one statement that `work` sends, as a transaction of its own: two round trips fewer on a bid's way. What the
 * database refused did not happen, and is thrown as it is. Without an answer it is `OutcomeUnknown`, wherever the line
 * was lost: whoever takes the log over waits for the statement or fences it.
 */
export async function inOneStatement(
  db: DataSource,
  work: (manager: EntityManager) => Promise<void>,
  msMax: number,
): Promise<void> {
  const { runner, client } = await connected(db);
  const isHeard = unlessSilent(client, msMax);
  try {
    await work(runner.manager);
  } catch (error) {
    if (hasNoRoom(error)) throw new Away(messageOf(error), { cause: error });
    if (error instanceof Fenced || isRefusal(error)) throw error;
    void client.end().catch(() => undefined);
    throw new OutcomeUnknown('no answer to an append', { cause: error });
  } finally {
    isHeard();
    await runner.release();
  }
}

/** For what changes nothing: whatever it fails with, it did not happen. */
export async function onceReached<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new Away(messageOf(error), { cause: error });
  }
}

async function connected(db: DataSource): Promise<{ runner: QueryRunner; client: Client }> {
  const runner = db.createQueryRunner();
  try {
    return { runner, client: (await runner.connect()) as Client };
  } catch (error) {
    await runner.release();
    throw new Away(messageOf(error), { cause: error });
  }
}

/** Gives the client up when the time has run out; answers how to call that off. */
function unlessSilent(client: Client, msMax: number): () => void {
  if (msMax === Infinity) return () => undefined;
  const timer = setTimeout(() => giveUp(client), msMax);
  return () => clearTimeout(timer);
}

async function commit(runner: QueryRunner): Promise<void> {
  try {
    await runner.commitTransaction();
  } catch (error) {
    if (isRefusal(error)) throw error;
    throw new OutcomeUnknown('no answer to COMMIT', { cause: error });
  }
}

/** SQLSTATE classes with which the server itself says that nothing was committed; a lost connection has none. */
const isRefusal = (error: unknown): boolean =>
  /^(?:2[0-9A-F]|4[024]|5[345]|P0)[0-9A-Z]{3}$/.test(codeOf(error));

const codeOf = (error: unknown): string => (error as { code?: string }).code ?? '';
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** SQLSTATE class 53: disk, memory or connections. */
const hasNoRoom = (error: unknown): boolean => /^53[0-9A-Z]{3}$/.test(codeOf(error));

/** What a query failed with before the COMMIT, other than by the word of the database about what was asked. */
const isAway = (error: unknown): boolean =>
  hasNoRoom(error) ||
  (!(error instanceof OutcomeUnknown) && error instanceof QueryFailedError && !isRefusal(error));

async function rolledBack(runner: QueryRunner): Promise<boolean> {
  if (!runner.isTransactionActive) return true;
  return runner.rollbackTransaction().then(
    () => true,
    () => false,
  );
}
