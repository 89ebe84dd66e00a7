import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Written once, beside leaves or by a person; what is personal is sealed. Only the photo of who is erased is let go. */
const keptForGood = ['shipments', 'claim_words', 'fresh_words'];

export class AfterSale1795500700000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE shipments (
        show_id text NOT NULL,
        tracking_hash text NOT NULL,
        bidder text NOT NULL,
        courier text NOT NULL,
        tracking bytea NOT NULL,
        sealed_for uuid REFERENCES members,
        PRIMARY KEY (show_id, tracking_hash)
      );
      CREATE TABLE claims (
        show_id text NOT NULL,
        claim text NOT NULL,
        member_id uuid NOT NULL REFERENCES members,
        photo text,
        PRIMARY KEY (show_id, claim)
      );
      CREATE TABLE claim_words (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        claim text NOT NULL,
        said_by uuid NOT NULL REFERENCES members,
        is_house boolean NOT NULL,
        words bytea NOT NULL,
        sealed_for uuid REFERENCES members,
        said_at timestamptz NOT NULL,
        FOREIGN KEY (show_id, claim) REFERENCES claims
      );
      CREATE INDEX claim_words_by_claim ON claim_words (show_id, claim, said_at);
      CREATE TABLE fresh_words (
        show_id text NOT NULL,
        member_id uuid NOT NULL REFERENCES members,
        said_at timestamptz NOT NULL,
        PRIMARY KEY (show_id, member_id)
      );
    `);
    for (const table of keptForGood) {
      await runner.query(`
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`);
    }
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON shipments, claims, claim_words, fresh_words TO qingpai_app;
          GRANT UPDATE (photo) ON claims TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE claim_words, claims, shipments, fresh_words');
  }
}

export const afterSaleMigrations = [AfterSale1795500700000];
