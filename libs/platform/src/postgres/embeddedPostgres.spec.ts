import { spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { commandOf } from '../process.js';
import { compiled, compiledFolder } from '../testing/compiled.js';
import { serverAccount } from './account.js';
import { installedPackage, usableBinaries } from './binaries.js';
import { startEmbeddedPostgres } from './embeddedPostgres.js';
import { canPass, serverHome } from './home.js';
import { freePort } from './port.js';
import { runningOn } from './postmaster.js';

const asRoot = process.getuid?.() === 0 ? test : test.skip;
const folders: string[] = [];

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-embedded-'));
  folders.push(folder);
  return folder;
}

afterAll(() => {
  for (const folder of [...folders, compiledFolder]) rmSync(folder, { recursive: true, force: true });
});

async function ask(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await what()) return;
    await pause(20);
  }
  throw new Error('it never happened');
}

/** A Node that starts the server in this folder, prints its url and lives on until it is stopped. */
async function nodeWithServer(folder: string): Promise<{ node: ChildProcess; url: string; pid: number }> {
  const launcher = join(await compiled(), 'postgres/embeddedPostgres.js');
  const script = `
    const { startEmbeddedPostgres } = require(${JSON.stringify(launcher)});
    const { onStopSignal } = require(${JSON.stringify(join(launcher, '../../stopSignal.js'))});
    startEmbeddedPostgres({ dataDirectory: ${JSON.stringify(folder)}, durable: false }).then((server) => {
      onStopSignal(() => server.stop());
      console.log(JSON.stringify({ url: server.url, pid: server.pid() }));
      setInterval(() => undefined, 1000);
    });`;
  const node = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((resolve, reject) => {
    node.stdout.setEncoding('utf8').once('data', resolve);
    node.once('exit', () => reject(new Error('the server did not start')));
  });
  return { node, ...(JSON.parse(line) as { url: string; pid: number }) };
}

