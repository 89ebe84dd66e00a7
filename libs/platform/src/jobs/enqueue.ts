import { type EntityManager } from 'typeorm';
import { JOB_ATTEMPTS_MAX } from './limits.js';

/**
 * Asks for something to be done later, in the caller's transaction: rolled back with it, it was never asked for;
 * committed with it, it is done although the process is killed. It may be done late, and more than once.
 * @param payload without anything personal: it lies open in the database
 * @param runAtMs not before this, ms UTC
 * @param key one job of a key waits at a time; asking again puts the new one in its place
 */
export async function enqueue(
  manager: EntityManager,
  name: string,
  payload: object,
  runAtMs: number,
  key: string,
): Promise<void> {
  await manager.query(
    `SELECT FROM graphile_worker.add_job($1, payload := $2::json, run_at := $3::timestamptz, job_key := $4,
       max_attempts := $5)`,
    [name, JSON.stringify(payload), new Date(runAtMs).toISOString(), key, JOB_ATTEMPTS_MAX],
  );
}

/** Takes back what was asked for under this key and has not begun, in the caller's transaction. */
export async function dequeue(manager: EntityManager, key: string): Promise<void> {
  await manager.query('SELECT FROM graphile_worker.remove_job($1)', [key]);
}
