import { type Client } from 'pg';
import { type DataSource, type EntityManager, type QueryRunner } from 'typeorm';

/** Another owner has taken the log over: this one must stop at once and throw its memory away. */
export class Fenced extends Error {
  override readonly name = 'Fenced';
}

/** The database did not say whether the commit happened: throw the memory away and take the log over anew. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/**
 * Runs `work` in one transaction. Whatever fails before the COMMIT is sent did not happen, and is thrown as it is.
 * A COMMIT that the database refused did not happen either. A COMMIT without an answer is `OutcomeUnknown`: a third
 * of those in flight at a crash had happened.
 */
export async function inTransaction<T>(
  db: DataSource,
  work: (manager: EntityManager) => Promise<T>,
): Promise<T> {
  const runner = db.createQueryRunner();
  const client = (await runner.connect()) as Client;
  try {
    await runner.startTransaction();
    const result = await work(runner.manager);
    await commit(runner);
    return result;
  } catch (error) {
    // A connection in doubt never goes back to the pool; the server rolls back what is left open on it.
    const clean = !(error instanceof OutcomeUnknown) && (await rolledBack(runner));
    if (!clean) void client.end().catch(() => undefined);
    throw error;
  } finally {
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
): Promise<void> {
  const runner = db.createQueryRunner();
  const client = (await runner.connect()) as Client;
  try {
    await work(runner.manager);
  } catch (error) {
    if (error instanceof Fenced || isRefusal(error)) throw error;
    void client.end().catch(() => undefined);
    throw new OutcomeUnknown('no answer to an append', { cause: error });
  } finally {
    await runner.release();
  }
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
  /^(?:2[0-9A-F]|4[024]|5[345]|P0)[0-9A-Z]{3}$/.test((error as { code?: string }).code ?? '');

async function rolledBack(runner: QueryRunner): Promise<boolean> {
  if (!runner.isTransactionActive) return true;
  return runner.rollbackTransaction().then(
    () => true,
    () => false,
  );
}
