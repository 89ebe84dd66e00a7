import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sales that nobody paid, and money that went back. Their leaves say so; this is what lists and totals read. */
export class SalesAfterwards1795500310000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales DROP CONSTRAINT sales_phase_check;
      ALTER TABLE sales ADD CONSTRAINT sales_phase_check
        CHECK (phase IN ('awaiting', 'paid', 'voided', 'defaulted', 'refunded'));
      ALTER TABLE sales ADD COLUMN refunded_fen bigint NOT NULL DEFAULT 0
        CHECK (refunded_fen BETWEEN 0 AND units * unit_price_fen);
      ALTER TABLE sales ADD CONSTRAINT refunded_is_all
        CHECK ((phase = 'refunded') = (refunded_fen = units * unit_price_fen));
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (refunded_fen) ON sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales DROP CONSTRAINT refunded_is_all;
      ALTER TABLE sales DROP COLUMN refunded_fen;
      ALTER TABLE sales DROP CONSTRAINT sales_phase_check;
      ALTER TABLE sales ADD CONSTRAINT sales_phase_check CHECK (phase IN ('awaiting', 'paid', 'voided'));
    `);
  }
}

export const salesAfterwardsMigrations = [SalesAfterwards1795500310000];