describe('embedded Postgres', () => {
  const folder = emptyFolder();
  let server: Awaited<ReturnType<typeof startEmbeddedPostgres>>;

  beforeAll(async () => {
    server = await startEmbeddedPostgres({ dataDirectory: folder });
  });
  afterAll(() => server.stop());

  test('keeps its data in a folder that nobody else can read, with fsync on', async () => {
    expect(statSync(join(folder, 'postgres/data')).mode & 0o777).toBe(0o700);
    expect(await ask(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    expect(statSync(join(folder, 'postgres/passwords.json')).mode & 0o777).toBe(0o600);
  });

  test('trusts nobody: without the password the door stays shut', async () => {
    const wrong = Object.assign(new URL(server.superuserUrl), { password: 'guess' }).href;
    await expect(ask(wrong, 'SELECT 1')).rejects.toThrow('password authentication failed');
    const rules = readFileSync(join(folder, 'postgres/data/pg_hba.conf'), 'utf8');
    expect(rules).not.toMatch(/^[^#]*\btrust\b/m);
  });

  test('gives the app rows and not tables', async () => {
    await ask(server.ownerUrl, 'CREATE TABLE leaves (i int); GRANT SELECT, INSERT ON leaves TO qingpai_app');
    await ask(server.url, 'INSERT INTO leaves VALUES (1)');
    for (const forbidden of [
      'UPDATE leaves SET i = 2',
      'DELETE FROM leaves',
      'TRUNCATE leaves',
      'DROP TABLE leaves',
    ]) {
      await expect(ask(server.url, forbidden)).rejects.toThrow(/permission denied|must be owner/);
    }
    await expect(ask(server.url, 'CREATE TABLE mine (i int)')).rejects.toThrow('permission denied');
  });

  test('listens below 32768, on the loopback address alone', async () => {
    expect(server.port).toBeLessThan(32_768);
    expect(await ask(server.url, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);
  });

  test('comes back on the same port when its postmaster is killed, with what was committed', async () => {
    await ask(server.ownerUrl, 'CREATE TABLE kept (i int)');
    await ask(server.ownerUrl, 'INSERT INTO kept VALUES (7)');
    const before = server.pid();
    process.kill(before, 'SIGKILL');
    await until(() => server.pid() !== before && runningOn(join(folder, 'postgres/data'))?.ready === true);
    expect(await ask(server.ownerUrl, 'SELECT i FROM kept')).toEqual([{ i: 7 }]);
  });

  asRoot('runs as postgres or nobody when we are root, and makes no account', () => {
    const account = serverAccount();
    expect(['postgres', 'nobody']).toContain(account?.name);
    expect(statSync(`/proc/${server.pid()}`).uid).toBe(account?.uid);
  });
});

test('a start that was cut short in the middle of making the database is made good by the next one', async () => {
  const folder = emptyFolder();
  const home = serverHome(folder, serverAccount());
  cpSync(__filename, join(home, 'data.unfinished', 'half'));
  const server = await startEmbeddedPostgres({ dataDirectory: folder, durable: false });
  expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await server.stop();
});

describe('when Node goes', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('%s stops Postgres cleanly', async (signal) => {
    const folder = emptyFolder();
    const { node, pid } = await nodeWithServer(folder);
    const exited = new Promise((resolve) => node.once('exit', resolve));
    node.kill(signal);
    expect(await exited).toBe(0);
    expect(commandOf(pid)).toBe('');
    expect(existsSync(join(folder, 'postgres/data/postmaster.pid'))).toBe(false);
    expect(readFileSync(join(folder, 'postgres/postgres.log'), 'utf8')).toMatch(
      'database system is shut down',
    );
  });

  test('a Postgres left behind by kill -9 is ended by the next start, and nothing committed is lost', async () => {
    const folder = emptyFolder();
    const { node, url, pid } = await nodeWithServer(folder);
    await ask(url, 'SELECT 1');
    node.kill('SIGKILL');
    await new Promise((resolve) => node.once('exit', resolve));
    expect(commandOf(pid)).not.toBe('');

    const steps: string[] = [];
    const server = await startEmbeddedPostgres({ dataDirectory: folder, onStep: (step) => steps.push(step) });
    expect(steps).toEqual(['ended-orphan']);
    expect(commandOf(pid)).toBe('');
    expect(await ask(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
  });

  test('the terminal’s Ctrl-C does not reach Postgres before the drain: it has a session of its own', async () => {
    const { node, pid } = await nodeWithServer(emptyFolder());
    const group = (of: number) => readFileSync(`/proc/${of}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[2];
    if (process.platform === 'linux') expect(group(pid)).not.toBe(group(node.pid!));
    node.kill('SIGTERM');
    await new Promise((resolve) => node.once('exit', resolve));
  });
});

test('a pid file whose pid now belongs to another program is not believed', () => {
  const data = emptyFolder();
  writeFileSync(join(data, 'postmaster.pid'), `${process.pid}\n${data}\n0\n21000\n\n127.0.0.1\n0\nready\n`);
  expect(runningOn(data)).toBeNull();
});

describe('the programs', () => {
  const account = serverAccount();

  function brokenPackage(): string {
    const copy = emptyFolder();
    chmodSync(copy, 0o755);
    for (const part of [
      'package.json',
      'native/pg-symlinks.json',
      'native/bin',
      'native/lib',
      'native/share',
    ]) {
      cpSync(join(installedPackage(), part), join(copy, part), { recursive: true, verbatimSymlinks: true });
    }
    for (const name of readdirSync(join(copy, 'native/lib'))) {
      const path = join(copy, 'native/lib', name);
      if (/\.so\.\d+$/.test(name)) rmSync(path);
    }
    return copy;
  }

  function openHome(): string {
    const home = emptyFolder();
    chmodSync(home, 0o755);
    return home;
  }

  test('get their library links made when install scripts were blocked', async () => {
    if (process.platform !== 'linux') return;
    const broken = brokenPackage();
    const found = await usableBinaries(openHome(), account, broken);
    expect(found.postgres.startsWith(broken)).toBe(true);
  });

  asRoot(
    'are copied when the server’s account cannot read the checkout, and links are made there',
    async () => {
      const broken = brokenPackage();
      chmodSync(broken, 0o700);
      const home = openHome();
      const found = await usableBinaries(home, account, broken);
      expect(found.postgres.startsWith(home)).toBe(true);
      expect((await usableBinaries(home, account, broken)).postgres).toBe(found.postgres);
    },
  );

  test('that do not run at all say why', async () => {
    const broken = brokenPackage();
    rmSync(join(broken, 'native/pg-symlinks.json'));
    if (process.platform !== 'linux') return;
    await expect(usableBinaries(openHome(), account, broken)).rejects.toThrow(/DATABASE_URL instead.*lib/s);
  });
});

describe('the account', () => {
  const passwd = 'root:x:0:0::/root:/bin/bash\nnobody:x:65534:65533::/:/bin/false\n';

  test('is nobody where there is no postgres', () => {
    expect(serverAccount(0, () => passwd)).toEqual({ name: 'nobody', uid: 65534, gid: 65533 });
  });

  test('is our own when we are not root', () => {
    expect(serverAccount(1000, () => passwd)).toBeNull();
  });

  test('that is missing altogether is named', () => {
    expect(() => serverAccount(0, () => 'root:x:0:0::/:/bin/sh')).toThrow('neither "postgres" nor "nobody"');
  });

  const stranger = { name: 'nobody', uid: 65534, gid: 65534 };

  test('does not pass through a folder that is private to us', () => {
    const hidden = emptyFolder();
    expect(canPass(stranger, hidden)).toBe(false);
    expect(canPass(stranger, tmpdir())).toBe(true);
  });

  asRoot('that cannot reach the data directory gets a home elsewhere, the same at every start', () => {
    const dataDirectory = join(emptyFolder(), '.data');
    const home = serverHome(dataDirectory, stranger);
    folders.push(home);
    expect(home).toMatch(/^\/var\/lib\/qingpai\/[0-9a-f]{12}$/);
    expect(serverHome(dataDirectory, stranger)).toBe(home);
  });
});

test('a port on which somebody listens is left to him', async () => {
  const busy = await new Promise<number>((resolve) => {
    const other = createServer().listen(0, '127.0.0.1', () => {
      resolve((other.address() as { port: number }).port);
      other.unref();
    });
  });
  const picks = [busy, busy, 24_816];
  expect(await freePort(() => picks.shift()!)).not.toBe(busy);
  expect(picks).toEqual([]);
});
