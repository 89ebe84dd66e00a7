import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What growers were paid. The leaf says so; this is what lists and totals read. The database itself refuses a second
 * payout of a sale, and more than came in for it.
 */
export class Payouts1795500360000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales
        ADD COLUMN payout text,
        ADD COLUMN paid_out_fen bigint CHECK (paid_out_fen > 0),
        ADD COLUMN payout_fee_fen bigint CHECK (payout_fee_fen >= 0),
        ADD COLUMN paid_out_at_ms bigint;
      ALTER TABLE sales ADD CONSTRAINT paid_out_came_in CHECK (
        paid_out_fen IS NULL OR (phase IN ('paid', 'refunded') AND paid_out_fen + payout_fee_fen <= units * unit_price_fen));
      ALTER TABLE sales ADD CONSTRAINT paid_out_is_whole CHECK (
        num_nulls(payout, paid_out_fen, payout_fee_fen, paid_out_at_ms) IN (0, 4));
    `);
    await runner.query(paidOutOnce);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (payout, paid_out_fen, payout_fee_fen, paid_out_at_ms) ON sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER paid_out_once ON sales;
      DROP FUNCTION sales_paid_out_once;
      ALTER TABLE sales DROP CONSTRAINT paid_out_is_whole, DROP CONSTRAINT paid_out_came_in,
        DROP COLUMN payout, DROP COLUMN paid_out_fen, DROP COLUMN payout_fee_fen, DROP COLUMN paid_out_at_ms;
    `);
  }
}

const paidOutOnce = `
  CREATE FUNCTION sales_paid_out_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    IF OLD.payout IS NOT NULL AND ROW (OLD.payout, OLD.paid_out_fen, OLD.payout_fee_fen, OLD.paid_out_at_ms)
        IS DISTINCT FROM ROW (NEW.payout, NEW.paid_out_fen, NEW.payout_fee_fen, NEW.paid_out_at_ms) THEN
      RAISE EXCEPTION 'sale % of show % was paid out already', OLD.sale, OLD.show_id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.payout IS NULL AND NEW.paid_out_fen + NEW.payout_fee_fen
        > NEW.units * NEW.unit_price_fen - NEW.refunded_fen THEN
      RAISE EXCEPTION 'sale % of show % is paid out above what came in', OLD.sale, OLD.show_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER paid_out_once BEFORE UPDATE ON sales FOR EACH ROW EXECUTE FUNCTION sales_paid_out_once();
  ALTER TABLE sales ENABLE ALWAYS TRIGGER paid_out_once;
`;

export const payoutsMigrations = [Payouts1795500360000];
