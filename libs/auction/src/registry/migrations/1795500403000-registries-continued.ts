import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** After a restore a township's registry goes on in another log: it has several then, of which the newest takes more. */
export class RegistriesContinued1795500403000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE registries
        ADD COLUMN nth int NOT NULL DEFAULT 1 CHECK (nth > 0),
        DROP CONSTRAINT registries_pkey,
        DROP CONSTRAINT registries_code_key,
        ADD PRIMARY KEY (township_id, nth),
        ADD CONSTRAINT registries_code_nth_key UNIQUE (code, nth);
      ALTER TABLE registries ALTER COLUMN nth DROP DEFAULT;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE registries
        DROP COLUMN nth,
        ADD PRIMARY KEY (township_id),
        ADD CONSTRAINT registries_code_key UNIQUE (code);
    `);
  }
}
