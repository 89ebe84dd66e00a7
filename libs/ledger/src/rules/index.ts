/** The bytes of LEDGER §2, pure: the same code on the server, in the page and in the verifier. */
export * from './bytes.js';
export * from './checkpoint.js';
export * from './commit.js';
export * from './ed25519.js';
export * from './faults.js';
export * from './jcs.js';
export * from './leaf.js';
export * from './limits.js';
export * from './merkle.js';
export * from './note.js';
export * from './policy.js';
export * from './proof.js';
export * from './result.js';
export * from './shortCode.js';
export * from './tree.js';
export * from './vkey.js';
