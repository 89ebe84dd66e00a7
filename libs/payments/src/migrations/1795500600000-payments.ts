import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Payments by hand. The database holds on its own: two persons, one decision, a reference once per show, a sale
 * under at most one payment that is not rejected. Runs as the owner; the app's role cannot delete a payment.
 */
export class Payments1795500600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE payments (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        bidder text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        channel text NOT NULL CHECK (channel IN ('transfer', 'cash', 'wechat', 'alipay')),
        reference bytea NOT NULL,
        reference_hash bytea NOT NULL CHECK (octet_length(reference_hash) = 32),
        photo text,
        photo_hash bytea,
        state text NOT NULL CHECK (state IN ('recorded', 'confirmed', 'rejected')),
        recorded_by uuid NOT NULL REFERENCES members,
        recorded_at timestamptz NOT NULL,
        decided_by uuid REFERENCES members,
        decided_at timestamptz,
        CHECK ((photo IS NULL) = (photo_hash IS NULL)),
        CHECK ((state = 'recorded') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
        CONSTRAINT payments_two_persons CHECK (decided_by <> recorded_by)
      );
      CREATE UNIQUE INDEX payments_reference_once ON payments (show_id, reference_hash)
        WHERE state <> 'rejected';
      CREATE INDEX payments_by_show ON payments (show_id, recorded_at);
      CREATE TABLE payment_sales (
        payment_id uuid NOT NULL REFERENCES payments,
        sale text NOT NULL,
        show_id text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        rejected boolean NOT NULL,
        PRIMARY KEY (payment_id, sale)
      );
      CREATE UNIQUE INDEX payment_sales_once ON payment_sales (show_id, sale) WHERE NOT rejected;
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON payments, payment_sales TO qingpai_app;
          GRANT UPDATE (state, decided_by, decided_at, photo, photo_hash) ON payments TO qingpai_app;
          GRANT UPDATE (rejected) ON payment_sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE payment_sales, payments');
  }
}
