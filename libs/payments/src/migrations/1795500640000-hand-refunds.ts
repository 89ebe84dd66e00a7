import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Money that was paid by hand and goes back by hand; and which claim a refund online makes good. */
export class HandRefunds1795500640000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE hand_refunds (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        sale text NOT NULL,
        claim text,
        bidder text NOT NULL,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        channel text NOT NULL,
        reference bytea NOT NULL,
        sealed_for uuid REFERENCES members,
        reference_hash bytea NOT NULL CHECK (octet_length(reference_hash) = 32),
        state text NOT NULL CHECK (state IN ('waiting', 'given', 'dropped')),
        asked_by uuid NOT NULL REFERENCES members,
        asked_at timestamptz NOT NULL,
        decided_by uuid REFERENCES members,
        decided_at timestamptz,
        CHECK ((state = 'waiting') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL))
      );
      CREATE UNIQUE INDEX hand_refunds_reference_once ON hand_refunds (show_id, reference_hash)
        WHERE state <> 'dropped';
      CREATE INDEX hand_refunds_by_sale ON hand_refunds (show_id, sale);
      ALTER TABLE order_refunds ADD COLUMN claim text;
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON hand_refunds TO qingpai_app;
          GRANT UPDATE (state, decided_by, decided_at) ON hand_refunds TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE hand_refunds; ALTER TABLE order_refunds DROP COLUMN claim');
  }
}
