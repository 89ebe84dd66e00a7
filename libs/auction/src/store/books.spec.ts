import { type JournalEntry, journalOf } from '@qingpai/ledger/rules';
import { DataSource, type EntityManager } from 'typeorm';
import { moneyFactsOf } from '../rules/index.js';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '../testing/storedShow.js';
import { defaultRules, type ShowRules } from '@qingpai/wire';

let township: StoredTownship;
let owner: DataSource;
const t0 = startMs;

beforeAll(async () => {
  township = await storedTownship();
  owner = await new DataSource({ type: 'postgres', url: township.database.ownerUrl }).initialize();
});
afterAll(async () => {
  await owner.destroy();
  await township.database.close();
});

const txn = (letter: string) => `${letter.repeat(43)}=`;

/** One lot hammered, undone and hammered again; another with a bid, not hammered yet. */
async function openEvening(more: Partial<ShowRules> = {}): Promise<StoredShow> {
  const showId = await township.newShow({ ...defaultRules, complaintMs: 0, payWithinMs: 0, ...more });
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0 + 1, 1);
  await show.catalogue(t0 + 2, 2, { units: 2 });
  const mei = await show.register(t0 + 3, await township.buyer('阿梅', showId));
  await show.seal(t0 + 4);
  await show.play(t0 + 5, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 6, show.bidOf(mei, 'L1', 1_000));
  await show.play(t0 + 90_000);
  await show.play(t0 + 90_001, { by: 'host', name: 'undo', sale: 'S1', reason: 'technical' });
  await show.play(t0 + 90_002, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 90_003, show.bidOf(mei, 'L1', 900));
  await show.play(t0 + 180_000);
  await show.play(t0 + 180_001, { by: 'host', name: 'offer', lot: 'L2' });
  await show.play(t0 + 180_002, show.bidOf(mei, 'L2', 500));
  return show;
}

/** The same to its end: the first paid and given back in part, the other not paid. */
async function evening(
  more: Partial<ShowRules> = {},
  channel: 'cash' | 'stripe' = 'cash',
): Promise<StoredShow> {
  const show = await openEvening(more);
  await show.play(t0 + 270_000);
  await show.play(t0 + 270_001, { by: 'host', name: 'close' });
  const money = (amountFen: number, letter: string) =>
    ({ sale: 'S2', amountFen, channel, txn: txn(letter) }) as const;
  await show.play(t0 + 270_002, { by: 'officer', name: 'paid', body: money(900, 'A') });
  await show.play(t0 + 270_003, { by: 'officer', name: 'refunded', body: money(400, 'B') });
  await show.play(t0 + 270_004, { by: 'host', name: 'default', sale: 'S3' });
  return show;
}

const storedOf = (show: StoredShow, size = show.head.size) =>
  township.ledger.journal.entriesOf(show.taken.origin, size);
const derivedOf = ({ taken }: StoredShow): JournalEntry[] =>
  journalOf(moneyFactsOf(taken.state, taken.events));

test('what is stored is what the leaves say, entry by entry', async () => {
  const show = await evening();
  const stored = await storedOf(show);
  expect(stored).toEqual(derivedOf(show));
  expect(stored.map(({ kind }) => kind)).toEqual([
    ...['hammered', 'voided', 'hammered', 'hammered', 'paid', 'refunded', 'defaulted'],
  ]);
  expect(await storedOf(show, stored[2]!.i)).toEqual(stored.slice(0, 2));
});

