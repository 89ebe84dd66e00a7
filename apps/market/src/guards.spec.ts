import { testDatabase, type TestDatabase } from '@qingpai/platform/testing';
import { DataSource } from 'typeorm';
import { marketEntities, marketMigrations } from './entities.js';

let database: TestDatabase;
let owner: DataSource;

beforeAll(async () => {
  database = await testDatabase({ entities: marketEntities, migrations: marketMigrations });
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
});
afterAll(async () => {
  await owner.destroy();
  await database.close();
});

/**
 * What the server's own role may do to each table beside reading and adding. A table that is missing here fails: who
 * adds one says what may become of its rows.
 */
const mayChange: Record<string, { update?: string[] | 'all'; delete?: true; add?: false }> = {
  // Written once, for good; not even the owner of the tables changes them while the guards stand.
  leaves: {},
  checkpoints: {},
  cosignatures: {},
  journal_entries: {},
  journal_lines: {},
  registries: {},
  ended_shows: {},
  show_bidders: {},
  proxy_secrets: {},
  // The head of a log moves on; its key and name stay.
  logs: { update: ['epoch', 'frontier', 'root', 'size'] },
  // What the log says, projected for lists; a sale's lot, buyer, units and price stay.
  shows: {
    update: [
      'card',
      'closed_at',
      'code',
      'opened_at',
      'phase',
      'sealed_at',
      'settled_at',
      'starts_at',
      'title',
    ],
  },
  lots: { update: 'all' },
  sales: {
    update: [
      'followed_by',
      'forfeited_fen',
      'packed_at_ms',
      'paid_at_ms',
      'paid_out_at_ms',
      'paid_out_fen',
      'payout',
      'payout_fee_fen',
      'phase',
      'received_at_ms',
      'refunded_fen',
      'shipped_at_ms',
    ],
  },
  // A payment is decided, never deleted.
  payments: { update: ['decided_at', 'decided_by', 'photo', 'photo_hash', 'state'] },
  // A piece gets its number in the log, or the reason why not, and is let go when its time is over; what it was stays.
  recordings: { update: ['deleted_at_ms', 'refused', 'segment', 'stored_at_ms'] },
  replays: { update: ['buyers_may_watch', 'said_at', 'said_by'] },
  // Where parcels go may be said anew; who read it stays.
  parcels: { update: ['sealed', 'sealed_for', 'updated_at'] },
  parcel_readings: {},
  deposit_moves: { update: ['decided_at', 'decided_by', 'photo', 'photo_hash', 'state'] },
  // An officer's word that somebody may bid again stays.
  bidding_lifts: {},
  // What was said stays, under its speaker's own key.
  talk: {},
  deposit_orders: { update: ['answer', 'answer_hash', 'charge', 'ref', 'state'] },
  deposit_refunds: { update: ['answer_hash', 'ref', 'state'] },
  payment_sales: { update: ['rejected'] },
  // What is paid online moves forward; who pays how much for what stays.
  orders: { update: ['answer', 'answer_hash', 'charge', 'ref', 'state'] },
  order_sales: { update: ['let_go'] },
  hand_refunds: { update: ['decided_at', 'decided_by', 'state'] },
  order_refunds: { update: ['answer_hash', 'decided_at', 'decided_by', 'freight_fen', 'ref', 'state'] },
  provider_events: { update: ['applied_at', 'times'] },
  payment_cases: { update: ['outcome', 'settled_at', 'settled_by'] },
  // Beside leaves, sealed; the photo of who is erased is let go.
  shipments: {},
  claims: { update: ['photo'] },
  claim_words: {},
  fresh_words: {},
  // A grower's word stays; a link is used once.
  consent_links: { update: ['pass_hash', 'used_at'] },
  consents: {},
  consent_waivers: {},
  // Where growers are paid, sealed, until it is forgotten; a payout is decided once, an export stays told.
  growers: { update: ['wrapped_key'] },
  grower_accounts: { update: ['entered_at', 'entered_by', 'sealed'], delete: true },
  payout_batches: {},
  payout_rows: { update: ['decided_at', 'decided_by', 'failure', 'reference_hash', 'state'] },
  payout_sales: { update: ['let_go'] },
  payout_exports: {},
  // What comes off a payout stays told; what is carried on is taken bit by bit, what came back is decided once.
  payout_clawbacks: {},
  clawbacks_carried: { update: ['amount_fen', 'taken_fen'] },
  clawback_repayments: { update: ['decided_at', 'decided_by', 'state'] },
  statement_lines: {},
  // What was told of a day stays told; an issue is closed out by a row of its own.
  daily_reports: {},
  signed_reports: {},
  issues: {},
  issue_ends: {},
  // What was looked at lately; no evidence.
  seen_logs: { update: ['epoch', 'root', 'size'] },
  invariant_runs: { delete: true },
  // When a desk could last hear.
  desk_signs: { update: ['heard_at_ms'] },
  // Drafts, until they are sealed.
  catalogue_imports: { delete: true },
  lot_cards: { update: 'all' },
  lot_floors: { update: 'all', delete: true },
  taken_lots: { delete: true },
  // People, who may be erased, and what runs out.
  townships: { update: 'all', delete: true },
  members: { update: 'all', delete: true },
  member_keys: { delete: true },
  sessions: { update: 'all', delete: true },
  // Taken away when it is used or over.
  camera_links: { delete: true },
  one_time_tokens: { update: 'all', delete: true },
  codes: { update: 'all', delete: true },
  waiting: { update: 'all', delete: true },
  migrations: { add: false },
};
const writtenOnce = Object.entries(mayChange).flatMap(([table, may]) =>
  may.update || may.delete || may.add === false ? [] : [table],
);

