export * from './memoryShowLog.js';
export * from './rig.js';
export * from './storedShow.js';
