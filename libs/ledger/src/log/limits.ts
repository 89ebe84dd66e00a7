/**
 * An append takes milliseconds. Who has heard nothing for so long has lost the line, or a disk that stands still; either
 * way the log is taken over anew, which waits for an append that is under way yet.
 */
export const APPEND_MS_MAX = 4_000;
/** Leaves per read of a whole log: half a megabyte, and some milliseconds of hashing before other work gets its turn. */
export const LEAVES_PER_READ = 1_000;
/** Roots of full tiles kept in memory, of all logs: a show of 100 000 leaves has 391. */
export const TILE_ROOTS_KEPT_MAX = 8_192;
/** Logs whose whole tree is kept to prove that heads extend each other: two hashes a leaf. */
export const LOG_TREES_KEPT_MAX = 4;
