import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Growers' consent to the floors of their lots: asked by a link that is used once, answered for good. */
export class Consents1795500460000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE consent_links (
        token_hash bytea PRIMARY KEY,
        show_id text NOT NULL,
        grower text NOT NULL,
        made_by uuid NOT NULL REFERENCES members,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        pass_hash bytea UNIQUE
      );
      CREATE TABLE consents (
        show_id text NOT NULL,
        lot text NOT NULL,
        n bigint GENERATED ALWAYS AS IDENTITY,
        terms_hash bytea NOT NULL CHECK (octet_length(terms_hash) = 32),
        agreed boolean NOT NULL,
        wanted bytea,
        at timestamptz NOT NULL,
        PRIMARY KEY (show_id, lot, n),
        CHECK (agreed = (wanted IS NULL))
      );
      CREATE TABLE consent_waivers (
        show_id text NOT NULL,
        reason text NOT NULL,
        by_member uuid NOT NULL REFERENCES members,
        at timestamptz NOT NULL,
        PRIMARY KEY (show_id, at)
      );
    `);
    for (const table of ['consents', 'consent_waivers']) {
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`);
    }
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON consent_links, consents, consent_waivers TO qingpai_app;
          GRANT UPDATE (used_at, pass_hash) ON consent_links TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE consent_waivers, consents, consent_links');
  }
}

export const consentMigrations = [Consents1795500460000];
