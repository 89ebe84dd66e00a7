import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { testDatabase, type TestDatabase } from '../testing/index.js';
import { compiled, compiledFolder } from '../testing/compiled.js';
import { createLog } from '../log.js';
import { dequeue, enqueue } from './enqueue.js';
import { Jobs } from './jobs.js';
import { platformMigrations } from './migrations/1795500160000-jobs.js';

let database: TestDatabase;
let owner: DataSource;
const log = createLog('silent');
const PAST_MS = Date.UTC(2026, 0, 1);
const FUTURE_MS = Date.UTC(2100, 0, 1);

beforeEach(async () => {
  database = await testDatabase({ entities: [], migrations: platformMigrations });
  owner = await new DataSource({ type: 'postgres', url: database.ownerUrl }).initialize();
  await owner.query('CREATE TABLE bills (id text); GRANT ALL ON bills TO qingpai_app');
});
afterEach(async () => {
  await owner.destroy();
  await database.close();
});
afterAll(() => rmSync(compiledFolder, { recursive: true, force: true }));

/** A worker that writes down what it did; `done(n)` when it has done so much. */
function worker() {
  const did: unknown[] = [];
  let tell: () => void = () => undefined;
  const jobs = new Jobs(log);
  jobs.handle('remind', async (payload) => {
    did.push(payload);
    tell();
  });
  const done = (count: number) =>
    new Promise<void>((resolve) => {
      tell = () => did.length >= count && resolve();
      tell();
    });
  return { did, done, jobs };
}

const waiting = async () => {
  const rows = await owner.query<{ key: string; payload: object }[]>(
    'SELECT key, payload FROM graphile_worker._private_jobs ORDER BY id',
  );
  return rows;
};

test('a job is committed with the row it stands beside, and is done', async () => {
  const { did, done, jobs } = worker();
  await database.dataSource.transaction(async (manager) => {
    await manager.query(`INSERT INTO bills VALUES ('B1')`);
    await enqueue(manager, 'remind', { bill: 'B1' }, PAST_MS, 'remind/B1');
  });
  const stop = jobs.start(database.dataSource);
  await done(1);
  await stop();
  expect(did).toEqual([{ bill: 'B1' }]);
  expect(await waiting()).toEqual([]);
});

test('what is rolled back leaves no job', async () => {
  const undone = database.dataSource.transaction(async (manager) => {
    await manager.query(`INSERT INTO bills VALUES ('B1')`);
    await enqueue(manager, 'remind', { bill: 'B1' }, PAST_MS, 'remind/B1');
    throw new Error('no');
  });
  await expect(undone).rejects.toThrow('no');
  expect(await waiting()).toEqual([]);
});

test('asked for again under its key, a job takes the place of the one that waits; taken back, it is gone', async () => {
  const { manager } = database.dataSource;
  await enqueue(manager, 'remind', { at: 'noon' }, FUTURE_MS, 'remind/B1');
  await enqueue(manager, 'remind', { at: 'six' }, FUTURE_MS, 'remind/B1');
  await enqueue(manager, 'remind', { at: 'noon' }, FUTURE_MS, 'remind/B2');
  await dequeue(manager, 'remind/B2');
  expect(await waiting()).toEqual([{ key: 'remind/B1', payload: { at: 'six' } }]);
});

test('a job whose process is killed in the middle of it is done by the next one, and once', async () => {
  const child = await childThatHangsInItsJob();
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await owner.query('SELECT id FROM bills')).toEqual([{ id: 'B1' }]);
  const { did, done, jobs } = worker();
  const stop = jobs.start(database.dataSource, 0);
  await done(1);
  await stop();
  expect(did).toEqual([{ bill: 'B1' }]);
  expect(await waiting()).toEqual([]);
});

test('what fails comes again later, and holds up nothing else', async () => {
  const { did, done, jobs } = worker();
  jobs.handle('fail', () => Promise.reject(new Error('not today')));
  const { manager } = database.dataSource;
  await enqueue(manager, 'fail', {}, PAST_MS, 'fail/1');
  await enqueue(manager, 'remind', { bill: 'B1' }, PAST_MS + 1, 'remind/B1');
  const stop = jobs.start(database.dataSource);
  await done(1);
  await stop();
  expect(did).toEqual([{ bill: 'B1' }]);
  expect(await waiting()).toEqual([{ key: 'fail/1', payload: {} }]);
});

test('the app adds jobs and works them off, and can change nothing about where they wait', async () => {
  const refused = async (sql: string) => {
    await expect(database.dataSource.query(sql)).rejects.toThrow(/permission denied|must be owner/);
  };
  await refused('DROP TABLE graphile_worker._private_jobs');
  await refused('TRUNCATE graphile_worker._private_jobs');
  await refused('CREATE TABLE graphile_worker.more (i int)');
  await refused('INSERT INTO graphile_worker.migrations (id) VALUES (99)');
});

/** Commits a row with its job, begins the job, says so, and never ends it. */
async function childThatHangsInItsJob(): Promise<ChildProcess> {
  const folder = await compiled();
  const script = `
    const { DataSource } = require('typeorm');
    const { enqueue } = require(${JSON.stringify(join(folder, 'jobs/enqueue.js'))});
    const { Jobs } = require(${JSON.stringify(join(folder, 'jobs/jobs.js'))});
    (async () => {
      const db = await new DataSource({ type: 'postgres', url: process.argv[1] }).initialize();
      await db.transaction(async (manager) => {
        await manager.query("INSERT INTO bills VALUES ('B1')");
        await enqueue(manager, 'remind', { bill: 'B1' }, ${PAST_MS}, 'remind/B1');
      });
      const quiet = { debug() {}, warn() {}, error() {} };
      const jobs = new Jobs(quiet);
      jobs.handle('remind', () => { process.stdout.write('begun'); return new Promise(() => {}); });
      jobs.start(db);
    })();`;
  const child = spawn(process.execPath, ['-e', script, database.url], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
