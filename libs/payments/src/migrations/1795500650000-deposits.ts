import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Deposits by hand. The database holds on its own: two persons, one decision, a reference once per show, one deposit of a
 * bidder that waits for its second person, and one way back of each.
 */
export class Deposits1795500650000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE deposit_moves (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        kind text NOT NULL CHECK (kind IN ('in', 'out')),
        bidder text NOT NULL,
        deposit text,
        amount_fen bigint NOT NULL CHECK (amount_fen > 0),
        channel text NOT NULL CHECK (channel IN ('transfer', 'cash', 'wechat', 'alipay')),
        reference bytea NOT NULL,
        sealed_for uuid REFERENCES members,
        reference_hash bytea NOT NULL CHECK (octet_length(reference_hash) = 32),
        state text NOT NULL CHECK (state IN ('recorded', 'confirmed', 'rejected')),
        recorded_by uuid NOT NULL REFERENCES members,
        recorded_at timestamptz NOT NULL,
        decided_by uuid REFERENCES members,
        decided_at timestamptz,
        CHECK ((kind = 'out') = (deposit IS NOT NULL)),
        CHECK ((state = 'recorded') = (decided_by IS NULL)),
        CHECK ((decided_by IS NULL) = (decided_at IS NULL)),
        CONSTRAINT deposits_two_persons CHECK (decided_by <> recorded_by)
      );
      CREATE UNIQUE INDEX deposits_reference_once ON deposit_moves (show_id, reference_hash) WHERE state <> 'rejected';
      CREATE UNIQUE INDEX deposits_one_waits ON deposit_moves (show_id, bidder) WHERE kind = 'in' AND state = 'recorded';
      CREATE UNIQUE INDEX deposits_back_once ON deposit_moves (show_id, deposit) WHERE kind = 'out' AND state <> 'rejected';
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON deposit_moves TO qingpai_app;
          GRANT UPDATE (state, decided_by, decided_at) ON deposit_moves TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE deposit_moves');
  }
}
