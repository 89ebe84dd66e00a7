/** The rules of the auction, pure: the same code on the server, in the pages and in the offline verifier. */
export * from './catalogue.js';
export * from './clock.js';
export * from './command.js';
export * from './decide.js';
export * from './due.js';
export * from './ending.js';
export * from './english.js';
export * from './evolve.js';
export * from './increments.js';
export * from './ladder.js';
export * from './lot.js';
export * from './press.js';
export * from './show.js';
