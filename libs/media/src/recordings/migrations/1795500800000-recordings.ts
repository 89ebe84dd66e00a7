import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Pieces of recordings, whose hashes stand in the logs; and whom a host lets watch. */
export class Recordings1795500800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE recordings (
        show_id text NOT NULL,
        from_ms bigint NOT NULL,
        to_ms bigint NOT NULL CHECK (to_ms > from_ms),
        file text NOT NULL,
        sha256 text NOT NULL,
        bytes bigint NOT NULL CHECK (bytes > 0),
        segment integer,
        refused text,
        deleted_at_ms bigint,
        PRIMARY KEY (show_id, from_ms),
        UNIQUE (show_id, segment)
      );
      CREATE INDEX recordings_by_age ON recordings (to_ms) WHERE deleted_at_ms IS NULL;
      CREATE TABLE replays (
        show_id text PRIMARY KEY,
        buyers_may_watch boolean NOT NULL,
        said_by uuid NOT NULL REFERENCES members,
        said_at timestamptz NOT NULL
      );
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON recordings, replays TO qingpai_app;
          GRANT UPDATE (segment, refused, deleted_at_ms) ON recordings TO qingpai_app;
          GRANT UPDATE (buyers_may_watch, said_by, said_at) ON replays TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE recordings, replays');
  }
}

export const recordingMigrations = [Recordings1795500800000];
