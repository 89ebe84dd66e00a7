import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * 顺位成交: a sale in default gives way to another one of the same units, or these are carried. It stays as a row; a unit
 * belongs to its last sale, never to two.
 */
export class SecondChances1795500390000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales ADD COLUMN followed_by text;
      ALTER TABLE sales ADD CONSTRAINT only_a_default_gives_way
        CHECK (followed_by IS NULL OR (phase = 'defaulted' AND followed_by <> sale));
      ALTER TABLE sales DROP CONSTRAINT a_unit_is_sold_once;
      ALTER TABLE sales ADD CONSTRAINT a_unit_is_sold_once EXCLUDE USING gist
        (show_id WITH =, lot WITH =, int4range(first_unit, first_unit + units) WITH &&)
        WHERE (phase <> 'voided' AND followed_by IS NULL);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (followed_by) ON sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales DROP CONSTRAINT a_unit_is_sold_once;
      ALTER TABLE sales ADD CONSTRAINT a_unit_is_sold_once EXCLUDE USING gist
        (show_id WITH =, lot WITH =, int4range(first_unit, first_unit + units) WITH &&) WHERE (phase <> 'voided');
      ALTER TABLE sales DROP COLUMN followed_by;
    `);
  }
}

export const secondChancesMigrations = [SecondChances1795500390000];