test('a grower is paid in the books and in the list of sales; the database knows no second time', async () => {
  const show = await evening();
  const { grower } = show.taken.state.lots.L1!;
  const body = {
    payout: 'P1',
    sale: 'S2',
    grower,
    amountFen: 500,
    channel: 'transfer',
    txn: txn('P'),
  } as const;
  await show.play(t0 + 270_005, { by: 'officer', name: 'payOut', body });
  const back = { sale: 'S2', amountFen: 100, channel: 'cash', txn: txn('Q') } as const;
  await show.play(t0 + 270_006, { by: 'officer', name: 'refunded', body: back });
  const stored = await storedOf(show);
  expect(stored).toEqual(derivedOf(show));
  expect(stored.slice(-2)).toMatchObject([
    { kind: 'paidOut', lines: [{ account: `grower:${grower}:payable` }, { account: 'bank:escrow' }] },
    { kind: 'refunded', lines: [{ account: `grower:${grower}:clawback`, afterFen: 100 }, {}] },
  ]);
  const { showId } = show.taken;
  const sale = 'SELECT payout, paid_out_fen, payout_fee_fen FROM sales WHERE show_id = $1 AND sale = $2';
  expect(await owner.query(sale, [showId, 'S2'])).toEqual([
    { payout: 'P1', paid_out_fen: '500', payout_fee_fen: '0' },
  ]);
  const again = `UPDATE sales SET payout = 'P2', paid_out_fen = 400 WHERE show_id = $1 AND sale = 'S2'`;
  const above = `UPDATE sales SET payout = 'P2', paid_out_fen = 901, payout_fee_fen = 0, paid_out_at_ms = 1
    WHERE show_id = $1 AND sale = 'S3'`;
  for (const db of [township.database.dataSource, owner]) {
    await expect(db.query(again, [showId])).rejects.toThrow('was paid out already');
    await expect(db.query(above, [showId])).rejects.toThrow(/above what came in|paid_out_came_in/);
  }
});

test('no show is settled while a buyer owes, or money that growers are paid from lies between accounts', async () => {
  const settle = (db: DataSource, { taken }: StoredShow): Promise<unknown> =>
    db.query(`UPDATE shows SET phase = 'settled', settled_at = now() WHERE show_id = $1`, [taken.showId]);
  const [owed, unpaid] = [await openEvening(), await evening({ feePercent: 5 }, 'stripe')];
  for (const db of [township.database.dataSource, owner]) {
    await expect(settle(db, owed)).rejects.toThrow(/cannot be settled: buyer:.*:receivable 900$/);
    await expect(settle(db, unpaid)).rejects.toThrow(/cannot be settled: gateway:stripe:clearing 500$/);
  }
  // Where growers are paid elsewhere, nobody here knows what has been handed over.
  await settle(township.database.dataSource, await evening({}, 'stripe'));
});

test('a new owner goes on where the books stand', async () => {
  const first = await evening();
  const again = await StoredShow.takeOver(township, first.taken.showId);
  await again.play(t0 + 270_005, {
    by: 'officer',
    name: 'refunded',
    body: { sale: 'S2', amountFen: 500, channel: 'cash', txn: txn('C') },
  });
  const entry = (await storedOf(again)).at(-1)!;
  expect(entry).toMatchObject({ n: 8, kind: 'refunded', lines: [{ version: 7 }, { version: 3 }] });
  expect(await storedOf(again)).toEqual(derivedOf(again));
});

test('a log older than its books gets them when it is taken over', async () => {
  const show = await evening();
  const whole = await storedOf(show);
  await unguarded(owner.manager, async () => {
    await owner.query('DELETE FROM journal_lines WHERE log = $1', [await logOf(show)]);
    await owner.query('DELETE FROM journal_entries WHERE log = $1', [await logOf(show)]);
  });
  expect(await storedOf(show)).toEqual([]);
  await township.log.takeOver(show.taken.showId);
  expect(await storedOf(show)).toEqual(whole);
});

async function logOf(show: StoredShow): Promise<number> {
  const [row] = await owner.query<{ log: number }[]>('SELECT log FROM logs WHERE origin = $1', [
    show.taken.origin,
  ]);
  return row!.log;
}

async function unguarded(manager: EntityManager, work: () => Promise<unknown>): Promise<void> {
  const tables = ['journal_entries', 'journal_lines'];
  for (const table of tables) await manager.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
  await work();
  const guards = {
    journal_entries: ['append_only', 'entry_follows', 'by_the_rules'],
    journal_lines: ['append_only', 'line_follows'],
  };
  for (const [table, names] of Object.entries(guards)) {
    for (const name of [...names, 'balances']) {
      await manager.query(`ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${name}`);
    }
  }
}

