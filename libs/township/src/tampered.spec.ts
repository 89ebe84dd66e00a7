import { Proofs } from '@qingpai/auction';
import { verifyBundle } from '@qingpai/auction/rules';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '@qingpai/auction/testing';
import { defaultRules } from '@qingpai/wire';
import { Client } from 'pg';
import { TownshipBooks } from './books.js';

let township: StoredTownship;
beforeAll(async () => {
  township = await storedTownship();
});
afterAll(() => township.database.close());

/** Two lots sold, paid and settled; then nothing is left to come. */
async function settledShow(): Promise<string> {
  const showId = await township.newShow({ ...defaultRules, complaintMs: 0 });
  const show = await StoredShow.takeOver(township, showId);
  for (const n of [1, 2]) await show.catalogue(startMs + n, n, { startFen: 1_000 });
  const mei = await show.register(startMs + 3, await township.buyer('阿梅', showId));
  await show.seal(startMs + 4);
  await show.play(startMs + 5, { by: 'host', name: 'open', reason: 'none-configured' });
  let t = startMs + 10;
  for (const lot of ['L1', 'L2']) {
    await show.play((t += 1_000), { by: 'host', name: 'offer', lot });
    await show.play((t += 1_000), show.bidOf(mei, lot, 1_000));
    await show.play((t += 90_000));
  }
  await show.play((t += 1_000), { by: 'host', name: 'close' });
  for (const [k, { sale }] of Object.values(show.taken.state.sales).entries()) {
    const txn = `${'ABCDEFGH'.charAt(k)}${'A'.repeat(42)}=`;
    await show.play((t += 1_000), {
      by: 'officer',
      name: 'paid',
      body: { sale, amountFen: 1_000, channel: 'cash', txn },
    });
  }
  await show.play((t += 1_000), { by: 'host', name: 'settle' });
  return showId;
}

/** A fresh server's books: nothing that was verified before is remembered. */
function books(): TownshipBooks {
  const { store, ledger, members, database } = township;
  const proofs = new Proofs({
    ...{ ledger, members, shows: store },
    judge: async ([bundle], policy) => verifyBundle(bundle!, { policy }),
    nowMs: () => startMs,
  });
  const verdicts = { of: (showId: string) => proofs.verification(showId) };
  const warn = (_: string, error: unknown) => {
    throw error;
  };
  return new TownshipBooks({ db: database.dataSource, ledger, verdicts, warn, nowMs: () => startMs });
}
const badgeOf = async (showId: string) => {
  const [show] = await books().shows(township.townshipId, { show: showId });
  return { badge: show!.badge, badgeLeaf: show!.badgeLeaf };
};

/** As a dishonest owner of the database would: guards off, one price changed, guards on. */
async function raiseOneBid(showId: string): Promise<number> {
  const owner = new Client({ connectionString: township.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query('ALTER TABLE leaves DISABLE TRIGGER append_only');
    const { rows } = await owner.query<{ i: string }>(
      `UPDATE leaves SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '"amountFen":1000', '"amountFen":1100'), 'UTF8')
        WHERE log = (SELECT log FROM logs WHERE origin = $1) AND convert_from(bytes, 'UTF8') LIKE '%"lot":"L2"%"bid.accepted"%'
        RETURNING i`,
      [(await township.store.show(showId)).origin],
    );
    await owner.query('ALTER TABLE leaves ENABLE ALWAYS TRIGGER append_only');
    return Number(rows[0]!.i);
  } finally {
    await owner.end();
  }
}

/** Both sides of one entry, so that it still balances, and the balances after it. */
async function raiseOneEntry(showId: string): Promise<number> {
  const owner = new Client({ connectionString: township.database.ownerUrl });
  await owner.connect();
  try {
    await owner.query('ALTER TABLE journal_lines DISABLE TRIGGER append_only');
    const { rows } = await owner.query<{ i: string }>(
      `UPDATE journal_lines SET amount_fen = amount_fen + 100,
         after_fen = after_fen + CASE side WHEN 'debit' THEN 100 ELSE -100 END
       WHERE log = (SELECT log FROM logs WHERE origin = $1) AND n = 2
       RETURNING (SELECT i FROM journal_entries e WHERE e.log = journal_lines.log AND e.n = 2) AS i`,
      [(await township.store.show(showId)).origin],
    );
    await owner.query('ALTER TABLE journal_lines ENABLE ALWAYS TRIGGER append_only');
    return Number(rows[0]!.i);
  } finally {
    await owner.end();
  }
}

test('one edited entry of the books turns the badge red and names the leaf that it books', async () => {
  const showId = await settledShow();
  expect(await badgeOf(showId)).toEqual({ badge: 'verified', badgeLeaf: null });
  const booked = await raiseOneEntry(showId);
  expect(await badgeOf(showId)).toEqual({ badge: 'mismatch', badgeLeaf: booked });
});

test('one edited row turns the green badge red and is named', async () => {
  const showId = await settledShow();
  expect(await badgeOf(showId)).toEqual({ badge: 'verified', badgeLeaf: null });
  const edited = await raiseOneBid(showId);
  expect(await badgeOf(showId)).toEqual({ badge: 'mismatch', badgeLeaf: edited });
});
