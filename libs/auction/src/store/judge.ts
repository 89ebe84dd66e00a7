import { parentPort, Worker, workerData } from 'node:worker_threads';
import { type ContinuedVerification, type SeasonVerification, type Verification } from '@qingpai/wire';
import { verifyContinued, verifySeason } from '../rules/season/index.js';
import { VERIFY_MS_MAX } from './limits.js';
import { type Judge } from './proofs.js';

/** Judges a season's text under the policy that pins its registry. */
export type JudgeSeason = (season: string, policy: string) => Promise<SeasonVerification>;

/** On this very thread: for tests, and for whoever has nothing else to do. */
export const judgeHere: Judge = async (texts, policy) => judgeTogether(texts, policy);
export const judgeSeasonHere: JudgeSeason = async (season, policy) => verifySeason(season, { policy });

/** The thread that judges now, or the last one: they take their turns, and bids keep the other cores. */
let turn: Promise<unknown> = Promise.resolve();

/** In a thread of its own: replaying an evening takes seconds, in which no bid may wait. */
export const judgeInWorker: Judge = (texts, policy) => inTurn({ judge: 'bundle', texts, policy });
export const judgeSeasonInWorker: JudgeSeason = (text, policy) =>
  inTurn({ judge: 'season', texts: [text], policy });

interface Task {
  judge: 'bundle' | 'season';
  /** A season; or bundles, as `Judge` has them. */
  texts: readonly string[];
  policy: string;
}

function judgeTogether(texts: readonly string[], policy: string): Verification {
  const verification: Partial<ContinuedVerification> = verifyContinued(texts, { policy });
  delete verification.before;
  return verification as Verification;
}

function inTurn<V>(task: Task): Promise<V> {
  const judged = turn.then(() => judgeOnThread<V>(task));
  turn = judged.catch(() => undefined);
  return judged;
}

/** The thread runs this very file, compiled: see the last lines. */
function judgeOnThread<V>(task: Task): Promise<V> {
  const worker = new Worker(__filename, { workerData: task });
  return new Promise<V>((resolve, reject) => {
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

const task = workerData as Partial<Task> | null;
if (parentPort && task?.judge) {
  const { judge, texts = [], policy = '' } = task;
  parentPort.postMessage(
    judge === 'season' ? verifySeason(texts[0] ?? '', { policy }) : judgeTogether(texts, policy),
  );
}
