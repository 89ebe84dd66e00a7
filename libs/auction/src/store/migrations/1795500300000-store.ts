import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Shows, and beside their logs what is projected from them (lots, sales) or only committed to in them (floors,
 * members behind pseudonyms). No foreign keys: these tables are written in the bid's own transaction.
 */
export class Store1795500300000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE EXTENSION IF NOT EXISTS btree_gist');
    await runner.query(`
      CREATE TABLE shows (
        show_id text PRIMARY KEY CHECK (show_id ~ '^[0-9]{8}-[0-9]{2,4}$'),
        township_id uuid NOT NULL,
        host_id uuid NOT NULL,
        title text NOT NULL,
        starts_at timestamptz NOT NULL,
        card jsonb NOT NULL,
        rules jsonb NOT NULL,
        origin text NOT NULL UNIQUE,
        show_key bytea NOT NULL,
        demo boolean NOT NULL,
        created_at timestamptz NOT NULL,
        phase text NOT NULL DEFAULT 'draft' CHECK (phase IN ('draft', 'sealed', 'open', 'closed', 'settled')),
        code text,
        sealed_at timestamptz,
        opened_at timestamptz,
        closed_at timestamptz,
        settled_at timestamptz
      );
      CREATE INDEX shows_by_township ON shows (township_id, starts_at);

      CREATE TABLE lots (
        show_id text,
        lot text,
        i bigint NOT NULL,
        list int NOT NULL,
        number text NOT NULL,
        title text NOT NULL,
        grower text NOT NULL,
        unit text NOT NULL,
        units int NOT NULL CHECK (units > 0),
        format text NOT NULL CHECK (format IN ('english', 'dutch')),
        start_fen bigint NOT NULL CHECK (start_fen >= 0),
        reference_fen bigint,
        floor text,
        phase text NOT NULL,
        offerings int NOT NULL,
        sold_units int NOT NULL CHECK (sold_units >= 0),
        passed_units int NOT NULL CHECK (passed_units >= 0),
        withdrawn_units int NOT NULL CHECK (withdrawn_units >= 0),
        carried_units int NOT NULL CHECK (carried_units >= 0),
        best_fen bigint,
        floor_met boolean,
        PRIMARY KEY (show_id, lot),
        CHECK (sold_units + passed_units + withdrawn_units + carried_units <= units)
      );

      CREATE TABLE sales (
        show_id text,
        sale text,
        i bigint NOT NULL,
        t_ms bigint NOT NULL,
        lot text NOT NULL,
        offering int NOT NULL,
        bidder text NOT NULL,
        first_unit int NOT NULL CHECK (first_unit > 0),
        units int NOT NULL CHECK (units > 0),
        unit_price_fen bigint NOT NULL CHECK (unit_price_fen > 0),
        phase text NOT NULL CHECK (phase IN ('awaiting', 'paid', 'voided')),
        paid_at_ms bigint,
        PRIMARY KEY (show_id, sale),
        CONSTRAINT a_unit_is_sold_once EXCLUDE USING gist
          (show_id WITH =, lot WITH =, int4range(first_unit, first_unit + units) WITH &&) WHERE (phase <> 'voided')
      );

      CREATE TABLE lot_floors (
        show_id text,
        lot text,
        sealed bytea NOT NULL,
        PRIMARY KEY (show_id, lot)
      );

      CREATE TABLE show_bidders (
        show_id text,
        bidder text,
        member_id uuid NOT NULL,
        paddle int NOT NULL CHECK (paddle > 0),
        PRIMARY KEY (show_id, bidder),
        UNIQUE (show_id, member_id),
        UNIQUE (show_id, paddle)
      );
      CREATE INDEX show_bidders_by_member ON show_bidders (member_id);
    `);
    // Column by column: nobody changes a show's rules or a sale's price by a mere UPDATE.
    await runner.query(`
      DO $$ BEGIN
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'qingpai_app') THEN
          GRANT SELECT, INSERT ON shows, lots, sales, show_bidders TO qingpai_app;
          GRANT UPDATE (title, starts_at, card, phase, code, sealed_at, opened_at, closed_at, settled_at)
            ON shows TO qingpai_app;
          GRANT UPDATE ON lots TO qingpai_app;
          GRANT UPDATE (phase, paid_at_ms) ON sales TO qingpai_app;
          GRANT SELECT, INSERT, UPDATE, DELETE ON lot_floors TO qingpai_app;
        END IF;
      END $$;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE show_bidders, lot_floors, sales, lots, shows');
  }
}

export const storeMigrations = [Store1795500300000];
