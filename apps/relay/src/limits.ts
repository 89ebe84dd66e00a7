/** Every limit of the relay, in one place. */

export const SDP_BYTES_MAX = 20_000;
/** From the answer to the first packet of the connection's own; then it is given up. */
export const CONNECT_MS_MAX = 15_000;
/** A camera that sends nothing for this long is told to the room as interrupted. */
export const SILENT_MS_MAX = 5_000;
/** Its connection is kept for as long again, since a network that comes back needs no new one. */
export const CAMERA_KEPT_MS = 60_000;
/** A stage with neither camera nor news is forgotten with its viewers. */
export const STAGE_KEPT_MS = 10 * 60_000;
/**
 * A viewer that is sent video and reports nothing for so long has gone without a word. Who was cut off for ten seconds sees
 * the picture again at once.
 */
export const VIEWER_SILENT_MS_MAX = 15_000;
export const VIEWERS_PER_PERSON_MAX = 6;
export const STAGES_MAX = 200;
/** Connections that are known to have been replaced, so that their pages are told not to come back. */
export const REPLACED_KEPT_MAX = 1_000;
/** Packets of each stream that are kept to be sent again: at 1 Mbit/s some 15 seconds. */
export const HISTORY_PACKETS = 2_048;
/** Keyframes are dear: one request to the camera in this time, however many viewers ask. */
export const KEYFRAME_ASKED_EVERY_MS = 300;
/** Who comes within this time after a keyframe begins with it at once; later than that a new one is sooner there. */
export const KEYFRAME_FRESH_MS = 500;
/** What he is sent at once with it: more would fill a thin line before anything new gets through. */
export const KEYFRAME_FRESH_PACKETS = 128;
/** A stream of the ladder that brought nothing for so long is not chosen for anybody. */
export const FEED_IDLE_MS = 1_500;
export const FEEDS_MAX = 6;
export const NACK_EVERY_MS = 20;
export const NACK_AGAIN_MS = 60;
export const NACK_TRIES_MAX = 12;
export const NACK_MISSING_MAX = 300;
export const TRANSPORT_FEEDBACK_EVERY_MS = 100;
export const REPORT_EVERY_MS = 1_000;
/** What a camera without congestion control of its own may send. */
export const CAMERA_BITS_PER_SECOND_MAX = 2_500_000;
/** One packet a viewer asks for is sent again at most this often. */
export const RESENT_PER_SECOND_MAX = 400;
/** Loss above this moves a viewer one step down the ladder; below it, after a calm time, up again. */
export const LOSS_DOWN_OF_256 = 26;
export const LOSS_UP_OF_256 = 5;
export const DOWN_AFTER_MS = 2_000;
export const UP_AFTER_MS = 15_000;
export const UP_AFTER_MS_MAX = 120_000;
