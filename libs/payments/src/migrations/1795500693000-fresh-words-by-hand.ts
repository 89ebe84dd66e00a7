import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** How a buyer confirmed what holds for living goods, as whoever records his payment by hand was told. */
export class FreshWordsByHand1795500693000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE payments ADD COLUMN fresh_word text CHECK (fresh_word IN ('in-person', 'by-phone'))`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE payments DROP COLUMN fresh_word');
  }
}
