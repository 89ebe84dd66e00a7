import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Growers, whose bank details are sealed under a key of their own, and the batches in which they are paid. The database
 * holds on its own: two persons, a sale under at most one payout that did not fail, a bank's reference once per show.
 */
export class Growers1795500660000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE growers (
        id uuid PRIMARY KEY,
        township_id uuid NOT NULL REFERENCES townships,
        village text NOT NULL,
        name text NOT NULL,
        wrapped_key bytea,
        UNIQUE (township_id, village, name)
      );
      CREATE TABLE grower_accounts (
        grower_id uuid PRIMARY KEY REFERENCES growers,
        sealed bytea NOT NULL,
        entered_by uuid NOT NULL REFERENCES members,
        entered_at timestamptz NOT NULL
      );
      CREATE TABLE payout_batches (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        channel text NOT NULL CHECK (channel IN ('transfer', 'cash', 'wechat', 'alipay')),
        made_by uuid NOT NULL REFERENCES members,
        made_at timestamptz NOT NULL
      );
      CREATE TABLE payout_rows (
        batch_id uuid NOT NULL REFERENCES payout_batches,
        show_id text NOT NULL,
        payout text NOT NULL,
        grower text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        state text NOT NULL CHECK (state IN ('made', 'paid', 'failed')),
        failure text,
        reference_hash bytea CHECK (octet_length(reference_hash) = 32),
        made_by uuid NOT NULL REFERENCES members,
        decided_by uuid REFERENCES members,
        decided_at timestamptz,
        PRIMARY KEY (show_id, payout),
        CHECK ((state = 'paid') = (reference_hash IS NOT NULL)),
        CHECK ((state = 'failed') = (failure IS NOT NULL)),
        CHECK ((state = 'made') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
        CONSTRAINT payouts_two_persons CHECK (decided_by <> made_by)
      );
      CREATE UNIQUE INDEX payout_reference_once ON payout_rows (show_id, reference_hash);
      CREATE TABLE payout_sales (
        show_id text NOT NULL,
        payout text NOT NULL,
        sale text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        fee_fen bigint NOT NULL CHECK (fee_fen >= 0),
        let_go boolean NOT NULL,
        PRIMARY KEY (show_id, payout, sale),
        FOREIGN KEY (show_id, payout) REFERENCES payout_rows
      );
      CREATE UNIQUE INDEX payout_sales_once ON payout_sales (show_id, sale) WHERE NOT let_go;
      CREATE TABLE payout_exports (
        batch_id uuid NOT NULL REFERENCES payout_batches,
        member_id uuid NOT NULL REFERENCES members,
        at timestamptz NOT NULL
      );
      CREATE TABLE statement_lines (
        township_id uuid NOT NULL REFERENCES townships,
        kind text NOT NULL CHECK (kind IN ('bank', 'provider')),
        day date NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen <> 0),
        same bytea NOT NULL CHECK (octet_length(same) = 32),
        reference_hash bytea CHECK (octet_length(reference_hash) = 32),
        file_hash bytea NOT NULL,
        taken_by uuid NOT NULL REFERENCES members,
        taken_at timestamptz NOT NULL,
        PRIMARY KEY (township_id, kind, same, amount_fen, day)
      );
    `);
    for (const table of ['payout_batches', 'payout_exports', 'statement_lines'])
      await runner.query(appendOnly(table));
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON growers, grower_accounts, payout_batches, payout_rows, payout_sales, payout_exports,
            statement_lines TO qingpai_app;
          GRANT UPDATE (wrapped_key) ON growers TO qingpai_app;
          GRANT UPDATE (sealed, entered_by, entered_at) ON grower_accounts TO qingpai_app;
          GRANT DELETE ON grower_accounts TO qingpai_app;
          GRANT UPDATE (state, failure, reference_hash, decided_by, decided_at) ON payout_rows TO qingpai_app;
          GRANT UPDATE (let_go) ON payout_sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'DROP TABLE statement_lines, payout_exports, payout_sales, payout_rows, payout_batches, grower_accounts, growers',
    );
  }
}

const appendOnly = (table: string): string => `
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
    FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
  ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`;
