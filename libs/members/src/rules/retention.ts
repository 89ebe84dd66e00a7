/**
 * How long what belongs to a person has to be kept, whatever he asks (RELIABILITY §4). `auction`: he took a paddle in
 * a show, or held it · `deal`: he bought · `network`: he was signed in.
 */
export type RecordKind = 'auction' | 'deal' | 'network';

/** One record with a clock of its own. */
export interface KeptRecord {
  kind: RecordKind;
  /** When its period begins; null: what it records is not over, so the period has not begun. */
  endedAtMs: number | null;
  /** Null: of no show. */
  showId: string | null;
  townshipId: string | null;
}

export const keptMonths: Record<RecordKind, number> = { auction: 60, deal: 36, network: 6 };

/** When this record may be forgotten; for one that is not over, not before a whole period from now. */
export function keptUntilMs(record: KeptRecord, nowMs: number): number {
  return monthsLater(record.endedAtMs ?? nowMs, keptMonths[record.kind]);
}

/** The longest wins. Null: no period runs, and nothing has to be kept. */
export function lockedUntilMs(records: readonly KeptRecord[], nowMs: number): number | null {
  const running = records.map((record) => keptUntilMs(record, nowMs)).filter((untilMs) => untilMs > nowMs);
  return running.length === 0 ? null : Math.max(...running);
}

/** Calendar months, in UTC: five years from 29 February end on 1 March. */
function monthsLater(fromMs: number, months: number): number {
  const day = new Date(fromMs);
  return day.setUTCMonth(day.getUTCMonth() + months);
}
