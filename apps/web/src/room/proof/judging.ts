import { plain } from '../../shared/plain';
import type * as judge from './judge';
import type { Question, Reply } from './proof.worker';

/** The judge, asked from the page: it answers later. */
type Judge = typeof judge;
export type Judging = {
  [N in keyof Judge]: (...args: Parameters<Judge[N]>) => Promise<ReturnType<Judge[N]>>;
};

/** In a worker, so that no proof makes a tap wait; in the page where a worker cannot be had. */
export function judging(): Judging {
  let ask = askWorker();
  const asks =
    <N extends keyof Judge>(name: N) =>
    async (...args: Parameters<Judge[N]>): Promise<ReturnType<Judge[N]>> => {
      try {
        return (await ask(name, args)) as ReturnType<Judge[N]>;
      } catch (error) {
        if (!(error instanceof NoWorker)) throw error;
        ask = askPage;
        return (await ask(name, args)) as ReturnType<Judge[N]>;
      }
    };
  return {
    logKey: asks('logKey'),
    judgeReceipt: asks('judgeReceipt'),
    judgeElsewhere: asks('judgeElsewhere'),
    judgeInclusion: asks('judgeInclusion'),
    judgeHead: asks('judgeHead'),
    judgeLink: asks('judgeLink'),
  };
}

type Ask = (name: keyof Judge, args: unknown[]) => Promise<unknown>;
class NoWorker extends Error {}

const askPage: Ask = async (name, args) =>
  ((await import('./judge'))[name] as (...asked: unknown[]) => unknown)(...args);

function askWorker(): Ask {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let worker: Worker;
  try {
    worker = new Worker(new URL('./proof.worker.ts', import.meta.url), { type: 'module' });
  } catch {
    return askPage;
  }
  worker.onmessage = ({ data }: MessageEvent<Reply>) => {
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ('error' in data) asker?.reject(new Error(data.error));
    else asker?.resolve(data.value);
  };
  // It could not be loaded, or does not run here.
  worker.onerror = (event) => {
    event.preventDefault();
    worker.terminate();
    for (const { reject } of waiting.values()) reject(new NoWorker());
    waiting.clear();
  };
  let next = 0;
  return (name, args) =>
    new Promise((resolve, reject) => {
      const id = next++;
      waiting.set(id, { resolve, reject });
      worker.postMessage(plain({ id, name, args }) as Question);
    });
}
