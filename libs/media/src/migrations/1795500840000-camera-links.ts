import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Links for a second phone: the hash of what opens one, for minutes, until it is used. */
export class CameraLinks1795500840000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE camera_links (
        token_hash text PRIMARY KEY,
        show_id text NOT NULL,
        made_by uuid NOT NULL REFERENCES members ON DELETE CASCADE,
        until_ms bigint NOT NULL
      );
      CREATE INDEX camera_links_by_end ON camera_links (until_ms);
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT, DELETE ON camera_links TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE camera_links');
  }
}

export const cameraLinkMigrations = [CameraLinks1795500840000];
