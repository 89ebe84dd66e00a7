import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type ClawbackRepayment } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type Debt } from '../rules/clawback.js';
import { type GrowerName, nameKey } from './accounts.js';

export interface KeptRepayment {
  id: string;
  sale: string;
  grower: string;
  amountFen: number;
  channel: ClawbackRepayment['channel'];
  referenceHash: Buffer;
  state: ClawbackRepayment['state'];
  recordedBy: string;
}

interface StoredRepayment {
  id: string;
  sale: string;
  grower: string;
  amount_fen: string;
  channel: KeptRepayment['channel'];
  reference_hash: Buffer;
  state: KeptRepayment['state'];
  recorded_by: string;
}

/** Of a show, newest first. */
export async function repaymentsOf(manager: EntityManager, showId: string): Promise<KeptRepayment[]> {
  const rows = await rowsOf<StoredRepayment>(
    manager,
    `SELECT id, sale, grower, amount_fen, channel, reference_hash, state, recorded_by FROM clawback_repayments
     WHERE show_id = $1 ORDER BY recorded_at DESC, id`,
    [showId],
  );
  return rows.map(({ id, sale, grower, amount_fen, channel, state, ...more }) => ({
    ...{ id, sale, grower, channel, state, amountFen: safeInteger(amount_fen) },
    ...{ referenceHash: more.reference_hash, recordedBy: more.recorded_by },
  }));
}

export async function keepRepayment(
  manager: EntityManager,
  showId: string,
  { id, sale, grower, amountFen, channel, referenceHash, recordedBy }: Omit<KeptRepayment, 'state'>,
  at: Date,
): Promise<void> {
  await manager.query(
    `INSERT INTO clawback_repayments VALUES ($1, $2, $3, $4, $5, $6, $7, 'recorded', $8, $9, NULL, NULL)`,
    [id, showId, sale, grower, amountFen, channel, referenceHash, recordedBy, at],
  );
}

export async function decideRepayment(
  manager: EntityManager,
  id: string,
  state: 'confirmed' | 'rejected',
  { by, at }: { by: string; at: Date },
): Promise<void> {
  await manager.query(
    `UPDATE clawback_repayments SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'recorded'`,
    [id, state, by, at],
  );
}

/**
 * What growers of a township owe from shows that are over and carried it on, oldest first; by `village/name`. Of this show
 * nothing: its own log says what is owed there.
 */
export async function carriedInto(
  manager: EntityManager,
  townshipId: string,
  showId: string,
): Promise<Map<string, Debt[]>> {
  const rows = await rowsOf<{ village: string; name: string; from_sale: string; left_fen: string }>(
    manager,
    `SELECT village, name, from_sale, amount_fen - taken_fen AS left_fen FROM clawbacks_carried JOIN growers ON id = grower_id
     WHERE township_id = $1 AND show_id <> $2 AND taken_fen < amount_fen ORDER BY carried_at, from_sale`,
    [townshipId, showId],
  );
  const debts = new Map<string, Debt[]>();
  for (const { from_sale: of, left_fen, ...grower } of rows) {
    const debt = { of, isCarried: true, amountFen: safeInteger(left_fen) };
    debts.set(nameKey(grower), [...(debts.get(nameKey(grower)) ?? []), debt]);
  }
  return debts;
}

/** Carried on by name. Carried again, since more went back meanwhile, it is more of the same debt. */
export async function keepCarried(
  manager: EntityManager,
  grower: GrowerName & { id: string },
  { showId, sale, from, amountFen }: { showId: string; sale: string; from: string; amountFen: number },
  { by, at }: { by: string; at: Date },
): Promise<void> {
  const { id, townshipId, village, name } = grower;
  const [known] = await rowsOf<{ id: string }>(
    manager,
    `INSERT INTO growers AS known (id, township_id, village, name) VALUES ($1, $2, $3, $4)
     ON CONFLICT (township_id, village, name) DO UPDATE SET wrapped_key = known.wrapped_key RETURNING id`,
    [id, townshipId, village, name],
  );
  await manager.query(
    `INSERT INTO clawbacks_carried AS c VALUES ($1, $2, $3, $4, $5, 0, $6, $7)
     ON CONFLICT (show_id, sale) DO UPDATE SET amount_fen = c.amount_fen + excluded.amount_fen`,
    [showId, sale, known!.id, from, amountFen, by, at],
  );
}

/** Of what was carried on, so much is taken (or, below nothing, let go again): the database lets nobody take more. */
export async function moveCarried(manager: EntityManager, of: string, byFen: number): Promise<void> {
  await manager.query('UPDATE clawbacks_carried SET taken_fen = taken_fen + $2 WHERE from_sale = $1', [
    of,
    byFen,
  ]);
}
