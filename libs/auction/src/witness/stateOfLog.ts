import { type Ledger } from '@qingpai/ledger';
import { rowsOf } from '@qingpai/members';
import { safeInteger } from '@qingpai/platform';
import { type WitnessState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { WITNESS_LATE_MS } from './limits.js';
import { type Moments } from './moments.js';

/** How far any of these witnesses has followed a show's log, as of now. */
export async function stateOfLog(
  { db, ledger, moments }: { db: DataSource; ledger: Ledger; moments: Moments },
  origin: string,
  witnesses: readonly string[],
  nowMs: number,
): Promise<Pick<WitnessState, 'sealed' | 'size' | 'atMs' | 'late'>> {
  const head = await ledger.headOf(origin);
  const seals = (await moments.of(origin, head?.size ?? 0))
    .filter(({ type }) => type === 'show.sealed')
    .map(({ size }) => size);
  if (seals.length === 0) return { sealed: null, size: null, atMs: null, late: false };
  const ours = (size: { witness: string }) => witnesses.includes(size.witness);
  const given = (await ledger.cosignatures.at(origin, seals)).filter(ours);
  const newest = (await ledger.cosignatures.newestOf(origin, witnesses)).at(-1);
  const waitingSinceMs = await waitingSince(db, origin, Math.max(newest?.size ?? 0, seals[0]! - 1));
  return {
    sealed: seals.every((seal) => given.some(({ size }) => size === seal)),
    size: newest?.size ?? null,
    atMs: newest ? newest.tSeconds * 1_000 : null,
    late: waitingSinceMs !== null && nowMs - waitingSinceMs > WITNESS_LATE_MS,
  };
}

/** Time of the oldest head after this size; null: there is none. */
async function waitingSince(db: DataSource, origin: string, size: number): Promise<number | null> {
  const [row] = await rowsOf<{ t_ms: string }>(
    db.manager,
    `SELECT t_ms FROM logs JOIN checkpoints c USING (log) WHERE origin = $1 AND c.size > $2 ORDER BY c.size LIMIT 1`,
    [origin, size],
  );
  return row ? safeInteger(row.t_ms) : null;
}
