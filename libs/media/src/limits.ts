/** Every limit of the routes of live video, in one place. */

/** A page asks again when it posts again, so a token need not live longer than a try. */
export const PAGE_TOKEN_MS = 5 * 60_000;
/** A playlist is asked for again and again under one address: for an evening. */
export const DELAYED_TOKEN_MS = 12 * 3_600_000;
/** OBS cannot ask: an evening and its rehearsal. */
export const ENCODER_TOKEN_MS = 12 * 3_600_000;
export const CAMERA_LINK_MS = 10 * 60_000;
export const CAMERA_PASS_MS = 12 * 3_600_000;
export const CAMERA_LINKS_MAX = 200;
export const SDP_BYTES_MAX = 20_000;
/** A relay on this machine answers within milliseconds. */
export const RELAY_ANSWER_MS_MAX = 5_000;
/** The relay says something every five seconds; silent for longer it is lost. */
export const NEWS_SILENT_MS_MAX = 12_000;
export const NEWS_AGAIN_MS = 500;
/** Pieces of one show: at five minutes each more than a week. */
export const SHOW_RECORDINGS_MAX = 5_000;
export const LOOK_INTO_INBOX_EVERY_MS = 2_000;
/** What an evening is reckoned as, for the room on the disk. */
export const EVENING_MS = 4 * 3_600_000;
/** A server elsewhere does not tell why a camera went: interrupted, and put out when it is not back by then. */
export const GONE_MS_MAX = 30_000;
/** LiveKit's webhook is heard at once; this often it is asked whether or not it said anything. */
export const LIVEKIT_LOOK_EVERY_MS = 2_000;
export const LIVEKIT_ANSWER_SECONDS_MAX = 4;
/** So many looks in a row without an answer: it is gone. */
export const LIVEKIT_MISSES_MAX = 2;
/** Senders' pages that are remembered for a person and show. */
export const SENDER_PAGES_MAX = 20;
