import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * A key for each person, in a row of its own: erasing somebody is deleting it. Nicknames are sealed too. Rows from
 * before stay readable (sealed under the vault's key) until the server seals them anew.
 */
export class MemberKeys1795500110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE member_keys (
        member_id uuid PRIMARY KEY REFERENCES members ON DELETE CASCADE,
        wrapped bytea NOT NULL,
        created_at timestamptz NOT NULL
      );
      ALTER TABLE members
        DROP CONSTRAINT members_check,
        DROP CONSTRAINT members_state_check,
        ALTER COLUMN nickname DROP NOT NULL,
        ALTER COLUMN identity_salt DROP NOT NULL,
        ADD COLUMN nickname_cipher bytea,
        ADD COLUMN locked_at timestamptz,
        ADD COLUMN locked_until timestamptz,
        ADD CONSTRAINT members_state
          CHECK (state IN ('active', 'waiting', 'banned', 'locked', 'erased')),
        ADD CONSTRAINT members_found_by_phone
          CHECK (phone_mac IS NULL OR (phone_cipher IS NOT NULL AND state NOT IN ('locked', 'erased'))),
        ADD CONSTRAINT members_locked_until_a_day
          CHECK ((state = 'locked') = (locked_until IS NOT NULL)),
        ADD CONSTRAINT members_erased_for_good
          CHECK (CASE WHEN state = 'erased'
            THEN nickname IS NULL AND nickname_cipher IS NULL AND phone_cipher IS NULL AND identity_salt IS NULL
            ELSE identity_salt IS NOT NULL AND (nickname IS NULL) <> (nickname_cipher IS NULL) END);
      CREATE INDEX members_locked ON members (locked_until) WHERE state = 'locked';
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT, DELETE ON member_keys TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  /** The older schema could not hold what is now sealed, or gone. */
  async down(): Promise<void> {
    throw new Error('what is sealed under the keys of persons cannot go back');
  }
}
