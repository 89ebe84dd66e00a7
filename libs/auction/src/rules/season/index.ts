export { type HeldShow } from './chain.js';
export { verifyContinued } from './continued.js';
export { inOrder } from './inOrder.js';
export { togetherWith } from './together.js';
export { seasonDigest } from './readSeason.js';
export { checkpointHash, DUE_AFTER_MS } from './shows.js';
export { verifySeason } from './verifySeason.js';
