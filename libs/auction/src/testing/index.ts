export * from './memoryShowLog.js';
export * from './rig.js';
export * from './storedShow.js';
export { TestKey } from './keys.js';
export { Desk } from '../desk/desk.js';
export { LOOP_TICK_MS, SIGN_EVERY_MS, STALL_MS } from '../desk/limits.js';
export { type LoopWatch, type Stall } from '../desk/loopWatch.js';
export { type Asked } from '../desk/line.js';
export { type Batch, heardUntilMs, type ShowHead, type ShowLog, type TakenShow } from '../store/showLog.js';
