import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Deposits that are paid online, and their way back. The database holds on its own: one page of a bidder at a time, one
 * charge per page and one page per charge, and one way back of each that is not a failed one.
 */
export class DepositsOnline1795500671000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deposit_orders (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        bidder text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        state text NOT NULL CHECK (state IN
          ('open', 'processing', 'closed', 'paid', 'forfeited', 'returned', 'stray', 'sent-back')),
        return_url text NOT NULL,
        consent_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ref text UNIQUE,
        charge text UNIQUE,
        answer bytea,
        answer_hash bytea CHECK (octet_length(answer_hash) = 32),
        sealed_for uuid REFERENCES members,
        CHECK (state IN ('open', 'processing', 'closed') OR (charge IS NOT NULL AND answer_hash IS NOT NULL))
      );
      CREATE UNIQUE INDEX deposit_orders_one_open ON deposit_orders (show_id, bidder)
        WHERE state IN ('open', 'processing');
      CREATE INDEX deposit_orders_waiting ON deposit_orders (created_at)
        WHERE state IN ('open', 'processing', 'paid', 'stray');
      CREATE TABLE deposit_refunds (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES deposit_orders,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        state text NOT NULL CHECK (state IN ('asked', 'given', 'failed')),
        asked_at timestamptz NOT NULL,
        ref text UNIQUE,
        answer_hash bytea CHECK (octet_length(answer_hash) = 32),
        CHECK (state <> 'given' OR (ref IS NOT NULL AND answer_hash IS NOT NULL))
      );
      CREATE UNIQUE INDEX deposit_refunds_once ON deposit_refunds (order_id) WHERE state <> 'failed';
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON deposit_orders, deposit_refunds TO qingpai_app;
          GRANT UPDATE (state, ref, charge, answer, answer_hash) ON deposit_orders TO qingpai_app;
          GRANT UPDATE (state, ref, answer_hash) ON deposit_refunds TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE deposit_refunds, deposit_orders');
  }
}
