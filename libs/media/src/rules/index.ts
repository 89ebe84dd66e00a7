export * from './token.js';
export * from './alias.js';