interface Granted {
  table: string;
  add: boolean;
  delete: boolean;
  update: string[];
  columns: string[];
}
const grantedSql = `
  SELECT relname AS table,
    has_table_privilege('qingpai_app', c.oid, 'INSERT') AS add,
    has_table_privilege('qingpai_app', c.oid, 'DELETE') AS delete,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      AND has_column_privilege('qingpai_app', c.oid, attnum, 'UPDATE') ORDER BY 1) AS update,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      ORDER BY 1) AS columns
  FROM pg_class c WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname`;

test('every table says what the app may do to its rows, and the database grants exactly that', async () => {
  const granted = await owner.query<Granted[]>(grantedSql);
  const found = granted.map(({ table, columns, ...is }) => {
    const isAll = is.update.length === columns.length;
    return [
      table,
      {
        ...(is.update.length > 0 && { update: isAll ? 'all' : is.update }),
        ...(is.delete && { delete: true }),
        ...(!is.add && { add: false }),
      },
    ];
  });
  expect(Object.fromEntries(found)).toEqual(mayChange);
});

async function refusalOf(db: DataSource, sql: string): Promise<string> {
  return db.query(sql).then(
    () => 'nothing refused it',
    (error: Error) => error.message,
  );
}

for (const table of writtenOnce) {
  test(`what was written to ${table} stays: not changed, deleted, emptied or unguarded`, async () => {
    const [{ column }] = await owner.query<[{ column: string }]>(
      `SELECT attname AS column FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 AND attgenerated = '' ORDER BY attnum LIMIT 1`,
      [table],
    );
    const acts = [
      `UPDATE ${table} SET ${column} = ${column}`,
      `DELETE FROM ${table}`,
      `TRUNCATE ${table} CASCADE`,
    ];
    for (const act of acts) {
      expect(await refusalOf(database.dataSource, act)).toMatch(/permission denied/);
      expect(await refusalOf(owner, act)).toMatch(/is append-only: no (UPDATE|DELETE|TRUNCATE)/);
    }
    for (const act of [`DROP TABLE ${table}`, `ALTER TABLE ${table} DISABLE TRIGGER ALL`]) {
      expect(await refusalOf(database.dataSource, act)).toMatch(/must be owner/);
    }
  });
}

test('the app can empty no table at all, nor make one', async () => {
  for (const table of Object.keys(mayChange)) {
    expect(await refusalOf(database.dataSource, `TRUNCATE ${table} CASCADE`)).toMatch(/permission denied/);
  }
  expect(await refusalOf(database.dataSource, 'CREATE TABLE leaves2 (i int)')).toMatch(/permission denied/);
});

test('every guard also acts for whoever turns triggers off for his session', async () => {
  const asleep = await owner.query<object[]>(
    `SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'A'`,
  );
  expect(asleep).toEqual([]);
});

test('jobs wait in a schema of their own, which the app works on and cannot change', async () => {
  const granted = await owner.query<object[]>(
    `SELECT relname AS table, array_agg(lower(p) ORDER BY p) AS may FROM pg_class c,
       unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p
     WHERE relkind = 'r' AND relnamespace = 'graphile_worker'::regnamespace
       AND has_table_privilege('qingpai_app', c.oid, p) GROUP BY 1 ORDER BY 1`,
  );
  const worksOn = ['delete', 'insert', 'select', 'update'];
  expect(granted).toEqual([
    { table: '_private_job_queues', may: worksOn },
    { table: '_private_jobs', may: worksOn },
    { table: '_private_known_crontabs', may: ['select'] },
    { table: '_private_tasks', may: worksOn },
    { table: 'migrations', may: ['select'] },
  ]);
  expect(await refusalOf(database.dataSource, 'CREATE TABLE graphile_worker.mine (i int)')).toMatch(
    /permission denied/,
  );
});
