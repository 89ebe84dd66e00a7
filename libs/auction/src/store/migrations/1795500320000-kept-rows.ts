import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Written once: which log is a registry, how a show ended, who sat under which paddle. Not even the owner edits them. */
const tables = ['registries', 'ended_shows', 'show_bidders'];

export class KeptRows1795500320000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables) {
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables) await runner.query(`DROP TRIGGER append_only ON ${table}`);
  }
}

export const keptRowsMigrations = [KeptRows1795500320000];