describe('the database refuses, to the app and to the owner', () => {
  let show: StoredShow;
  let log: number;
  beforeAll(async () => {
    show = await openEvening();
    log = await logOf(show);
  });

  const entry = (more: object = {}) => {
    const row = { n: 4, i: '$free', kind: 'paid', sale: 'S2', reverses: 'NULL', lines: 2, ...more };
    return `INSERT INTO journal_entries (log, n, i, kind, sale, reverses, lines)
      VALUES ($log, ${row.n}, ${row.i}, '${row.kind}', '${row.sale}', ${row.reverses}, ${row.lines})`;
  };
  const line = (more: object = {}) => {
    const row = {
      n: 4,
      line: 1,
      account: 'new',
      side: 'debit',
      fen: 5,
      version: 1,
      before: 0,
      after: 5,
      ...more,
    };
    return `INSERT INTO journal_lines (log, n, line, account, side, amount_fen, version, before_fen, after_fen)
      VALUES ($log, ${row.n}, ${row.line}, '${row.account}', '${row.side}', ${row.fen}, ${row.version}, ${row.before}, ${row.after})`;
  };
  const credit = { line: 2, account: 'other', side: 'credit', after: -5 };
  const attempts: [what: string, statements: string[], refusal: RegExp][] = [
    ['an entry without lines', [entry()], /does not balance/],
    ['one side alone', [entry(), line()], /does not balance/],
    ['two sides that differ', [entry(), line(), line({ ...credit, fen: 4, after: -4 })], /does not balance/],
    ['two debits', [entry(), line(), line({ line: 2, account: 'other' })], /does not balance/],
    [
      'a balanced pair of lines added to an old entry',
      [line({ n: 1, line: 3 }), line({ ...credit, n: 1, line: 4 })],
      /does not balance/,
    ],
    ['lines of no entry', [line({ n: 99 })], /foreign key/],
    ['a number left out', [entry({ n: 5 })], /does not follow/],
    ['a leaf booked twice', [entry({ i: '$booked' })], /duplicate key/],
    ['a leaf that does not exist', [entry({ i: 9_999 })], /foreign key/],
    ['an earlier leaf after a later one', [entry({ i: 0 })], /does not follow/],
    ['a second reversal of one entry', [entry({ kind: 'voided', reverses: 1 })], /duplicate key/],
    ['a reversal that names nothing', [entry({ kind: 'voided' })], /check constraint/],
    ['a payment that reverses', [entry({ reverses: 3 })], /check constraint/],
    ['an amount of nothing', [entry(), line({ fen: 0, after: 0 })], /check constraint/],
    [
      'an amount beyond what readers hold',
      [entry(), line({ fen: '9007199254740992', after: '9007199254740992' })],
      /check constraint/,
    ],
    ['a balance that does not add up', [entry(), line({ after: 6 })], /check constraint/],
    [
      'an account that does not go on from its balance',
      [entry(), line({ account: 'grower:growerAAAAAAAAAA:payable', version: 4, before: 0 })],
      /does not go on/,
    ],
    ['a version left out', [entry(), line({ version: 2 })], /does not go on/],
    [
      'a hammer at another price than was sold for',
      [entry({ kind: 'hammered' }), line(), line(credit)],
      /not what the rules say: sale S2 was sold for 900/,
    ],
    [
      'a share that no rule gives to the township',
      [
        entry({ kind: 'paidOut', lines: 3 }),
        line({ fen: 10, after: 10 }),
        line({ ...credit, fen: 8, after: -8 }),
        line({ ...credit, line: 3, account: 'platform:fee', fen: 2, after: -2 }),
      ],
      /not what the rules say: the share of sale S2 is 0, not 2/,
    ],
    [
      'a version twice',
      [entry(), line({ account: 'grower:growerAAAAAAAAAA:payable', version: 1 })],
      /duplicate key/,
    ],
  ];

  for (const [what, statements, refusal] of attempts) {
    test(what, async () => {
      // The newest leaf is a bid, which the books do not know: only the attempt itself can be at fault.
      const newest = show.head.size - 1;
      for (const db of [township.database.dataSource, owner]) {
        expect(await refusalOf(db, statements, newest)).toMatch(refusal);
      }
      expect(await storedOf(show)).toEqual(derivedOf(show));
    });
  }

  async function refusalOf(db: DataSource, statements: string[], newest: number): Promise<string> {
    const booked = (await storedOf(show)).at(-1)!.i;
    const runner = db.createQueryRunner();
    await runner.startTransaction();
    try {
      for (const sql of statements) {
        const filled = sql.replaceAll('$log', `${log}`).replaceAll('$booked', `${booked}`);
        await runner.query(filled.replaceAll('$free', `${newest}`));
      }
      await runner.commitTransaction();
      return 'nothing refused it';
    } catch (error) {
      if (runner.isTransactionActive) await runner.rollbackTransaction();
      return (error as Error).message;
    } finally {
      await runner.release();
    }
  }
});
