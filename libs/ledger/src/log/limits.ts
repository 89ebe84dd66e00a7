/** Leaves per read of a whole log: some 1 MB, and a few milliseconds of hashing before other work gets its turn. */
export const LEAVES_PER_READ = 2_000;
