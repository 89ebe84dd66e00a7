export * from './refused.js';
