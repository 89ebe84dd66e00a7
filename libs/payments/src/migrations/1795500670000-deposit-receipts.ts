import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The photo of a deposit's receipt, as payments by hand have it. */
export class DepositReceipts1795500670000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE deposit_moves ADD COLUMN photo text,
        ADD COLUMN photo_hash bytea CHECK (octet_length(photo_hash) = 32);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (photo, photo_hash) ON deposit_moves TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE deposit_moves DROP COLUMN photo, DROP COLUMN photo_hash');
  }
}
