/** Leaves per read of a whole log: half a megabyte, and some milliseconds of hashing before other work gets its turn. */
export const LEAVES_PER_READ = 1_000;
