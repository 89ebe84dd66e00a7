import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account } from './account.js';
import { type Binaries } from './binaries.js';
import { freePort } from './port.js';
import { postmasterOf } from './postmaster.js';
import { spawnAs } from './run.js';

const LOG_BYTES_MAX = 10_000_000;
const START_MS_MAX = 60_000;
const PORT_TRIES_MAX = 5;

export interface ServerOptions {
  /** False: no fsync, for tests only. */
  durable: boolean;
  /** True: it is neither ended with Node nor started again when it dies. */
  outlivesNode: boolean;
  onStep?: (step: 'restarting') => void;
}

/** One postmaster at a time, on one port. */
export class Server {
  port = 0;
  private child?: ChildProcess;
  private stopping = false;
  private ended = Promise.resolve();
  private restarting = Promise.resolve();
  private readonly log: string;
  private readonly data: string;

  constructor(
    private readonly home: string,
    private readonly binaries: Binaries,
    private readonly account: Account | null,
    private readonly options: ServerOptions,
  ) {
    this.log = join(home, 'postgres.log');
    this.data = join(home, 'data');
  }

  async start(): Promise<void> {
    for (let tries = 1; ; tries++) {
      this.port = await freePort();
      const said = await this.launch();
      if (said === null) return;
      // Somebody took the port between our look and the server's bind.
      const busy = /could not bind|in use/i.test(said);
      if (!busy || tries === PORT_TRIES_MAX) throw new Error(`Postgres did not start: ${said}`);
    }
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.restarting;
    this.child?.kill('SIGINT');
    // Until now it did not keep Node alive; its last moments do.
    this.child?.ref();
    await this.ended;
  }

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  /** Null when it is ready; otherwise what its log says. */
  private async launch(): Promise<string | null> {
    const logStart = this.trimLog();
    const child = this.spawnPostmaster();
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    this.child = child;
    this.ended = exited;
    if (!this.options.outlivesNode) endWithNode(child, exited);
    if (!(await this.ready(child))) {
      child.kill('SIGKILL');
      return readFileSync(this.log, 'utf8').slice(logStart).trim() || 'it said nothing';
    }
    if (!this.options.outlivesNode) void exited.then(() => this.mend());
    return null;
  }

  /** It ended; unless somebody asked it to, start it again. */
  private mend(): void {
    if (!this.stopping) this.restarting = this.restart();
  }

  private spawnPostmaster(): ChildProcess {
    const log = openSync(this.log, 'a', 0o600);
    const child = spawn(this.binaries.postgres, this.args(), {
      ...spawnAs(this.account, this.home),
      // A session of its own: the terminal's Ctrl-C is for us, and we drain first.
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.unref();
    return child;
  }

  /** On the same port, so that the pool's clients find it again once it has recovered. */
  private async restart(): Promise<void> {
    for (let waitMs = 100; !this.stopping; waitMs = Math.min(2 * waitMs, 5_000)) {
      this.options.onStep?.('restarting');
      if ((await this.launch()) === null) return;
      // Its children may not have noticed yet and hold the shared memory.
      await pause(waitMs);
    }
  }

  private async ready(child: ChildProcess): Promise<boolean> {
    for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 20) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return false;
      const postmaster = postmasterOf(this.data);
      if (postmaster?.pid === child.pid && postmaster.ready) return true;
      await pause(20);
    }
    return false;
  }

  private trimLog(): number {
    if (!existsSync(this.log)) return 0;
    if (statSync(this.log).size > LOG_BYTES_MAX) truncateSync(this.log);
    return statSync(this.log).size;
  }

  private args(): string[] {
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      max_connections: 100,
      // Containers give /dev/shm 64 MB, and our queries are small.
      max_parallel_workers_per_gather: 0,
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...(!this.options.durable && { fsync: 'off', full_page_writes: 'off' }),
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return ['-D', this.data, ...flags];
  }
}

/** A Node that leaves by process.exit() takes its Postgres along, without waiting for it. */
function endWithNode(child: ChildProcess, exited: Promise<void>): void {
  const last = () => child.kill('SIGINT');
  process.once('exit', last);
  void exited.then(() => process.off('exit', last));
}
