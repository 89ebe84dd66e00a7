/** The start of a show as typed into a `datetime-local` field: the township's wall clock, UTC+8 whatever the phone says. */
const OFFSET_MS = 8 * 3_600_000;

/** '2026-11-24T19:30' → ms since 1970; null when it is blank or no time. */
export function startsAtMsOf(text: string): number | null {
  const atMs = Date.parse(`${text}:00Z`);
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) && Number.isFinite(atMs) ? atMs - OFFSET_MS : null;
}

/** This evening at half past seven, or the next one when that is over. */
export function startText(nowMs: number): string {
  const day = (atMs: number) => new Date(atMs + OFFSET_MS).toISOString().slice(0, 10);
  const tonight = `${day(nowMs)}T19:30`;
  return (startsAtMsOf(tonight) ?? 0) > nowMs ? tonight : `${day(nowMs + 86_400_000)}T19:30`;
}
