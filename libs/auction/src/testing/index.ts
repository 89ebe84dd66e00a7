export * from './storedShow.js';
