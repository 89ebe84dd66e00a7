import { type DataSource, type QueryRunner } from 'typeorm';

/** What `pg` throws when the network goes: no SQLSTATE. */
export class LostConnection extends Error {
  readonly code = 'ECONNRESET';
}

export interface Breakage {
  /** Which statement of the transaction, from 0 (START TRANSACTION) on. */
  statement: number;
  /** `before`: it failed and did not happen; `after`: it failed but happened. */
  when: 'before' | 'after';
}

/**
 * The same database, on a line that goes dead at one statement of every transaction. `statements` collects what was
 * asked for, so that a test can break each of them in turn.
 */
export function breakingAt(db: DataSource, breakage: Breakage | null) {
  const statements: string[] = [];
  const broken = Object.create(db, {
    createQueryRunner: { value: () => breakRunner(db.createQueryRunner(), breakage, statements) },
  }) as DataSource;
  return { broken, statements };
}

function breakRunner(runner: QueryRunner, breakage: Breakage | null, statements: string[]): QueryRunner {
  const query = runner.query.bind(runner) as (...args: unknown[]) => Promise<unknown>;
  let [count, dead] = [0, false];
  runner.query = async (...args: unknown[]) => {
    if (dead) throw new LostConnection('the line is dead');
    statements.push(String(args[0]));
    const breaks = count++ === breakage?.statement;
    dead = breaks;
    if (breaks && breakage?.when === 'before') throw new LostConnection('lost before');
    const answer = await query(...args);
    if (breaks) throw new LostConnection('lost after');
    return answer as never;
  };
  return runner;
}
