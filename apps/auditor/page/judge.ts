import { type Material } from './files.js';
import { judgeMaterial, type Judged } from './judging.js';
import { signatureChecker } from './signatures.js';

/** How far judging has come, and what came of it. */
export type Told =
  | { told: 'progress'; done: number; of: number }
  | { told: 'judged'; judged: Judged }
  | { told: 'failed'; error: string };
export type Tell = (told: Told) => void;

export async function judgeAndTell(material: Material, tell: Tell): Promise<void> {
  try {
    const check = await signatureChecker();
    const judged = await judgeMaterial(material, check, (done, of) => tell({ told: 'progress', done, of }));
    tell({ told: 'judged', judged });
  } catch (error) {
    // The verifier never throws on foreign bytes: this is a fault of its own, and no verdict.
    tell({ told: 'failed', error: error instanceof Error ? error.message : String(error) });
  }
}

/** In a worker: each message is something to judge. */
export function answerQuestions(): void {
  self.addEventListener('message', ({ data }: MessageEvent<Material>) => {
    void judgeAndTell(data, (told) => self.postMessage(told));
  });
}

/**
 * Asks a worker made of this page's own script, so that the page stays awake while it judges; where none can be had
 * (some browsers refuse them on files), the page judges by itself. @returns how to stop
 */
export function askJudge(material: Material, script: string, tell: Tell): () => void {
  const worker = workerOf(script);
  if (!worker) {
    // A moment later, so that the page says first that it has begun.
    setTimeout(() => void judgeAndTell(material, tell), 30);
    return () => {};
  }
  let isStopped = false;
  worker.onmessage = ({ data }: MessageEvent<Told>) => {
    tell(data);
    if (data.told !== 'progress') worker.terminate();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    if (!isStopped) void judgeAndTell(material, tell);
  };
  worker.postMessage(material);
  return () => {
    isStopped = true;
    worker.terminate();
  };
}

function workerOf(script: string): Worker | null {
  try {
    return new Worker(URL.createObjectURL(new Blob([script], { type: 'text/javascript' })));
  } catch {
    return null;
  }
}
