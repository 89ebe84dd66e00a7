import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { serverAccount } from './account.js';
import { usableBinaries } from './binaries.js';
import { ensureRoles, makeCluster, type Passwords, passwordsIn, urlOf } from './cluster.js';
import { serverHome } from './home.js';
import { endOrphan } from './postmaster.js';
import { Server } from './server.js';

const database = 'qingpai';

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
  const server = new Server(home, binaries, account, {
    durable,
    outlivesNode: options.outlivesNode ?? false,
    onStep: options.onStep,
  });
  await server.start();
  await ensureRoles(server.port, passwords, database);
  return { ...urlsOf(server.port, passwords), pid: () => server.pid, stop: () => server.stop() };
}

function urlsOf(port: number, passwords: Passwords): DatabaseUrls {
  return {
    url: urlOf(port, 'app', passwords, database),
    ownerUrl: urlOf(port, 'owner', passwords, database),
    superuserUrl: urlOf(port, 'superuser', passwords, database),
    port,
  };
}
