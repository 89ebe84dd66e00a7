/** Limits of the ledger's formats, each with its unit. A reader refuses what is above them before it works. */

/** LEDGER §2. */
export const LEAF_BYTES_MAX = 65_535;
/** Deeper values could exhaust the reader's stack; our leaves are four deep. */
export const JSON_DEPTH_MAX = 32;
/** LEDGER §2. A C2SP note itself has no limit, its readers have. */
export const NOTE_BYTES_MAX = 65_536;
/** All lines of a note, text and signatures. */
export const NOTE_LINES_MAX = 100;
/** A tree of 2^53 leaves needs no longer proof. */
export const PROOF_HASHES_MAX = 63;
export const PROOF_BYTES_MAX = 2 * NOTE_BYTES_MAX;
export const POLICY_BYTES_MAX = 65_536;
/** The short code shows six bytes of the root: enough to compare by eye, never a proof. */
export const SHORT_CODE_BYTES = 6;
