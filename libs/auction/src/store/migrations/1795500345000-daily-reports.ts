import { type MigrationInterface, type QueryRunner } from 'typeorm';

const tables = ['daily_reports', 'issues', 'issue_ends'];

/**
 * What a township told of each day, and its list of issues. All are written once: a report stays what was told, an issue is
 * closed out by a row of its own.
 */
export class DailyReports1795500345000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE daily_reports (
        township_id uuid,
        day text CHECK (day ~ '^\\d{4}-\\d{2}-\\d{2}$'),
        at timestamptz NOT NULL,
        told jsonb NOT NULL,
        PRIMARY KEY (township_id, day)
      );
      CREATE TABLE issues (
        township_id uuid NOT NULL,
        issue bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        opened_by uuid NOT NULL,
        opened_at timestamptz NOT NULL,
        text text NOT NULL CHECK (length(text) BETWEEN 2 AND 200)
      );
      CREATE INDEX issues_by_township ON issues (township_id);
      CREATE TABLE issue_ends (
        issue bigint PRIMARY KEY REFERENCES issues,
        closed_by uuid NOT NULL,
        closed_at timestamptz NOT NULL,
        text text NOT NULL CHECK (length(text) BETWEEN 2 AND 200)
      );
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON daily_reports, issues, issue_ends TO qingpai_app;
        END IF;
      END $$;
    `);
    for (const table of tables) {
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE issue_ends, issues, daily_reports');
  }
}

export const dailyReportsMigrations = [DailyReports1795500345000];
