import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Freight goes back alone, the way it came, after all goods went back another way: a refund of nothing but freight. What
 * the platform asks for by itself, nobody asked for.
 */
export class FreightBackAlone1795500692000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['order_refunds', 'hand_refunds']) {
      await runner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_amount_fen_check;
        ALTER TABLE ${table} ADD CONSTRAINT ${table}_amount_fen_check
          CHECK (amount_fen >= 0 AND amount_fen + freight_fen > 0);
      `);
    }
    await runner.query('ALTER TABLE order_refunds ALTER COLUMN asked_by DROP NOT NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['order_refunds', 'hand_refunds']) {
      await runner.query(`
        ALTER TABLE ${table} DROP CONSTRAINT ${table}_amount_fen_check;
        ALTER TABLE ${table} ADD CONSTRAINT ${table}_amount_fen_check CHECK (amount_fen > 0);
      `);
    }
    await runner.query('ALTER TABLE order_refunds ALTER COLUMN asked_by SET NOT NULL');
  }
}
