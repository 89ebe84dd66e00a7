import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Schema-qualified for good: a temporary table of the same name must not be able to stand in for a real one. */
const pinned = `SET search_path = public, pg_temp`;

/**
 * Logs, their leaves and their signed heads, with the guards of LEDGER §5. They hold against a mistaken or taken-over
 * app: it may add, never change. Only the owner could drop them, which is why owner and app are two roles.
 */
export class Ledger1795500200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(tables);
    await runner.query(appendOnly);
    await runner.query(headOnlyGrows);
    await runner.query(leavesFollowTheHead);
    await runner.query(headHasItsLeaves);
    await runner.query(checkpointIsTheHead);
    await runner.query(grants);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DROP TABLE checkpoints, leaves, logs;
      DROP FUNCTION ledger_refuse, ledger_head_grows, ledger_leaves_follow, ledger_head_filled, ledger_checkpoint_fits;
    `);
  }
}

// No foreign keys: they would halve the rate of inserts, and the triggers below check more than they could.
const tables = `
  CREATE TABLE logs (
    log int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    origin text NOT NULL UNIQUE,
    vkey text NOT NULL,
    key_seed bytea NOT NULL,
    epoch bigint NOT NULL DEFAULT 0,
    size bigint NOT NULL DEFAULT 0 CHECK (size >= 0),
    root bytea NOT NULL CHECK (octet_length(root) = 32),
    frontier bytea NOT NULL,
    CHECK (octet_length(frontier) = 32 * bit_count(size::bit(64)))
  );
  CREATE TABLE leaves (
    log int NOT NULL,
    i bigint NOT NULL CHECK (i >= 0),
    bytes bytea NOT NULL CHECK (octet_length(bytes) BETWEEN 1 AND 65535),
    hash bytea NOT NULL GENERATED ALWAYS AS (sha256('\\x00'::bytea || bytes)) STORED,
    PRIMARY KEY (log, i)
  );
  CREATE TABLE checkpoints (
    log int NOT NULL,
    size bigint NOT NULL CHECK (size > 0),
    root bytea NOT NULL,
    note text NOT NULL,
    t_ms bigint NOT NULL,
    PRIMARY KEY (log, size)
  );
`;

// By statement: even an UPDATE that would touch no row is refused. ALWAYS: also under session_replication_role.
const appendOnly = `
  CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
  END $$;
  ${['leaves', 'checkpoints']
    .map(
      (table) => `
        CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ${table}
          FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
        ALTER TABLE ${table} ENABLE ALWAYS TRIGGER append_only;`,
    )
    .join('')}
  CREATE TRIGGER kept BEFORE DELETE OR TRUNCATE ON logs FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
  ALTER TABLE logs ENABLE ALWAYS TRIGGER kept;
`;

const headOnlyGrows = `
  CREATE FUNCTION ledger_head_grows() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  BEGIN
    IF TG_OP = 'INSERT' THEN
      IF NEW.size <> 0 OR NEW.epoch <> 0 THEN
        RAISE EXCEPTION 'a log begins empty' USING ERRCODE = 'check_violation';
      END IF;
    ELSIF (NEW.log, NEW.origin, NEW.vkey, NEW.key_seed) IS DISTINCT FROM (OLD.log, OLD.origin, OLD.vkey, OLD.key_seed) THEN
      RAISE EXCEPTION 'a log keeps its origin and its key' USING ERRCODE = 'check_violation';
    ELSIF NEW.epoch < OLD.epoch OR NEW.size < OLD.size THEN
      RAISE EXCEPTION 'size and epoch of a log only grow' USING ERRCODE = 'check_violation';
    ELSIF NEW.size = OLD.size AND (NEW.root, NEW.frontier) IS DISTINCT FROM (OLD.root, OLD.frontier) THEN
      RAISE EXCEPTION 'one size has one root' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER head_grows BEFORE INSERT OR UPDATE ON logs
    FOR EACH ROW EXECUTE FUNCTION ledger_head_grows();
  ALTER TABLE logs ENABLE ALWAYS TRIGGER head_grows;
`;

/**
 * The head moves and holds the lock; leaves fill exactly the gap below it, in the same statement or a later one. Checked
 * once per statement, so a batch of a thousand leaves costs no more than one.
 */
const leavesFollowTheHead = `
  CREATE FUNCTION ledger_leaves_follow() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  DECLARE
    batch record;
    head bigint;
  BEGIN
    FOR batch IN SELECT log, min(i) AS first, max(i) AS last, count(*) AS n FROM added GROUP BY log LOOP
      SELECT size INTO head FROM logs WHERE log = batch.log FOR UPDATE;
      IF NOT FOUND OR batch.last + 1 <> head OR batch.last + 1 - batch.first <> batch.n THEN
        RAISE EXCEPTION 'leaves % to % do not end at the head of log % (%)', batch.first, batch.last, batch.log, head
          USING ERRCODE = 'check_violation';
      END IF;
      IF batch.first > 0 AND NOT EXISTS (SELECT FROM leaves WHERE log = batch.log AND i = batch.first - 1) THEN
        RAISE EXCEPTION 'a gap before leaf % of log %', batch.first, batch.log USING ERRCODE = 'check_violation';
      END IF;
    END LOOP;
    RETURN NULL;
  END $$;
  CREATE TRIGGER leaves_follow AFTER INSERT ON leaves REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_leaves_follow();
  ALTER TABLE leaves ENABLE ALWAYS TRIGGER leaves_follow;
`;

/** At COMMIT, one row per transaction: a head that moved without its leaves would be a promise of nothing. */
const headHasItsLeaves = `
  CREATE FUNCTION ledger_head_filled() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  DECLARE
    head bigint;
  BEGIN
    SELECT size INTO head FROM logs WHERE log = NEW.log;
    IF head > 0 AND NOT EXISTS (SELECT FROM leaves WHERE log = NEW.log AND i = head - 1)
      OR EXISTS (SELECT FROM leaves WHERE log = NEW.log AND i = head) THEN
      RAISE EXCEPTION 'log % does not have its % leaves', NEW.log, head USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER head_filled AFTER INSERT OR UPDATE ON logs DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION ledger_head_filled();
  ALTER TABLE logs ENABLE ALWAYS TRIGGER head_filled;
`;

const checkpointIsTheHead = `
  CREATE FUNCTION ledger_checkpoint_fits() RETURNS trigger LANGUAGE plpgsql ${pinned} AS $$
  BEGIN
    IF NOT EXISTS (SELECT FROM logs WHERE log = NEW.log AND size = NEW.size AND root = NEW.root) THEN
      RAISE EXCEPTION 'checkpoint % is not the head of log %', NEW.size, NEW.log USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER checkpoint_fits AFTER INSERT ON checkpoints
    FOR EACH ROW EXECUTE FUNCTION ledger_checkpoint_fits();
  ALTER TABLE checkpoints ENABLE ALWAYS TRIGGER checkpoint_fits;
`;

const grants = `
  DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
      REVOKE ALL ON logs, leaves, checkpoints FROM qingpai_app;
      GRANT SELECT, INSERT ON logs, leaves, checkpoints TO qingpai_app;
      GRANT UPDATE (size, root, frontier, epoch) ON logs TO qingpai_app;
    END IF;
  END $$;
`;
