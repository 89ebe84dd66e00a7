/** What is sent when the way up narrows: a picture of 480 lines, of 240, the voice alone. */
export type Rung = 'high' | 'low' | 'voice';

/** Bits a second below which a rung is left, after this long on it. */
const DOWN = { high: 380_000, low: 120_000, voice: 0 };
const DOWN_AFTER_MS = 5_000;
/** What the way up must offer before the next rung is tried again, and how calm it must have been. */
const UP = { high: Infinity, low: 700_000, voice: 200_000 };
const UP_AFTER_MS = 20_000;
/** With the voice alone nothing is probed, so the estimate stays low: it is simply tried again. */
const VOICE_TRIES_AFTER_MS = 30_000;

/**
 * @param available bits a second the browser believes it can send; null: it does not say
 * @param sinceMs how long it has been on this rung
 */
export function nextRung(rung: Rung, available: number | null, sinceMs: number): Rung {
  if (rung === 'voice' && sinceMs >= VOICE_TRIES_AFTER_MS) return 'low';
  if (available === null) return rung;
  if (available < DOWN[rung] && sinceMs >= DOWN_AFTER_MS) return rung === 'high' ? 'low' : 'voice';
  if (available >= UP[rung] && sinceMs >= UP_AFTER_MS) return rung === 'voice' ? 'low' : 'high';
  return rung;
}
