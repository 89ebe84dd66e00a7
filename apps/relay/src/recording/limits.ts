/** Limits of what is recorded; milliseconds. */

/** Longer than the camera is asked for a missing packet (`NACK_TRIES_MAX` × `NACK_AGAIN_MS`). */
export const PICTURE_PATIENCE_MS = 1_000;
export const SOUND_PATIENCE_MS = 200;
/** Nothing at all for so long ends a segment: what follows is a new one, and the gap stays a gap. */
export const SILENCE_MS = 5_000;
/** Sound that has not come for so long is not waited for. */
export const SOUND_GONE_MS = 3_000;
export const SOUND_WAIT_MS = 1_500;
export const PICTURE_WAIT_MS = 3_000;
/** A better picture must last before the recording changes over to it: each change is a new segment. */
export const BETTER_FOR_MS = 10_000;
/** The stream's time against ours, within one segment. */
export const STRAY_MS = 8_000;
export const DISK_LOOKED_AT_EVERY_MS = 5_000;
