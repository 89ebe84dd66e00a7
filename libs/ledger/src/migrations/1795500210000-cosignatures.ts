import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What witnesses gave: one line per head and witness, for good, like the heads themselves. The first one stays, since
 * its time says how early the head was seen.
 */
export class Cosignatures1795500210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE cosignatures (
        log int NOT NULL,
        size bigint NOT NULL,
        witness text NOT NULL,
        line text NOT NULL,
        t_s bigint NOT NULL CHECK (t_s >= 0),
        PRIMARY KEY (log, size, witness)
      );
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON cosignatures
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();
      ALTER TABLE cosignatures ENABLE ALWAYS TRIGGER append_only;

      CREATE FUNCTION ledger_cosigned_is_signed() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        IF NOT EXISTS (SELECT FROM checkpoints WHERE log = NEW.log AND size = NEW.size) THEN
          RAISE EXCEPTION 'log % has no signed head at %', NEW.log, NEW.size USING ERRCODE = 'check_violation';
        END IF;
        RETURN NULL;
      END $$;
      CREATE TRIGGER cosigned_is_signed AFTER INSERT ON cosignatures
        FOR EACH ROW EXECUTE FUNCTION ledger_cosigned_is_signed();
      ALTER TABLE cosignatures ENABLE ALWAYS TRIGGER cosigned_is_signed;

      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          REVOKE ALL ON cosignatures FROM qingpai_app;
          GRANT SELECT, INSERT ON cosignatures TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE cosignatures; DROP FUNCTION ledger_cosigned_is_signed;`);
  }
}
