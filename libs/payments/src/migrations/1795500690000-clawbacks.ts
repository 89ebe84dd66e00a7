import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * 扣回: what a grower owes back comes off his payouts, is given back by himself before two persons, or is carried on to the
 * township's next show. The database holds on its own: what was carried on is taken once, two persons saw what came back.
 */
export class Clawbacks1795500690000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE payout_rows DROP CONSTRAINT payout_rows_amount_fen_check;
      ALTER TABLE payout_rows ADD CONSTRAINT payout_rows_amount_fen_check CHECK (amount_fen >= 0);
      CREATE TABLE clawbacks_carried (
        show_id text NOT NULL,
        sale text NOT NULL,
        grower_id uuid NOT NULL REFERENCES growers,
        from_sale text NOT NULL UNIQUE,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        taken_fen bigint NOT NULL CHECK (taken_fen BETWEEN 0 AND amount_fen),
        carried_by uuid NOT NULL REFERENCES members,
        carried_at timestamptz NOT NULL,
        PRIMARY KEY (show_id, sale)
      );
      CREATE TABLE payout_clawbacks (
        show_id text NOT NULL,
        payout text NOT NULL,
        of text NOT NULL,
        is_carried boolean NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        PRIMARY KEY (show_id, payout, of),
        FOREIGN KEY (show_id, payout) REFERENCES payout_rows
      );
      CREATE TABLE clawback_repayments (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        sale text NOT NULL,
        grower text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        channel text NOT NULL CHECK (channel IN ('transfer', 'cash', 'wechat', 'alipay')),
        reference_hash bytea NOT NULL CHECK (octet_length(reference_hash) = 32),
        state text NOT NULL CHECK (state IN ('recorded', 'confirmed', 'rejected')),
        recorded_by uuid NOT NULL REFERENCES members,
        recorded_at timestamptz NOT NULL,
        decided_by uuid REFERENCES members,
        decided_at timestamptz,
        CHECK ((state = 'recorded') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
        CONSTRAINT repayments_two_persons CHECK (decided_by <> recorded_by)
      );
      CREATE UNIQUE INDEX repayment_reference_once ON clawback_repayments (show_id, reference_hash)
        WHERE state <> 'rejected';
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_clawbacks
        FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
      ALTER TABLE payout_clawbacks ENABLE ALWAYS TRIGGER append_only;
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON clawbacks_carried, payout_clawbacks, clawback_repayments TO qingpai_app;
          GRANT UPDATE (amount_fen, taken_fen) ON clawbacks_carried TO qingpai_app;
          GRANT UPDATE (state, decided_by, decided_at) ON clawback_repayments TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE clawback_repayments, payout_clawbacks, clawbacks_carried;
      ALTER TABLE payout_rows DROP CONSTRAINT payout_rows_amount_fen_check;
      ALTER TABLE payout_rows ADD CONSTRAINT payout_rows_amount_fen_check CHECK (amount_fen > 0);
    `);
  }
}
