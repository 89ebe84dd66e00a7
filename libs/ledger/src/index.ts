export { Journal } from './books/journal.js';
export { ledgerEntities } from './log/entities.js';
export { signerOf, verifyByNode } from './log/keys.js';
export { type Appended, type HeldLog, type LeafBatch, Ledger, type SignedHead } from './log/ledger.js';
export { LogTiles } from './log/logTiles.js';
export { Away, Fenced, inTransaction, OutcomeUnknown } from './log/transaction.js';
export { ledgerMigrations } from './migrations/index.js';
export { Cosignatures, type GivenCosignature } from './witness/cosignatures.js';
export { LogTrees } from './witness/logTrees.js';
