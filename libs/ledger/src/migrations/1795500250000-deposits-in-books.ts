import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Deposits in the books: their entries speak of a deposit, and of a sale where one is forfeited for it. */
export class DepositsInBooks1795500250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE journal_entries ADD COLUMN deposit text, ALTER COLUMN sale DROP NOT NULL;
      ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_kind_check;
      ALTER TABLE journal_entries ADD CONSTRAINT journal_entries_kind_check CHECK (CASE
        WHEN kind IN ('hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut') THEN sale IS NOT NULL AND deposit IS NULL
        WHEN kind IN ('held', 'released', 'returned') THEN sale IS NULL AND deposit IS NOT NULL
        WHEN kind = 'forfeited' THEN sale IS NOT NULL AND deposit IS NOT NULL
        ELSE false END);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_kind_check;
      ALTER TABLE journal_entries ADD CONSTRAINT journal_entries_kind_check
        CHECK (kind IN ('hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut'));
      ALTER TABLE journal_entries DROP COLUMN deposit, ALTER COLUMN sale SET NOT NULL;
    `);
  }
}
