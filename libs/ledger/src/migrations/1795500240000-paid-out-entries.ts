import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Entries that book what a grower was paid. */
export class PaidOutEntries1795500240000 implements MigrationInterface {
  up(runner: QueryRunner): Promise<void> {
    return kindsAre(runner, ['hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut']);
  }

  down(runner: QueryRunner): Promise<void> {
    return kindsAre(runner, ['hammered', 'voided', 'defaulted', 'paid', 'refunded']);
  }
}

async function kindsAre(runner: QueryRunner, kinds: readonly string[]): Promise<void> {
  await runner.query(`
    ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_kind_check;
    ALTER TABLE journal_entries ADD CONSTRAINT journal_entries_kind_check
      CHECK (kind IN (${kinds.map((kind) => `'${kind}'`).join(', ')}));
  `);
}
