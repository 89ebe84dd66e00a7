import { createHash } from 'node:crypto';
import { rowsOf } from '@qingpai/members';
import { Refused, safeInteger } from '@qingpai/platform';
import { type ShowMatch, type StatementKind, type StatementReport } from '@qingpai/wire';
import { parse } from 'csv-parse/sync';
import { type DataSource } from 'typeorm';
import { plainReference } from '../rules/payment.js';
import { type HashedLine, isDifference, matchOf, type Records, readStatement } from '../rules/statement.js';
import { type ShowPayouts } from './port.js';

export interface StatementsParts {
  db: DataSource;
  payouts: ShowPayouts;
  nowMs: () => number;
}

/** Lines of one file; a township's bank has fewer in a year. */
const LINES_MAX = 20_000;

/** Statements of the township's bank and of the provider, kept for good, and how they match what the ledger says. */
export class Statements {
  constructor(private readonly parts: StatementsParts) {}

  /** Takes what can be read; each other row is told with its reason. Refuses: `bad-file`. */
  async take(showId: string, kind: StatementKind, file: Buffer, memberId: string): Promise<StatementReport> {
    const { townshipId } = await this.parts.payouts.growersOf(showId);
    const { lines, refused } = readStatement(cellsOf(file));
    if (lines.length === 0 && refused.length === 0) throw new Refused('bad-file');
    const fileHash = createHash('sha256').update(file).digest();
    const at = new Date(this.parts.nowMs());
    const known = await this.parts.db.transaction(async (manager) => {
      const taken: number[] = [];
      for (const { row, day, amountFen, reference } of lines) {
        const hash = reference === '' ? null : hashOf(reference);
        // Without a reference two equal lines of one file may both be true; the file and its row tell them apart.
        const same = hash ?? createHash('sha256').update(fileHash).update(String(row)).digest();
        const rows = await rowsOf(
          manager,
          `INSERT INTO statement_lines (township_id, kind, day, amount_fen, same, reference_hash, file_hash, taken_by, taken_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING RETURNING 1`,
          [townshipId, kind, day, amountFen, same, hash, fileHash, memberId, at],
        );
        if (rows.length > 0) taken.push(row);
      }
      return new Set(taken);
    });
    const twice = lines.filter(({ row }) => !known.has(row));
    return {
      taken: known.size,
      refused: [...refused, ...twice.map(({ row }) => ({ row, problem: 'duplicate' as const }))].sort(
        (a, b) => a.row - b.row,
      ),
    };
  }

  /** Ledger = statement = records of a show, differences first. */
  async match(showId: string): Promise<ShowMatch> {
    const { townshipId } = await this.parts.payouts.growersOf(showId);
    const movements = await this.parts.payouts.movementsOf(showId);
    const days = movements.map(({ day }) => day).sort();
    const lines = days.length === 0 ? [] : await this.linesOf(showId, townshipId, days[0]!, days.at(-1)!);
    const rows = matchOf(movements, lines, await this.recordsOf(showId));
    return {
      rows,
      differences: rows.filter(({ state }) => isDifference(state)).length,
      statementLines: lines.length,
    };
  }

  /** Of the days on which this show moved money, and a few after; lines that the records of another show know are its. */
  private async linesOf(showId: string, townshipId: string, from: string, to: string): Promise<HashedLine[]> {
    const rows = await rowsOf<{
      kind: StatementKind;
      day: string;
      amount_fen: string;
      reference_hash: Buffer | null;
    }>(
      this.parts.db.manager,
      `SELECT kind, day::text, amount_fen, reference_hash FROM statement_lines
       WHERE township_id = $1 AND day BETWEEN $2::date - 1 AND $3::date + 4
         AND NOT EXISTS (SELECT FROM (${selectOthers}) AS other WHERE other.hash = reference_hash)
       ORDER BY day, amount_fen`,
      [townshipId, from, to, showId],
    );
    return rows.map(({ kind, day, amount_fen, reference_hash }) => ({
      ...{ kind, day, amountFen: safeInteger(amount_fen) },
      txn: reference_hash?.toString('base64') ?? '',
    }));
  }

  private async recordsOf(showId: string): Promise<Records> {
    const rows = await rowsOf<{ kind: string; hash: Buffer; fen: string }>(
      this.parts.db.manager,
      selectRecords,
      [showId],
    );
    return new Map(
      rows.map(({ kind, hash, fen }) => [`${kind} ${hash.toString('base64')}`, safeInteger(fen)]),
    );
  }
}

const hashOf = (reference: string): Buffer => createHash('sha256').update(plainReference(reference)).digest();

function cellsOf(file: Buffer): string[][] {
  try {
    const cells: string[][] = parse(file, {
      bom: true,
      relax_column_count: true,
      skip_empty_lines: true,
      to: LINES_MAX,
    });
    return cells;
  } catch {
    throw new Refused('bad-file');
  }
}

const selectRecords = `
  SELECT 'paid' AS kind, reference_hash AS hash, sum(amount_fen) AS fen FROM payments
  WHERE show_id = $1 AND state = 'confirmed' GROUP BY reference_hash
  UNION ALL SELECT 'paid', sha256(convert_to(charge, 'UTF8')), amount_fen FROM orders
  WHERE show_id = $1 AND state = 'paid' AND charge IS NOT NULL
  UNION ALL SELECT 'paid', reference_hash, amount_fen FROM clawback_repayments WHERE show_id = $1 AND state = 'confirmed'
  UNION ALL SELECT 'paidOut', reference_hash, amount_fen FROM payout_rows WHERE show_id = $1 AND state = 'paid'`;

const selectOthers = `
  SELECT reference_hash AS hash FROM payments WHERE show_id <> $4 AND state = 'confirmed'
  UNION ALL SELECT sha256(convert_to(charge, 'UTF8')) FROM orders WHERE show_id <> $4 AND charge IS NOT NULL
  UNION ALL SELECT reference_hash FROM clawback_repayments WHERE show_id <> $4 AND state = 'confirmed'
  UNION ALL SELECT reference_hash FROM payout_rows WHERE show_id <> $4 AND state = 'paid'`;
