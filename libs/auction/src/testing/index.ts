export * from './memoryShowLog.js';
export * from './rig.js';
export * from './storedShow.js';
export { TestKey } from './keys.js';
