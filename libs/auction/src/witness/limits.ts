/** Every limit of asking witnesses. None of it is in a bid's way. */

/** While there is anything new, a witness is asked at most this often; at a hammer or a seal it is asked at once. */
export const WITNESS_EVERY_MS = 10_000;
/** Leaves that wait for longer than this are late: 待见证. */
export const WITNESS_LATE_MS = 20_000;
/** A witness that does not answer within this time is away. */
export const WITNESS_ANSWER_MS = 5_000;
/** A witness that is away is asked again after this long, twice as long each time. */
export const AGAIN_FIRST_MS = 1_000;
export const AGAIN_MAX_MS = 60_000;
/** The same for one that does not know the log: somebody has to tell it first. */
export const AGAIN_UNKNOWN_MAX_MS = 600_000;
/** How often a witness may send us to another size before it is left alone for a while. */
export const CONFLICTS_MAX = 4;
/** Logs that somebody else writes, or that were behind when we started, are looked for this often. */
export const SWEEP_EVERY_MS = 10_000;
/** After a start the registries take nothing before the witnesses were asked whether they hold more, or this is over. */
export const ASKED_FIRST_MS = 6_000;
/** Who opens a show waits this long for the sealed head to be cosigned. */
export const OPENING_WAITS_MS = 3_000;
/** What a show's pages are told may be this old. */
export const STATE_LIFE_MS = 1_000;
/** Heads that a bare cosignature from a USB stick is tried on, newest first. */
export const HEADS_TRIED_MAX = 2_000;
