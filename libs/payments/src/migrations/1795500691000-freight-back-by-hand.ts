import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Freight that goes back with a refund by hand, beside its amount. */
export class FreightBackByHand1795500691000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE hand_refunds ADD COLUMN freight_fen bigint NOT NULL DEFAULT 0 CHECK (freight_fen >= 0)',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE hand_refunds DROP COLUMN freight_fen');
  }
}
