export * from './units.js';
export * from './rules.js';
export * from './events.js';
export * from './state.js';
export * from './reasons.js';
export * from './room.js';
export * from './api.js';
export * from './bundle.js';
