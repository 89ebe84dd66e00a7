import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { RegistriesContinued1795500403000 } from './1795500403000-registries-continued.js';

/**
 * Which log is a township's registry; which shows ended otherwise than by a close; which lots took up carried ones. No
 * foreign keys, as with the other tables beside logs.
 */
export class Registry1795500220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE registries (
        township_id uuid PRIMARY KEY,
        code text NOT NULL UNIQUE,
        origin text NOT NULL UNIQUE,
        registry_key bytea NOT NULL
      );

      CREATE TABLE ended_shows (
        show_id text PRIMARY KEY,
        how text NOT NULL CHECK (how IN ('cancelled', 'continued')),
        by_show text UNIQUE,
        ended_at timestamptz NOT NULL,
        CHECK ((how = 'continued') = (by_show IS NOT NULL))
      );

      CREATE TABLE taken_lots (
        from_show text,
        from_lot text,
        show_id text NOT NULL,
        lot text NOT NULL,
        units int NOT NULL CHECK (units > 0),
        PRIMARY KEY (from_show, from_lot),
        UNIQUE (show_id, lot)
      );
    `);
    // A carried lot is given back when the lot that took it up is struck; nothing else here is ever changed.
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON registries, ended_shows TO qingpai_app;
          GRANT SELECT, INSERT, DELETE ON taken_lots TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE taken_lots, ended_shows, registries');
  }
}

export const registryMigrations = [Registry1795500220000, RegistriesContinued1795500403000];
