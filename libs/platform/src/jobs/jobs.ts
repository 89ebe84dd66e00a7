import { Logger, run, type Runner, type TaskList } from 'graphile-worker';
import { Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { MortalClient } from '../databaseClient.js';
import { DATABASE_CONNECT_MS_MAX, DATABASE_QUERY_MS_MAX, DATABASE_STATEMENT_MS_MAX } from '../limits.js';
import { type Log } from '../log.js';
import {
  JOB_HELD_MS_MAX,
  JOB_MS_MAX,
  JOBS_LOOK_EVERY_MS,
  JOBS_PAUSE_MS,
  JOBS_POLL_MS,
  JOBS_POOL_MAX,
  JOBS_STOP_MS_MAX,
} from './limits.js';

/**
 * Does one kind of job. The payload comes from the database: parse it. Called late, and more than once for the same job:
 * look at what is true now, and do what is left to do. A throw brings the job back later.
 */
export type JobHandler = (payload: unknown) => Promise<void>;

/**
 * What is to be done later and must not be forgotten (`enqueue`), one after the other and far from any bid. Libraries
 * say what they do under which name before the server starts; a name that nobody handles waits.
 */
export class Jobs {
  private readonly handlers = new Map<string, JobHandler>();

  constructor(private readonly log: Pick<Log, 'debug' | 'warn' | 'error'>) {}

  handle(name: string, handler: JobHandler): void {
    if (this.handlers.has(name)) throw new Error(`bug: two handlers for ${name}`);
    this.handlers.set(name, handler);
  }

  /**
   * Works off what is due, until the answer is called; that waits for the job at work.
   * @param db connected as the app; jobs get connections of their own to the same place
   * @param heldMsMax how long a job may be held before its holder counts as gone
   */
  start(db: DataSource, heldMsMax = JOB_HELD_MS_MAX): () => Promise<void> {
    const pool = poolBeside(db);
    const worker = new Worker(pool, this.tasks(), this.log, heldMsMax);
    const ended = worker.work();
    return async () => {
      await worker.stop();
      await ended;
      await pool.end();
    };
  }

  private tasks(): TaskList {
    const tasks = [...this.handlers].map(([name, handler]) => [
      name,
      (payload: unknown) => inTime(handler(payload)),
    ]);
    return Object.fromEntries(tasks) as TaskList;
  }
}

/** One process's share of the work; begins anew when the library under it gives up. */
class Worker {
  private runner: Runner | null = null;
  private stopped = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly pgPool: Pool,
    private readonly taskList: TaskList,
    private readonly log: Pick<Log, 'debug' | 'warn' | 'error'>,
    private readonly heldMsMax: number,
  ) {}

  async work(): Promise<void> {
    if (Object.keys(this.taskList).length === 0) return;
    while (!this.stopped) {
      const looking = setInterval(() => void this.freeHeld().catch(this.failed), JOBS_LOOK_EVERY_MS);
      await this.once().catch(this.failed);
      clearInterval(looking);
      if (!this.stopped) await this.pause();
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.wake();
    // It may have ended by itself just now.
    await this.runner?.stop().catch(() => undefined);
  }

  private async once(): Promise<void> {
    await this.freeHeld();
    const { pgPool, taskList } = this;
    this.runner = await run({
      ...{ pgPool, taskList, parsedCronItems: [], concurrency: 1, noHandleSignals: true },
      ...{ pollInterval: JOBS_POLL_MS, useNodeTime: true, gracefulShutdownAbortTimeout: JOBS_STOP_MS_MAX },
      logger: loggerOn(this.log),
      // Otherwise a stop does not wait for the row of a job that is done to go.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    if (this.stopped) await this.runner.stop().catch(() => undefined);
    await this.runner.promise;
  }

  /** What a process held that was killed; the library itself waits four hours. */
  private async freeHeld(): Promise<void> {
    await this.pgPool.query(
      `UPDATE graphile_worker._private_jobs SET locked_at = NULL, locked_by = NULL
       WHERE locked_at <= now() - $1::float8 * interval '1 millisecond'`,
      [this.heldMsMax],
    );
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, JOBS_PAUSE_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private readonly failed = (err: unknown) =>
    this.log.warn({ err }, '后台任务暂停，稍后继续 / jobs pause and go on later');
}

function poolBeside(db: DataSource): Pool {
  const { url } = db.options as { url?: string };
  if (url === undefined) throw new Error('bug: a database without an address');
  const pool = new Pool({
    connectionString: url,
    Client: MortalClient,
    application_name: 'qingpai jobs',
    max: JOBS_POOL_MAX,
    connectionTimeoutMillis: DATABASE_CONNECT_MS_MAX,
    statement_timeout: DATABASE_STATEMENT_MS_MAX,
    query_timeout: DATABASE_QUERY_MS_MAX,
    keepAlive: true,
  });
  // A client that loses its server is replaced; who used it hears of it by his query.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => void client.on('error', () => undefined));
  return pool;
}

/** A job that hangs must not keep the others from being done. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`a job took longer than ${JOB_MS_MAX} ms`)), JOB_MS_MAX);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function loggerOn(log: Pick<Log, 'debug' | 'warn' | 'error'>): Logger {
  const levels: Record<string, 'debug' | 'warn' | 'error'> = { error: 'error', warning: 'warn' };
  return new Logger(() => (level: string, message: string, meta?: { error?: unknown }) => {
    const err = meta?.error;
    log[levels[level] ?? 'debug']({ ...(err !== undefined && { err }) }, message);
  });
}
