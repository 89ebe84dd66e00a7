import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type DataSource, type EntityManager } from 'typeorm';
import { type JournalEntry, type JournalLine } from '../rules/index.js';

/** The books of each log in Postgres: what the rules derived, entry by entry (LEDGER §6). */
export class Journal {
  constructor(private readonly db: DataSource) {}

  /** Adds entries, in the transaction of the leaves that they book. The database refuses what does not balance or follow. */
  async write(manager: EntityManager, log: number, entries: readonly JournalEntry[]): Promise<void> {
    const headers = entries.map(({ lines, ...header }) => ({ ...header, lines: lines.length }));
    const lines = entries.flatMap(({ n, lines }) => lines.map((line, at) => rowOf(n, at + 1, line)));
    await manager.query(insertEntries, [log, JSON.stringify(headers), JSON.stringify(lines)]);
  }

  /** Writes the whole books of a log that has none because it is older than they are. */
  async fill(log: number, entries: readonly JournalEntry[]): Promise<void> {
    await this.db.transaction(async (manager) => {
      // Whoever appends to the log waits, and so does a second one who fills.
      await manager.query('SELECT FROM logs WHERE log = $1 FOR UPDATE', [log]);
      const known = await rowsOf(manager, 'SELECT FROM journal_entries WHERE log = $1 LIMIT 1', [log]);
      if (known.length === 0) await this.write(manager, log, entries);
    });
  }

  /** The entries of the leaves before `size`, in order. */
  async entriesOf(
    origin: string,
    size: number,
    manager: EntityManager = this.db.manager,
  ): Promise<JournalEntry[]> {
    const rows = await rowsOf<StoredEntry>(manager, selectEntries, [origin, size]);
    return rows.map(entryOf);
  }
}

interface StoredEntry {
  n: string;
  i: string;
  kind: JournalEntry['kind'];
  sale: string | null;
  deposit: string | null;
  reverses: string | null;
  lines: StoredLine[] | null;
}
interface StoredLine {
  account: string;
  side: JournalLine['side'];
  amount_fen: number;
  version: number;
  before_fen: number;
  after_fen: number;
}

const rowOf = (n: number, line: number, { account, side, version, ...fen }: JournalLine) => ({
  ...{ n, line, account, side, version },
  ...{ amount_fen: fen.amountFen, before_fen: fen.beforeFen, after_fen: fen.afterFen },
});

const entryOf = ({ n, i, kind, sale, deposit, reverses, lines }: StoredEntry): JournalEntry => ({
  ...{ n: safeInteger(n), i: safeInteger(i), kind },
  ...(sale !== null && { sale }),
  ...(deposit !== null && { deposit }),
  ...(reverses !== null && { reverses: safeInteger(reverses) }),
  lines: (lines ?? []).map(({ account, side, amount_fen, version, before_fen, after_fen }) => ({
    ...{ account, side, amountFen: amount_fen, version, beforeFen: before_fen, afterFen: after_fen },
  })),
});

const insertEntries = `
  WITH headers AS (
    INSERT INTO journal_entries (log, n, i, kind, sale, deposit, reverses, lines)
    SELECT $1, n, i, kind, sale, deposit, reverses, lines FROM jsonb_to_recordset($2::jsonb)
      AS e (n bigint, i bigint, kind text, sale text, deposit text, reverses bigint, lines int)
  )
  INSERT INTO journal_lines (log, n, line, account, side, amount_fen, version, before_fen, after_fen)
  SELECT $1, n, line, account, side, amount_fen, version, before_fen, after_fen FROM jsonb_to_recordset($3::jsonb)
    AS l (n bigint, line int, account text, side text, amount_fen bigint, version bigint, before_fen bigint, after_fen bigint)`;

const selectEntries = `
  SELECT n, i, kind, sale, deposit, reverses, (
    SELECT jsonb_agg(l ORDER BY line) FROM journal_lines l WHERE l.log = e.log AND l.n = e.n
  ) AS lines
  FROM journal_entries e WHERE log = (SELECT log FROM logs WHERE origin = $1) AND i < $2 ORDER BY n`;
