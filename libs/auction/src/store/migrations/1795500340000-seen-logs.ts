import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * How far each log had got when the invariants were last looked at, and what each look found. Neither is evidence: they
 * notice a log that went back (a restore, a hand in the tables), and tell an officer when somebody last looked.
 */
export class SeenLogs1795500340000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE seen_logs (
        log int PRIMARY KEY,
        epoch bigint NOT NULL,
        size bigint NOT NULL,
        root bytea NOT NULL
      );
      CREATE TABLE invariant_runs (
        run bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        at timestamptz NOT NULL,
        found jsonb NOT NULL
      );
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON seen_logs, invariant_runs TO qingpai_app;
          GRANT UPDATE (epoch, size, root) ON seen_logs TO qingpai_app;
          GRANT DELETE ON invariant_runs TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE seen_logs, invariant_runs');
  }
}

export const seenLogsMigrations = [SeenLogs1795500340000];
