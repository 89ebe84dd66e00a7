import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * The reference of a payment belongs to its buyer: it is sealed under his own key, and goes when that goes. Rows from
 * before stay under the vault's.
 */
export class PaymentsOfPersons1795500610000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments ADD COLUMN sealed_for uuid REFERENCES members');
  }

  async down(): Promise<void> {
    throw new Error('what is sealed under the keys of persons cannot go back');
  }
}
