/** Limits towards the database. `pg` waits for ever by default: a dead network must cost seconds, not the evening. */

export const DATABASE_POOL_MAX = 10;
/** Also the wait for a free client of the pool. */
export const DATABASE_CONNECT_MS_MAX = 5_000;
/** The server gives up first; the client's own limit is for a server that no longer answers. */
export const DATABASE_STATEMENT_MS_MAX = 10_000;
export const DATABASE_QUERY_MS_MAX = 12_000;
export const DATABASE_LOCK_MS_MAX = 5_000;
export const DATABASE_IDLE_IN_TRANSACTION_MS_MAX = 10_000;
/** From the first signal to the end of the process; a second signal ends it at once. */
export const DRAIN_MS_MAX = 10_000;
/** A wall clock that moved further than this from our own raises an alarm. */
export const CLOCK_JUMP_MS_MAX = 2_000;
