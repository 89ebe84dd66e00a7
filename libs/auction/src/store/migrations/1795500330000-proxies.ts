import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Maximum bids: what the log only commits to, sealed. Written once, beside the leaf; never changed. */
export class Proxies1795500330000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE proxy_secrets (
        show_id text,
        bid text,
        sealed bytea NOT NULL,
        PRIMARY KEY (show_id, bid)
      );
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON proxy_secrets
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
      ALTER TABLE proxy_secrets ENABLE ALWAYS TRIGGER append_only;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON proxy_secrets TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE proxy_secrets');
  }
}

export const proxiesMigrations = [Proxies1795500330000];
