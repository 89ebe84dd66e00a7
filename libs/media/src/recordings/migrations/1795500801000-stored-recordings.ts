import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When a piece lay in the object store, whole. */
export class StoredRecordings1795500801000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE recordings ADD COLUMN stored_at_ms bigint;
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (stored_at_ms) ON recordings TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE recordings DROP COLUMN stored_at_ms');
  }
}

export const storedRecordingMigrations = [StoredRecordings1795500801000];
