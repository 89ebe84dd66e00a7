import { type MigrationInterface, type QueryRunner } from 'typeorm';

const pinned = `SET search_path = public, pg_temp`;

/**
 * The books (LEDGER §6), written in the transaction of the leaf that they book. The database keeps them append-only,
 * balanced and without gaps by itself; that they are the right ones is what anybody derives again from the leaves.
 */
export class Books1795500230000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(appendOnly);
    await runner.query(entriesFollow);
    await runner.query(linesFollow);
    await runner.query(entriesBalance);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE journal_lines, journal_entries;
      DROP FUNCTION ledger_entry_follows, ledger_line_follows, ledger_entry_balances;
    `);
  }
}

// `lines` is said in the entry, so that nobody adds a balanced pair of lines to it later. Amounts are whole fen up to
// 2^53 − 1, which every reader of JSON holds exactly.
const tables = `
  CREATE TABLE journal_entries (
    log int NOT NULL,
    n bigint NOT NULL CHECK (n > 0),
    i bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('hammered', 'voided', 'defaulted', 'paid', 'refunded')),
    sale text NOT NULL,
    reverses bigint CHECK (reverses < n),
    lines int NOT NULL CHECK (lines >= 2),
    PRIMARY KEY (log, n),
    UNIQUE (log, i),
    UNIQUE (log, reverses),
    FOREIGN KEY (log, i) REFERENCES leaves,
    FOREIGN KEY (log, reverses) REFERENCES journal_entries,
    CHECK ((kind IN ('voided', 'defaulted')) = (reverses IS NOT NULL))
  );
  CREATE TABLE journal_lines (
    log int NOT NULL,
    n bigint NOT NULL,
    line int NOT NULL CHECK (line > 0),
    account text NOT NULL CHECK (char_length(account) BETWEEN 1 AND 80),
    side text NOT NULL CHECK (side IN ('debit', 'credit')),
    amount_fen bigint NOT NULL CHECK (amount_fen BETWEEN 1 AND 9007199254740991),
    version bigint NOT NULL CHECK (version > 0),
    before_fen bigint NOT NULL,
    after_fen bigint NOT NULL CHECK (after_fen BETWEEN -9007199254740991 AND 9007199254740991),
    PRIMARY KEY (log, n, line),
    UNIQUE (log, account, version),
    FOREIGN KEY (log, n) REFERENCES journal_entries,
    CHECK (after_fen - before_fen = CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END)
  );
`;

const appendOnly = ['journal_entries', 'journal_lines']
  .map(
    (table) => `
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
      ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`,
  )
  .join('');

const entriesFollow = `
  CREATE FUNCTION ledger_entry_follows() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  BEGIN
    IF NEW.n > 1 AND NOT EXISTS (SELECT FROM journal_entries WHERE log = NEW.log AND n = NEW.n - 1 AND i < NEW.i) THEN
      RAISE EXCEPTION 'entry % of the books of log % does not follow the one before', NEW.n, NEW.log
        USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER entry_follows AFTER INSERT ON journal_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_entry_follows();
  ALTER TABLE journal_entries ENABLE ALWAYS TRIGGER entry_follows;
`;

const linesFollow = `
  CREATE FUNCTION ledger_line_follows() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  BEGIN
    IF NEW.version = 1 AND NEW.before_fen = 0 OR EXISTS (
      SELECT FROM journal_lines WHERE log = NEW.log AND account = NEW.account AND version = NEW.version - 1
        AND after_fen = NEW.before_fen AND (n, line) < (NEW.n, NEW.line)) THEN
      RETURN NULL;
    END IF;
    RAISE EXCEPTION 'line % of % does not go on from the balance before', NEW.version, NEW.account
      USING ERRCODE = 'check_violation';
  END $$;
  CREATE TRIGGER line_follows AFTER INSERT ON journal_lines
    FOR EACH ROW EXECUTE FUNCTION ledger_line_follows();
  ALTER TABLE journal_lines ENABLE ALWAYS TRIGGER line_follows;
`;

/** At COMMIT, from both sides: an entry without its lines, and a line that no entry speaks of. */
const entriesBalance = `
  CREATE FUNCTION ledger_entry_balances() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  DECLARE
    wrong bigint;
  BEGIN
    SELECT e.n INTO wrong FROM journal_entries e LEFT JOIN journal_lines l USING (log, n)
    WHERE e.log = NEW.log AND e.n = NEW.n GROUP BY e.n, e.lines
    HAVING count(l.line) <> e.lines OR max(l.line) <> e.lines
      OR sum(l.amount_fen) FILTER (WHERE side = 'debit') IS DISTINCT FROM sum(l.amount_fen) FILTER (WHERE side = 'credit');
    IF FOUND THEN
      RAISE EXCEPTION 'entry % of the books of log % does not balance', NEW.n, NEW.log USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  ${['journal_entries', 'journal_lines']
    .map(
      (table) => `
        CREATE CONSTRAINT TRIGGER balances AFTER INSERT OR UPDATE ON ${table} DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION ledger_entry_balances();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER balances;`,
    )
    .join('')}
`;

const grants = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
      REVOKE ALL ON journal_entries, journal_lines FROM qingpai_app;
      GRANT SELECT, INSERT ON journal_entries, journal_lines TO qingpai_app;
    END IF;
  END $$;
`;
