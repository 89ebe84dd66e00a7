import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Lots' cards and imports that wait. No foreign keys: cards are written in the desk's own transaction. */
export class Catalogue1795500400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE lot_cards (
        show_id text,
        lot text,
        grower_name text NOT NULL,
        village text NOT NULL,
        grade text NOT NULL,
        source text NOT NULL,
        photos text[] NOT NULL DEFAULT '{}' CHECK (cardinality(photos) <= 6),
        PRIMARY KEY (show_id, lot)
      );
      CREATE TABLE catalogue_imports (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        mark text NOT NULL,
        lots bytea NOT NULL,
        expires_at timestamptz NOT NULL
      );
      CREATE INDEX catalogue_imports_by_end ON catalogue_imports (expires_at);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT, UPDATE ON lot_cards TO qingpai_app;
          GRANT SELECT, INSERT, DELETE ON catalogue_imports TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE catalogue_imports, lot_cards');
  }
}

export const catalogueMigrations = [Catalogue1795500400000];
