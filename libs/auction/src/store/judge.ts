import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type Verification } from '@qingpai/wire';
import { verifyBundle } from '../rules/verify/index.js';
import { VERIFY_MS_MAX } from './limits.js';
import { type Judge } from './proofs.js';

/** On this very thread: for tests, and for whoever has nothing else to do. */
export const judgeHere: Judge = async (bundle, policy) => verifyBundle(bundle, { policy });

/** The thread that judges now, or the last one: they take their turns, and bids keep the other cores. */
let turn: Promise<unknown> = Promise.resolve();

/** In a thread of its own: replaying an evening takes seconds, in which no bid may wait. */
export const judgeInWorker: Judge = (bundle, policy) => {
  const judged = turn.then(() => judgeOnThread({ judge: { bundle, policy } }));
  turn = judged.catch(() => undefined);
  return judged;
};

interface Task {
  judge: { bundle: string; policy: string };
}

/** The thread runs this very file, compiled: see the last lines. */
function judgeOnThread(task: Task): Promise<Verification> {
  const worker = new Worker(__filename, { workerData: task });
  return new Promise<Verification>((resolve, reject) => {
    const limit = setTimeout(() => void worker.terminate(), VERIFY_MS_MAX);
    worker.once('message', resolve);
    worker.once('error', reject);
    // After its message this comes too late to matter; without one, nobody judged.
    worker.once('exit', () => {
      clearTimeout(limit);
      reject(new Error('the verifier ended without a verdict'));
    });
  });
}

const task = (workerData as Partial<Task> | null)?.judge;
if (parentPort && task) parentPort.postMessage(verifyBundle(task.bundle, { policy: task.policy }));
