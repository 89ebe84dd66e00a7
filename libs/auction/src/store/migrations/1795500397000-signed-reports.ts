import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What an officer signed of a day, version by version, written once; and of an issue who sees to it, until when, and where. */
export class SignedReports1795500397000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE signed_reports (
        township_id uuid,
        day text CHECK (day ~ '^\\d{4}-\\d{2}-\\d{2}$'),
        version int CHECK (version > 0),
        words text NOT NULL CHECK (length(words) <= 1000),
        figures jsonb NOT NULL,
        at timestamptz NOT NULL,
        signed_by uuid NOT NULL,
        key text NOT NULL,
        sig text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (township_id, day, version)
      );
      ALTER TABLE issues
        ADD owner text CHECK (length(owner) BETWEEN 2 AND 20),
        ADD due_day text CHECK (due_day ~ '^\\d{4}-\\d{2}-\\d{2}$'),
        ADD show_id text,
        ADD lot text;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON signed_reports TO qingpai_app;
        END IF;
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON signed_reports
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
      ALTER TABLE signed_reports ENABLE ALWAYS TRIGGER append_only;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE issues DROP lot, DROP show_id, DROP due_day, DROP owner;
      DROP TABLE signed_reports`);
  }
}

export const signedReportsMigrations = [SignedReports1795500397000];
