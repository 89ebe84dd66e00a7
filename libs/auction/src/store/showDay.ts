/** All of mainland China keeps UTC+8, without summer time. */
const TOWNSHIP_OFFSET_MS = 8 * 3_600_000;

/** The township's day at this moment, e.g. 20261124. @param nowMs milliseconds since 1970, UTC */
export const dayOf = (nowMs: number): string =>
  new Date(nowMs + TOWNSHIP_OFFSET_MS).toISOString().slice(0, 10).replaceAll('-', '');
