import { parentPort, Worker } from 'node:worker_threads';

/** Threads that each begin with `entry`; one: the work is done right here. */
export interface Pool {
  workers: number;
  entry: string;
}

/** Hands out tasks, each to whoever is free, until there is none or `handle` says that it is enough. */
export async function workOn<Task, Result>(
  pool: Pool,
  tasks: Iterable<Task>,
  perform: (task: Task) => Promise<unknown>,
  handle: (result: Result) => boolean,
): Promise<void> {
  const waiting = tasks[Symbol.iterator]();
  let isEnough = false;
  const next = (): Task | undefined => (isEnough ? undefined : (waiting.next().value as Task | undefined));
  const take = (result: Result): void => {
    if (!isEnough) isEnough = !handle(result);
  };
  if (pool.workers < 2) {
    for (let task = next(); task; task = next()) take((await perform(task)) as Result);
    return;
  }
  const threads = Array.from({ length: pool.workers }, () => new Worker(pool.entry));
  const work = (thread: Worker): Promise<void> =>
    new Promise((resolve, reject) => {
      const go = () => {
        const task = next();
        if (task) thread.postMessage(task);
        else resolve();
      };
      thread.on('error', reject);
      thread.on('message', (result: Result) => {
        take(result);
        go();
      });
      go();
    });
  try {
    await Promise.all(threads.map(work));
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
}

/** What a thread does. */
export function serveTasks<Task>(perform: (task: Task) => Promise<unknown>): void {
  const port = parentPort!;
  port.on('message', (task: Task) => void perform(task).then((result) => port.postMessage(result)));
}
