import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Account, serverAccount } from './account.js';
import { type Binaries, usableBinaries } from './binaries.js';
import { ensureRoles, makeCluster, type Passwords, passwordsIn, urlOf } from './cluster.js';
import { serverHome } from './home.js';
import { freePort } from './port.js';
import { endOrphan, postmasterOf, runningOn } from './postmaster.js';
import { spawnAs } from './run.js';

const database = 'qingpai';
const LOG_BYTES_MAX = 10_000_000;
const START_MS_MAX = 60_000;
const PORT_TRIES_MAX = 5;

export interface EmbeddedOptions {
  /** Made if it is not there. One server per directory. */
  dataDirectory: string;
  /** False: no fsync, for tests only. Default true. */
  durable?: boolean;
  /** True: the server is left to itself, and whoever asked for that ends it. Default false. */
  outlivesNode?: boolean;
  /** Lifecycle steps for a person who waits, e.g. "first start: making the database". */
  onStep?: (step: 'making' | 'ended-orphan' | 'restarting') => void;
}

/** How to reach a server of ours: `url` for the app's role, `ownerUrl` for migrations. */
export interface DatabaseUrls {
  url: string;
  ownerUrl: string;
  superuserUrl: string;
  port: number;
}

export interface EmbeddedPostgres extends DatabaseUrls {
  /** Pid of the postmaster now; another one after a crash that was mended. */
  pid(): number;
  /** Ends it cleanly: open transactions are rolled back, what was committed is on disk. May be called twice. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that came with `npm ci` on the loopback address, with passwords (SCRAM), and starts it
 * again on the same port should it die. It runs in a session of its own, so that a terminal's Ctrl-C does not
 * stop it before the server has drained.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const account = serverAccount();
  const home = serverHome(options.dataDirectory, account);
  const durable = options.durable ?? true;
  const binaries = await usableBinaries(home, account);
  const passwords = passwordsIn(home);
  const data = join(home, 'data');
  if (!existsSync(data)) {
    options.onStep?.('making');
    await makeCluster(home, binaries, account, { password: passwords.superuser, durable });
  } else if (await endOrphan(data)) {
    options.onStep?.('ended-orphan');
  }
  const server = new Server(home, binaries, account, options);
  await server.start();
  await ensureRoles(server.port, passwords, database);
  return { ...urlsOf(server.port, passwords), pid: () => server.pid, stop: () => server.stop() };
}

/** How to reach the embedded server that another process runs on this directory, if one does. */
export function runningEmbedded(dataDirectory: string): DatabaseUrls | null {
  const home = serverHome(dataDirectory, serverAccount());
  const postmaster = runningOn(join(home, 'data'));
  return postmaster?.ready ? urlsOf(postmaster.port, passwordsIn(home)) : null;
}

function urlsOf(port: number, passwords: Passwords): DatabaseUrls {
  return {
    url: urlOf(port, 'app', passwords, database),
    ownerUrl: urlOf(port, 'owner', passwords, database),
    superuserUrl: urlOf(port, 'superuser', passwords, database),
    port,
  };
}

/** One postmaster at a time, on one port. */
class Server {
  port = 0;
  pid = 0;
  private stopping = false;
  private ended = Promise.resolve();
  private readonly log: string;
  private readonly data: string;

  constructor(
    private readonly home: string,
    private readonly binaries: Binaries,
    private readonly account: Account | null,
    private readonly options: EmbeddedOptions,
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
    this.signal();
    await this.ended;
  }

  private restarting: Promise<void> = Promise.resolve();

  /** Null when it is ready; otherwise what its log says. */
  private async launch(): Promise<string | null> {
    const logStart = this.trimLog();
    const out = openSync(this.log, 'a', 0o600);
    const child = spawn(this.binaries.postgres, this.args(), {
      ...spawnAs(this.account, this.home),
      detached: true,
      stdio: ['ignore', out, out],
    });
    closeSync(out);
    child.unref();
    this.pid = child.pid ?? 0;
    const exited = new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.once('error', () => resolve());
    });
    this.ended = exited;
    if (!(await this.ready(child))) {
      child.kill('SIGKILL');
      return readFileSync(this.log, 'utf8').slice(logStart).trim() || 'it said nothing';
    }
    if (this.options.outlivesNode) return null;
    const last = () => this.signal();
    process.once('exit', last);
    void exited.then(() => {
      process.off('exit', last);
      if (!this.stopping) this.restarting = this.restart();
    });
    return null;
  }

  /** It died and nobody asked it to. The pool's clients reconnect to the same port once it has recovered. */
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

  private signal(): void {
    try {
      if (this.pid) process.kill(this.pid, 'SIGINT');
    } catch {
      // It is gone already.
    }
  }

  private trimLog(): number {
    if (!existsSync(this.log)) return 0;
    if (statSync(this.log).size > LOG_BYTES_MAX) truncateSync(this.log);
    return statSync(this.log).size;
  }

  private args(): string[] {
    const durable = this.options.durable ?? true;
    const settings = {
      listen_addresses: '127.0.0.1',
      port: this.port,
      unix_socket_directories: '',
      max_connections: 100,
      // Containers give /dev/shm 64 MB, and our queries are small.
      max_parallel_workers_per_gather: 0,
      timezone: 'UTC',
      log_timezone: 'UTC',
      ...(!durable && { fsync: 'off', full_page_writes: 'off' }),
    };
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    return ['-D', this.data, ...flags];
  }
}
