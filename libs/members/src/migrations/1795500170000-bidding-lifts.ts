import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Two defaults: no more bidding. An officer's word that somebody may bid again, with its reason and the shows whose defaults
 * do not count any more; nobody changes or takes it back.
 */
export class BiddingLifts1795500170000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE bidding_lifts (
        id uuid PRIMARY KEY,
        township_id uuid NOT NULL REFERENCES townships,
        member_id uuid NOT NULL REFERENCES members,
        shows text[] NOT NULL CHECK (cardinality(shows) > 0),
        reason text NOT NULL CHECK (reason IN ('paid-since', 'township-mistake', 'hardship', 'other')),
        lifted_by uuid NOT NULL REFERENCES members,
        lifted_at timestamptz NOT NULL,
        CONSTRAINT bidding_lifts_by_another CHECK (lifted_by <> member_id)
      );
      CREATE FUNCTION members_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON bidding_lifts
        FOR EACH STATEMENT EXECUTE FUNCTION members_refuse();
      ALTER TABLE bidding_lifts ENABLE ALWAYS TRIGGER append_only;
      CREATE INDEX bidding_lifts_by_member ON bidding_lifts (member_id, township_id);
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON bidding_lifts TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bidding_lifts; DROP FUNCTION members_refuse');
  }
}
