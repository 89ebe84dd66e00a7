import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What was forfeited to a grower may be paid out to him, and never more than came in: neither than stayed of the sale, nor
 * than was forfeited for it. What he owes back is booked when it is taken, repaid or carried on.
 */
export class GrowerDues1795500370000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE sales ADD COLUMN forfeited_fen bigint NOT NULL DEFAULT 0
        CHECK (forfeited_fen >= 0 AND forfeited_fen <= units * unit_price_fen AND (forfeited_fen = 0 OR phase = 'defaulted'));
      UPDATE sales SET forfeited_fen = leaf.fen FROM (
        SELECT show_id, body #>> '{body,sale}' AS sale, (body #>> '{body,amountFen}')::bigint AS fen FROM (
          SELECT origin, convert_from(bytes, 'UTF8')::jsonb AS body FROM leaves JOIN logs USING (log)
        ) AS l JOIN shows USING (origin) WHERE body ->> 'type' = 'deposit.forfeited'
      ) AS leaf WHERE leaf.show_id = sales.show_id AND leaf.sale = sales.sale;
      ALTER TABLE sales DROP CONSTRAINT paid_out_came_in;
      ALTER TABLE sales ADD CONSTRAINT paid_out_came_in CHECK (paid_out_fen IS NULL OR paid_out_fen + payout_fee_fen
        <= CASE WHEN phase IN ('paid', 'refunded') THEN units * unit_price_fen ELSE forfeited_fen END);
    `);
    await runner.query(
      paidOutOnce(
        "CASE NEW.phase WHEN 'defaulted' THEN NEW.forfeited_fen ELSE NEW.units * NEW.unit_price_fen - NEW.refunded_fen END",
      ),
    );
    await runner.query(
      kinds(
        "WHEN kind = 'taken' THEN deposit IS NULL WHEN kind IN ('repaid', 'carried') THEN sale IS NOT NULL AND deposit IS NULL",
      ),
    );
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT UPDATE (forfeited_fen) ON sales TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(kinds(''));
    await runner.query(paidOutOnce('NEW.units * NEW.unit_price_fen - NEW.refunded_fen'));
    await runner.query(`
      ALTER TABLE sales DROP CONSTRAINT paid_out_came_in;
      ALTER TABLE sales ADD CONSTRAINT paid_out_came_in CHECK (
        paid_out_fen IS NULL OR (phase IN ('paid', 'refunded') AND paid_out_fen + payout_fee_fen <= units * unit_price_fen));
      ALTER TABLE sales DROP COLUMN forfeited_fen;
    `);
  }
}

/** @param boundFen SQL: the most that may be paid out of a sale, fee included */
const paidOutOnce = (boundFen: string): string => `
  CREATE OR REPLACE FUNCTION sales_paid_out_once() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
  BEGIN
    IF OLD.payout IS NOT NULL AND ROW (OLD.payout, OLD.paid_out_fen, OLD.payout_fee_fen, OLD.paid_out_at_ms)
        IS DISTINCT FROM ROW (NEW.payout, NEW.paid_out_fen, NEW.payout_fee_fen, NEW.paid_out_at_ms) THEN
      RAISE EXCEPTION 'sale % of show % was paid out already', OLD.sale, OLD.show_id USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.payout IS NULL AND NEW.paid_out_fen + NEW.payout_fee_fen > (${boundFen}) THEN
      RAISE EXCEPTION 'sale % of show % is paid out above what came in', OLD.sale, OLD.show_id
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END $$;`;

/** @param more SQL: what entries of further kinds speak of */
const kinds = (more: string): string => `
  ALTER TABLE journal_entries DROP CONSTRAINT journal_entries_kind_check;
  ALTER TABLE journal_entries ADD CONSTRAINT journal_entries_kind_check CHECK (CASE
    WHEN kind IN ('hammered', 'voided', 'defaulted', 'paid', 'refunded', 'paidOut') THEN sale IS NOT NULL AND deposit IS NULL
    WHEN kind IN ('held', 'released', 'returned') THEN sale IS NULL AND deposit IS NOT NULL
    WHEN kind = 'forfeited' THEN sale IS NOT NULL AND deposit IS NOT NULL
    ${more} ELSE false END);`;

export const growerDuesMigrations = [GrowerDues1795500370000];
