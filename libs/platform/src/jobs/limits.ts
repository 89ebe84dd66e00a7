/** Longer than this no job takes; it then counts as failed and comes again. */
export const JOB_MS_MAX = 60_000;
/** A job that somebody holds this long was held by a process that is gone. */
export const JOB_HELD_MS_MAX = 2 * JOB_MS_MAX;
/** How often that is looked for. */
export const JOBS_LOOK_EVERY_MS = 60_000;
/** Between looks for jobs that are due; one that is due at once is told of and does not wait for it. */
export const JOBS_POLL_MS = 2_000;
/** A worker that failed as a whole, as when the database was away, begins again after this. */
export const JOBS_PAUSE_MS = 5_000;
/** Connections of their own: no bid ever waits for one that a job has. */
export const JOBS_POOL_MAX = 3;
/** With the pauses between them, which double, several days. */
export const JOB_ATTEMPTS_MAX = 25;
/** On a stop what is at work may go on this long; the rest is left for the next start. */
export const JOBS_STOP_MS_MAX = 5_000;
