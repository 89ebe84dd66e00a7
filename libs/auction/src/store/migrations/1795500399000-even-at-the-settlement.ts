import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * LEDGER §6, I3 and I6, at the commit that settles a show: no buyer owes anything; and where growers are paid from these
 * books, nothing is left on accounts that money only passes through.
 */
export class EvenAtTheSettlement1795500399000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE FUNCTION shows_even_at_settlement() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      DECLARE
        pays_growers boolean := NEW.rules ? 'feePercent'
          OR EXISTS (SELECT FROM sales WHERE show_id = NEW.show_id AND payout IS NOT NULL);
        uneven text;
      BEGIN
        SELECT string_agg(account || ' ' || after_fen, ', ') INTO uneven FROM (
          SELECT DISTINCT ON (account) account, after_fen FROM journal_lines
          WHERE log = (SELECT log FROM logs WHERE origin = NEW.origin) ORDER BY account, version DESC
        ) AS balances
        WHERE after_fen <> 0 AND (account LIKE 'buyer:%:receivable'
          OR pays_growers AND (account LIKE 'gateway:%:clearing' OR account IN ('suspense', 'refunds:payable')));
        IF uneven IS NOT NULL THEN
          RAISE EXCEPTION 'show % cannot be settled: %', NEW.show_id, uneven USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
      END $$;
      CREATE CONSTRAINT TRIGGER even_at_settlement AFTER UPDATE ON shows DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.phase = 'settled' AND OLD.phase <> 'settled') EXECUTE FUNCTION shows_even_at_settlement();
      ALTER TABLE shows ENABLE ALWAYS TRIGGER even_at_settlement;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER even_at_settlement ON shows; DROP FUNCTION shows_even_at_settlement');
  }
}

export const evenAtTheSettlementMigrations = [EvenAtTheSettlement1795500399000];
