import { type ShowLog } from '../store/showLog.js';
import { type Clock } from '@qingpai/platform';
import { type Timers } from './timers.js';
import { type LoopWatch } from './loopWatch.js';
import { type Signatures } from './signatures.js';

/** What a desk needs of the outside world; tests bring their own. */
export interface DeskPorts {
  log: ShowLog;
  clock: Clock;
  timers: Timers;
  watch: LoopWatch;
  signatures: Signatures;
  /** Told of what an operator should see: a commit that failed, a log taken over anew. */
  warn(event: string, details: Record<string, unknown>): void;
}
