import { type MigrationInterface, type QueryRunner } from 'typeorm';

const tables = ['townships', 'members', 'sessions', 'one_time_tokens', 'codes', 'waiting'];

/** People, sessions and one-use tokens. Runs as the owner; the app's role gets rows, never the tables. */
export class Members1795500100000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE townships (
        id uuid PRIMARY KEY,
        name text NOT NULL,
        code text NOT NULL UNIQUE
      );
      CREATE TABLE members (
        id uuid PRIMARY KEY,
        township_id uuid REFERENCES townships,
        role text NOT NULL CHECK (role IN ('host', 'moderator', 'buyer', 'officer', 'operator')),
        nickname text NOT NULL,
        phone_cipher bytea,
        phone_mac bytea UNIQUE,
        identity_salt bytea NOT NULL,
        state text NOT NULL CHECK (state IN ('active', 'waiting', 'banned')),
        created_at timestamptz NOT NULL,
        CHECK ((phone_cipher IS NULL) = (phone_mac IS NULL))
      );
      CREATE TABLE sessions (
        token_hash bytea PRIMARY KEY,
        member_id uuid NOT NULL REFERENCES members ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        last_seen timestamptz NOT NULL
      );
      CREATE INDEX sessions_by_member ON sessions (member_id);
      CREATE TABLE one_time_tokens (
        hash bytea PRIMARY KEY,
        member_id uuid REFERENCES members ON DELETE CASCADE,
        kind text NOT NULL CHECK (kind IN ('link', 'slip')),
        role text NOT NULL CHECK (kind = 'link' OR role = 'buyer'),
        show_id text,
        go_to text NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz,
        CHECK ((kind = 'link') = (member_id IS NOT NULL))
      );
      CREATE TABLE codes (
        phone_mac bytea PRIMARY KEY,
        code_hash bytea NOT NULL,
        expires_at timestamptz NOT NULL,
        tries smallint NOT NULL,
        sent_at timestamptz NOT NULL
      );
      CREATE TABLE waiting (
        member_id uuid REFERENCES members ON DELETE CASCADE,
        show_id text,
        since timestamptz NOT NULL,
        PRIMARY KEY (member_id, show_id)
      );
      CREATE INDEX waiting_by_show ON waiting (show_id, since);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT, UPDATE, DELETE ON ${tables.join(', ')} TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE ${[...tables].reverse().join(', ')}`);
  }
}
