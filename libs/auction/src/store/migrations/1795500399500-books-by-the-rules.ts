import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * LEDGER §6, I4 and I8, at each commit: a hammer is booked at what was sold, and the township's share of what stayed of a
 * sale is what the sealed rules say, rounded down, also after something of it was given back.
 */
export class BooksByTheRules1795500399500 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE INDEX entries_of_sale ON journal_entries (log, sale);
      CREATE FUNCTION journal_by_the_rules() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      DECLARE
        sold_fen bigint;
        percent int;
        hammered_fen bigint;
        back_fen bigint;
        fee_fen bigint;
        kept_fen bigint;
        is_paid_out boolean;
        is_void boolean;
      BEGIN
        SELECT s.units * s.unit_price_fen, coalesce((w.rules ->> 'feePercent')::int, 0) INTO sold_fen, percent
        FROM logs l JOIN shows w ON w.origin = l.origin LEFT JOIN sales s ON s.show_id = w.show_id AND s.sale = NEW.sale
        WHERE l.log = NEW.log;
        SELECT bool_or(e.kind = 'paidOut'), bool_or(e.kind IN ('voided', 'defaulted')),
          coalesce(sum(l.amount_fen) FILTER (WHERE e.kind = 'hammered' AND l.side = 'debit'), 0),
          coalesce(sum(l.amount_fen) FILTER (
            WHERE e.kind = 'refunded' AND l.side = 'debit' AND l.account <> 'freight:payable'), 0),
          coalesce(sum(CASE l.side WHEN 'credit' THEN l.amount_fen ELSE -l.amount_fen END)
            FILTER (WHERE l.account = 'platform:fee'), 0)
        INTO is_paid_out, is_void, hammered_fen, back_fen, fee_fen
        FROM journal_entries e JOIN journal_lines l USING (log, n) WHERE e.log = NEW.log AND e.sale = NEW.sale;
        IF NEW.kind = 'hammered' AND hammered_fen IS DISTINCT FROM sold_fen THEN
          RAISE EXCEPTION 'entry % of log % is not what the rules say: sale % was sold for %, booked for %',
            NEW.n, NEW.log, NEW.sale, sold_fen, hammered_fen USING ERRCODE = 'check_violation';
        END IF;
        kept_fen := CASE WHEN is_void THEN 0 ELSE hammered_fen - back_fen END;
        IF is_paid_out AND fee_fen <> kept_fen * percent / 100 THEN
          RAISE EXCEPTION 'entry % of log % is not what the rules say: the share of sale % is %, not %',
            NEW.n, NEW.log, NEW.sale, kept_fen * percent / 100, fee_fen USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER by_the_rules AFTER INSERT ON journal_entries DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.kind IN ('hammered', 'paidOut', 'refunded')) EXECUTE FUNCTION journal_by_the_rules();
      ALTER TABLE journal_entries ENABLE ALWAYS TRIGGER by_the_rules;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TRIGGER by_the_rules ON journal_entries;
      DROP FUNCTION journal_by_the_rules();
      DROP INDEX entries_of_sale`);
  }
}

export const booksByTheRulesMigrations = [BooksByTheRules1795500399500];
