import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Above what one person may give back alone, a refund online waits for a second one's word, as one by hand does. */
export class OnlineRefundsOfTwoPersons1795500694000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE order_refunds
        ADD COLUMN decided_by uuid REFERENCES members,
        ADD COLUMN decided_at timestamptz,
        ADD CONSTRAINT order_refunds_decided CHECK ((decided_by IS NULL) = (decided_at IS NULL)
          AND (state <> 'waiting' OR decided_by IS NULL) AND (state <> 'dropped' OR decided_by IS NOT NULL)),
        ADD CONSTRAINT order_refunds_two_persons CHECK (decided_by <> asked_by),
        DROP CONSTRAINT order_refunds_state_check,
        ADD CONSTRAINT order_refunds_state_check
          CHECK (state IN ('waiting', 'asked', 'given', 'failed', 'dropped'));
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (freight_fen, decided_by, decided_at) ON order_refunds TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE order_refunds
        DROP COLUMN decided_by,
        DROP COLUMN decided_at,
        DROP CONSTRAINT order_refunds_state_check,
        ADD CONSTRAINT order_refunds_state_check CHECK (state IN ('asked', 'given', 'failed'));
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          REVOKE UPDATE (freight_fen) ON order_refunds FROM qingpai_app;
        END IF;
      END $$;
    `);
  }
}
