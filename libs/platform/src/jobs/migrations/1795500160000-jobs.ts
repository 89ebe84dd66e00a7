import { runMigrations } from 'graphile-worker';
import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Where jobs wait: graphile-worker's own schema, made by its own migrations as the owner of the tables. A newer version
 * of the library that brings new ones gets a migration of ours like this. The app may add jobs and work them off, and
 * that is all: it cannot change the schema.
 */
export class Jobs1795500160000 implements MigrationInterface {
  /** The library begins and ends transactions of its own. */
  transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    const { url } = runner.connection.options as { url?: string };
    if (url === undefined) throw new Error('bug: a database without an address');
    await runMigrations({ connectionString: url });
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP SCHEMA graphile_worker CASCADE');
  }
}

const tables = ['jobs', 'job_queues', 'tasks'].map((name) => `graphile_worker._private_${name}`);

// The library turns row level security on, so that nobody but the owner sees a row unless a policy says so.
const grants = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
      GRANT USAGE ON SCHEMA graphile_worker TO qingpai_app;
      GRANT SELECT ON graphile_worker.migrations, graphile_worker._private_known_crontabs TO qingpai_app;
      GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(', ')} TO qingpai_app;
      GRANT USAGE ON ALL SEQUENCES IN SCHEMA graphile_worker TO qingpai_app;
      ${tables
        .map(
          (table) => `
      DROP POLICY IF EXISTS app ON ${table};
      CREATE POLICY app ON ${table} TO qingpai_app USING (true) WITH CHECK (true);`,
        )
        .join('')}
    END IF;
  END $$;
`;

export const platformMigrations = [Jobs1795500160000];
