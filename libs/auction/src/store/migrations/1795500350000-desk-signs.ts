import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * When the desk of each show could last hear. A falling clock writes no leaves: without this nobody knew after a kill how
 * far it had fallen. No evidence; the leaf that follows from it is.
 */
export class DeskSigns1795500350000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE desk_signs (
        show_id text PRIMARY KEY,
        heard_at_ms bigint NOT NULL
      );
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON desk_signs TO qingpai_app;
          GRANT UPDATE (heard_at_ms) ON desk_signs TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE desk_signs');
  }
}

export const deskSignsMigrations = [DeskSigns1795500350000];
