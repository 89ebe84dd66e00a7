import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** At the settlement freight that a provider still held has come over: an entry of its own, of no sale. */
export class FreightComeOver1795500395000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(kinds("WHEN kind = 'settled' THEN sale IS NULL AND deposit IS NULL"));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(kinds(''));
  }
}

/** @param more SQL: what entries of a further kind speak of */
const kinds = (more: string): string => `
  ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_kind_check;
  ALTER TABLE journal_entries ADD CONSTRAINT journal_entries_kind_check CHECK (CASE
    WHEN kind IN ('hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut') THEN sale IS NOT NULL AND deposit IS NULL
    WHEN kind IN ('held', 'released', 'returned') THEN sale IS NULL AND deposit IS NOT NULL
    WHEN kind = 'forfeited' THEN sale IS NOT NULL AND deposit IS NOT NULL
    WHEN kind = 'taken' THEN deposit IS NULL
    WHEN kind IN ('repaid', 'carried') THEN sale IS NOT NULL AND deposit IS NULL
    ${more} ELSE false END);`;

export const freightComeOverMigrations = [FreightComeOver1795500395000];
