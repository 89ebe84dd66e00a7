import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type PayoutBatch } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type Debt, sumFen } from '../rules/clawback.js';
import { type PayoutPart } from '../rules/payoutBatch.js';
import { moveCarried } from './clawbackRows.js';

type Channel = PayoutBatch['channel'];
type RowState = PayoutBatch['rows'][number]['state'];
type Failure = NonNullable<PayoutBatch['rows'][number]['failure']>;

export interface KeptRow {
  batch: string;
  payout: string;
  grower: string;
  amountFen: number;
  state: RowState;
  failure: Failure | null;
  madeBy: string;
  parts: PayoutPart[];
  /** What comes off: the sum of the parts is more by it than the amount. */
  taken: Debt[];
}
export interface KeptBatch {
  id: string;
  channel: Channel;
  madeBy: string;
  madeAt: Date;
  exports: number;
  rows: KeptRow[];
}

/** All of a show, newest first. */
export async function batchesOf(manager: EntityManager, showId: string): Promise<KeptBatch[]> {
  const batches = await rowsOf<{
    id: string;
    channel: Channel;
    made_by: string;
    made_at: Date;
    exports: string;
  }>(
    manager,
    `SELECT id, channel, made_by, made_at, (SELECT count(*) FROM payout_exports e WHERE e.batch_id = b.id) AS exports
     FROM payout_batches b WHERE show_id = $1 ORDER BY made_at DESC, id`,
    [showId],
  );
  const rows = await rowsOf<StoredRow>(manager, selectRows, [showId]);
  return batches.map(({ id, channel, made_by, made_at, exports }) => ({
    ...{ id, channel, madeBy: made_by, madeAt: made_at, exports: safeInteger(exports) },
    rows: rows.filter((row) => row.batch_id === id).map(keptRow),
  }));
}

interface StoredRow {
  batch_id: string;
  payout: string;
  grower: string;
  amount_fen: string;
  state: RowState;
  failure: Failure | null;
  made_by: string;
  parts: { sale: string; amount_fen: number; fee_fen: number }[];
  taken: { of: string; is_carried: boolean; amount_fen: number }[] | null;
}

const keptRow = ({
  batch_id,
  payout,
  grower,
  amount_fen,
  state,
  failure,
  made_by,
  parts,
  taken,
}: StoredRow): KeptRow => ({
  ...{ batch: batch_id, payout, grower, amountFen: safeInteger(amount_fen), state, failure, madeBy: made_by },
  parts: parts.map((part) => ({ sale: part.sale, amountFen: part.amount_fen, feeFen: part.fee_fen })),
  taken: (taken ?? []).map((one) => ({
    ...{ of: one.of, isCarried: one.is_carried, amountFen: one.amount_fen },
  })),
});

const selectRows = `
  SELECT batch_id, payout, grower, amount_fen, state, failure, made_by, (
    SELECT jsonb_agg(s ORDER BY sale) FROM payout_sales s WHERE s.show_id = r.show_id AND s.payout = r.payout
  ) AS parts, (
    SELECT jsonb_agg(c ORDER BY of) FROM payout_clawbacks c WHERE c.show_id = r.show_id AND c.payout = r.payout
  ) AS taken
  FROM payout_rows r WHERE show_id = $1 ORDER BY length(payout), payout`;

export interface NewBatch {
  id: string;
  showId: string;
  channel: Channel;
  madeBy: string;
  madeAt: Date;
  /** Numbers up to this one are taken. */
  after: number;
  rows: { grower: string; parts: readonly PayoutPart[]; taken: readonly Debt[] }[];
}

