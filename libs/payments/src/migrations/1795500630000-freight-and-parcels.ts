import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * 运费 in payments, and where each buyer's one parcel goes. `sealed` is the whole of it, under the buyer's own key: with the
 * key it is gone. Each reading of addresses in the clear is written down, for good.
 */
export class FreightAndParcels1795500630000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of ['payments', 'orders', 'order_refunds']) {
      await runner.query(
        `ALTER TABLE ${table} ADD COLUMN freight_fen bigint NOT NULL DEFAULT 0 CHECK (freight_fen >= 0)`,
      );
    }
    await runner.query(`
      CREATE TABLE parcels (
        show_id text NOT NULL,
        bidder text NOT NULL,
        sealed_for uuid REFERENCES members,
        sealed bytea NOT NULL,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (show_id, bidder)
      );
      CREATE INDEX parcels_of_member ON parcels (sealed_for, updated_at);
      CREATE TABLE parcel_readings (
        id uuid PRIMARY KEY,
        show_id text NOT NULL,
        read_by uuid NOT NULL REFERENCES members,
        read_at timestamptz NOT NULL,
        parcels integer NOT NULL CHECK (parcels >= 0)
      );
      CREATE FUNCTION payments_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
      BEGIN
        RAISE EXCEPTION '% is append-only: no %', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
      END $$;
      CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON parcel_readings
        FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse();
      ALTER TABLE parcel_readings ENABLE ALWAYS TRIGGER append_only;
    `);
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON parcels, parcel_readings TO qingpai_app;
          GRANT UPDATE (sealed_for, sealed, updated_at) ON parcels TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE parcel_readings, parcels; DROP FUNCTION payments_refuse');
    for (const table of ['payments', 'orders', 'order_refunds']) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN freight_fen`);
    }
  }
}
