import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Orders that are paid online, what went back of them, what knocked at the door, and what people must decide. The
 * database holds on its own: one order per sale at a time, one charge per order and one order per charge, a knock once,
 * a settled case by a second person.
 */
export class OnlinePayments1795500620000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE orders (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        bidder text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        state text NOT NULL CHECK (state IN ('open', 'processing', 'paid', 'closed', 'stray', 'returned')),
        return_url text NOT NULL,
        consent_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        ref text UNIQUE,
        charge text UNIQUE,
        answer bytea,
        answer_hash bytea CHECK (octet_length(answer_hash) = 32),
        sealed_for uuid REFERENCES members,
        CHECK (state NOT IN ('paid', 'stray', 'returned') OR (charge IS NOT NULL AND answer_hash IS NOT NULL))
      );
      CREATE INDEX orders_by_show ON orders (show_id, created_at);
      CREATE INDEX orders_waiting ON orders (created_at) WHERE state IN ('open', 'processing');
      CREATE TABLE order_sales (
        order_id uuid NOT NULL REFERENCES orders,
        sale text NOT NULL,
        show_id text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        let_go boolean NOT NULL,
        PRIMARY KEY (order_id, sale)
      );
      CREATE UNIQUE INDEX order_sales_once ON order_sales (show_id, sale) WHERE NOT let_go;
      CREATE TABLE order_refunds (
        id uuid PRIMARY KEY,
        order_id uuid NOT NULL REFERENCES orders,
        show_id text NOT NULL,
        sale text,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        state text NOT NULL CHECK (state IN ('asked', 'given', 'failed')),
        asked_by uuid NOT NULL REFERENCES members,
        asked_at timestamptz NOT NULL,
        ref text UNIQUE,
        answer_hash bytea CHECK (octet_length(answer_hash) = 32),
        CHECK (state <> 'given' OR (ref IS NOT NULL AND answer_hash IS NOT NULL))
      );
      CREATE INDEX order_refunds_by_order ON order_refunds (order_id);
      CREATE TABLE provider_events (
        id text PRIMARY KEY,
        type text NOT NULL,
        order_id uuid,
        received_at timestamptz NOT NULL,
        applied_at timestamptz,
        times integer NOT NULL DEFAULT 0
      );
      CREATE TABLE payment_cases (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        kind text NOT NULL,
        subject uuid NOT NULL,
        reason text,
        note text NOT NULL,
        raised_by uuid REFERENCES members,
        raised_at timestamptz NOT NULL,
        settled_by uuid REFERENCES members,
        settled_at timestamptz,
        outcome text,
        CHECK ((settled_by IS NULL) = (settled_at IS NULL) AND (settled_by IS NULL) = (outcome IS NULL)),
        CONSTRAINT payment_cases_two_persons CHECK (settled_by <> raised_by)
      );
      CREATE UNIQUE INDEX payment_cases_once ON payment_cases (subject, kind, note);
      CREATE INDEX payment_cases_by_show ON payment_cases (show_id, raised_at);
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON orders, order_sales, order_refunds, provider_events, payment_cases TO qingpai_app;
          GRANT UPDATE (state, ref, charge, answer, answer_hash) ON orders TO qingpai_app;
          GRANT UPDATE (let_go) ON order_sales TO qingpai_app;
          GRANT UPDATE (state, ref, answer_hash) ON order_refunds TO qingpai_app;
          GRANT UPDATE (applied_at, times) ON provider_events TO qingpai_app;
          GRANT UPDATE (settled_by, settled_at, outcome) ON payment_cases TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_cases, provider_events, order_refunds, order_sales, orders');
  }
}
