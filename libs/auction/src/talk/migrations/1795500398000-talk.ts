import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What was said and moderated in rooms, in order, written once: the record of talk that the law wants kept, and what a
 * room begins with after a restart. A line lies under its speaker's own key, and is unreadable once that is destroyed.
 */
export class Talk1795500398000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE talk (
        n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        show_id text NOT NULL,
        at timestamptz NOT NULL,
        member_id uuid NOT NULL,
        act text NOT NULL CHECK (act IN ('line', 'remove', 'mute', 'unmute', 'slow')),
        line text,
        role text,
        paddle int,
        bidder text,
        slow_ms int,
        sealed bytea,
        CHECK ((act IN ('line', 'remove')) = (line IS NOT NULL)),
        CHECK ((act = 'line') = (sealed IS NOT NULL AND role IS NOT NULL)),
        CHECK (act NOT IN ('mute', 'unmute') OR bidder IS NOT NULL),
        CHECK ((act = 'slow') = (slow_ms IS NOT NULL))
      );
      CREATE INDEX talk_of_show ON talk (show_id, n);
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON talk TO qingpai_app;
        END IF;
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON talk
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
      ALTER TABLE talk ENABLE ALWAYS TRIGGER append_only;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE talk');
  }
}

export const talkMigrations = [Talk1795500398000];
