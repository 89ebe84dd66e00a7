import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** When goods were packed, shipped and received. Their leaves say so; this is what lists and totals read. */
export class WayOfGoods1795500380000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales ADD COLUMN packed_at_ms bigint, ADD COLUMN shipped_at_ms bigint,
        ADD COLUMN received_at_ms bigint,
        ADD CONSTRAINT shipped_once_packed CHECK (shipped_at_ms IS NULL OR packed_at_ms <= shipped_at_ms),
        ADD CONSTRAINT goods_of_paid CHECK (coalesce(packed_at_ms, received_at_ms) IS NULL OR paid_at_ms IS NOT NULL);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (packed_at_ms, shipped_at_ms, received_at_ms) ON sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales DROP COLUMN packed_at_ms, DROP COLUMN shipped_at_ms, DROP COLUMN received_at_ms;
    `);
  }
}

export const wayOfGoodsMigrations = [WayOfGoods1795500380000];
