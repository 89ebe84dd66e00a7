/** Every limit of the desk and of its frames, in one place. */

/** Commands and bids decided into one transaction. */
export const DESK_BATCH_MAX = 256;
/** What may wait in one show's line; beyond it the answer is `too-busy`. */
export const DESK_WAITING_MAX = 4_000;
/** How often one command is tried again after commits whose outcome was unknown; then the answer is `not-ready`. */
export const DESK_TRIES_MAX = 4;
/** While the database is away commands wait in line this long; then they are answered with `not-ready`. */
export const DESK_PATIENCE_MS = 5_000;
export const RELOAD_AGAIN_FIRST_MS = 50;
export const RELOAD_AGAIN_MAX_MS = 1_000;
/** A timer can be lost, a promise never: the sweeper looks for what is due. */
export const SWEEP_EVERY_MS = 1_000;
/** `setTimeout` takes no more than 2^31 − 1 ms. */
export const TIMER_MAX_MS = 2_000_000_000;

/** A loop that stood still for longer near a lot's end gives the time back (RELIABILITY §2). */
export const STALL_MS = 250;
export const LOOP_TICK_MS = 50;

/** How often the desk says in the database that it can hear, while a clock runs. */
export const SIGN_EVERY_MS = 200;

/** Answers kept for bids that left nothing in the log, per bidder: a flood forgets only its own. */
export const ANSWERS_PER_BIDDER_MAX = 64;
export const COMMAND_ANSWERS_MAX = 1_000;

/** One frame per tick at most; the first of a burst goes at once. */
export const FRAME_TICK_MS = 40;
/** Leaves in one page of `since`. */
export const SINCE_LEAVES_MAX = 1_000;

/** A desk that nobody has asked for this long, and that has nothing to do, is put away. */
export const DESK_IDLE_MS = 15 * 60_000;
/** When the server stops: from the last answer of the desks until the sockets are cut. */
export const ANSWERS_LEAVE_MS = 150;