/** Payouts are numbered through a show. The caller lets one batch of a show be made at a time. */
export async function keepBatch(manager: EntityManager, batch: NewBatch): Promise<void> {
  const { id, showId, channel, madeBy, madeAt, after } = batch;
  await manager.query('INSERT INTO payout_batches VALUES ($1, $2, $3, $4, $5)', [
    ...[id, showId, channel, madeBy, madeAt],
  ]);
  const [before] = await rowsOf<{ n: string }>(
    manager,
    'SELECT count(*) AS n FROM payout_rows WHERE show_id = $1',
    [showId],
  );
  for (const [k, { grower, parts, taken }] of batch.rows.entries()) {
    const payout = `P${Math.max(safeInteger(before!.n), after) + k + 1}`;
    const amountFen = sumFen(parts) - sumFen(taken);
    await manager.query(
      `INSERT INTO payout_rows (batch_id, show_id, payout, grower, amount_fen, state, made_by)
       VALUES ($1, $2, $3, $4, $5, 'made', $6)`,
      [id, showId, payout, grower, amountFen, madeBy],
    );
    await manager.query(
      `INSERT INTO payout_sales SELECT $1, $2, sale, amount_fen, fee_fen, false
       FROM jsonb_to_recordset($3::jsonb) AS p (sale text, amount_fen bigint, fee_fen bigint)`,
      [
        showId,
        payout,
        JSON.stringify(
          parts.map((part) => ({ sale: part.sale, amount_fen: part.amountFen, fee_fen: part.feeFen })),
        ),
      ],
    );
    for (const debt of taken) await keepTaken(manager, showId, payout, debt);
  }
}

/** Two shows may take of one carried debt at once: who comes second waits, and finds what is left. */
async function keepTaken(
  manager: EntityManager,
  showId: string,
  payout: string,
  { of, isCarried, amountFen }: Debt,
): Promise<void> {
  await manager.query('INSERT INTO payout_clawbacks VALUES ($1, $2, $3, $4, $5)', [
    ...[showId, payout, of, isCarried, amountFen],
  ]);
  if (isCarried) await moveCarried(manager, of, amountFen);
}

export interface Decided {
  by: string;
  at: Date;
}

export async function markPaid(
  manager: EntityManager,
  showId: string,
  { payout, referenceHash }: { payout: string; referenceHash: Buffer },
  { by, at }: Decided,
): Promise<void> {
  await manager.query(
    `UPDATE payout_rows SET state = 'paid', reference_hash = $3, decided_by = $4, decided_at = $5
     WHERE show_id = $1 AND payout = $2 AND state = 'made'`,
    [showId, payout, referenceHash, by, at],
  );
}

/** Its sales are payable again, and what was to come off is owed as before. */
export async function markFailed(
  manager: EntityManager,
  showId: string,
  { payout, failure }: { payout: string; failure: Failure },
  { by, at }: Decided,
): Promise<void> {
  await manager.query(
    `UPDATE payout_rows SET state = 'failed', failure = $3, decided_by = $4, decided_at = $5
     WHERE show_id = $1 AND payout = $2 AND state = 'made'`,
    [showId, payout, failure, by, at],
  );
  await manager.query('UPDATE payout_sales SET let_go = true WHERE show_id = $1 AND payout = $2', [
    ...[showId, payout],
  ]);
  const carried = await rowsOf<{ of: string; amount_fen: string }>(
    manager,
    'SELECT of, amount_fen FROM payout_clawbacks WHERE show_id = $1 AND payout = $2 AND is_carried',
    [showId, payout],
  );
  for (const { of, amount_fen } of carried) await moveCarried(manager, of, -safeInteger(amount_fen));
}

export async function noteExport(
  manager: EntityManager,
  batch: string,
  memberId: string,
  at: Date,
): Promise<void> {
  await manager.query('INSERT INTO payout_exports VALUES ($1, $2, $3)', [batch, memberId, at]);
}

/** Whether the reference stands under a payment or another payout of the show already. */
export async function isReferenceUsed(
  manager: EntityManager,
  showId: string,
  hash: Buffer,
): Promise<boolean> {
  const rows = await rowsOf(
    manager,
    `SELECT 1 FROM payout_rows WHERE show_id = $1 AND reference_hash = $2
     UNION ALL SELECT 1 FROM clawback_repayments WHERE show_id = $1 AND reference_hash = $2 AND state <> 'rejected'
     UNION ALL SELECT 1 FROM payments WHERE show_id = $1 AND reference_hash = $2 AND state <> 'rejected' LIMIT 1`,
    [showId, hash],
  );
  return rows.length > 0;
}
