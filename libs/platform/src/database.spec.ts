import { createServer, connect, type Socket } from 'node:net';
import { type Client } from 'pg';
import {
  Column,
  DataSource,
  Entity,
  type MigrationInterface,
  PrimaryColumn,
  type QueryRunner,
} from 'typeorm';
import { openDatabase } from './database.js';
import { giveUp } from './databaseClient.js';
import { bigintColumn } from './safeInteger.js';
import { testDatabase, type TestDatabase } from './testing/index.js';

@Entity('jars')
class Jar {
  @PrimaryColumn('int') id!: number;
  @Column('bigint', { name: 'price_fen', transformer: bigintColumn }) priceFen!: number;
}

class Jars1795500000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE TABLE jars (id int PRIMARY KEY, price_fen bigint NOT NULL)');
    await runner.query('GRANT SELECT, INSERT ON jars TO qingpai_app');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE jars');
  }
}

const shape = { entities: [Jar], migrations: [Jars1795500000000] };
let database: TestDatabase;
const closing: (() => void)[] = [];

beforeAll(async () => {
  database = await testDatabase(shape);
});
afterAll(async () => {
  closing.forEach((close) => close());
  await database.close();
});

test('bigints come as numbers, from entities and from plain queries', async () => {
  const jars = database.dataSource.getRepository(Jar);
  await jars.insert({ id: 1, priceFen: 9_007_199_254_740_991 });
  expect((await jars.findOneByOrFail({ id: 1 })).priceFen).toBe(9_007_199_254_740_991);
  expect(await database.dataSource.query('SELECT price_fen, count(*) OVER () AS n FROM jars')).toEqual([
    { price_fen: 9_007_199_254_740_991, n: 1 },
  ]);
});

test('a bigint that no number can hold is a bug, not a wrong sum', async () => {
  await expect(database.dataSource.query('SELECT 9007199254740993::bigint')).rejects.toThrow('bug:');
});

test('the app may not do what it was not granted, migrations may', async () => {
  await expect(database.dataSource.query('DELETE FROM jars')).rejects.toThrow('permission denied');
  const owner = await openDatabase({ url: database.ownerUrl, ...shape });
  await owner.query('DELETE FROM jars');
  await owner.destroy();
});

test('migrations run once, however often the database is opened', async () => {
  const open = () => openDatabase({ url: database.url, ownerUrl: database.ownerUrl, ...shape });
  for (const source of await Promise.all([open(), open()])) await source.destroy();
});

test('every connection has its limits, and answers after the commit is on disk', async () => {
  const setting = async (name: string) =>
    (
      (await database.dataSource.query(`SELECT current_setting($1) AS value`, [name])) as { value: string }[]
    )[0]?.value;
  expect(await setting('statement_timeout')).toBe('10s');
  expect(await setting('lock_timeout')).toBe('5s');
  expect(await setting('idle_in_transaction_session_timeout')).toBe('10s');
  expect(await setting('synchronous_commit')).toBe('on');
});

/** Stands between us and Postgres; `dark` swallows everything, as a network that died without a word. */
async function proxyTo(url: string) {
  const state = { dark: false };
  const silent = new Set<Socket>();
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from.on('error', () => to.destroy()).on('close', () => to.destroy()));
      from.on('data', (bytes) => state.dark || silent.has(from) || to.write(bytes));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  closing.push(() => {
    sockets.forEach((socket) => socket.destroy());
    server.close();
  });
  /** What is connected now stays dark for ever. */
  const kill = () => sockets.forEach((socket) => silent.add(socket));
  return { state, kill, url: Object.assign(new URL(url), { port: String(port) }).href };
}

test('a network that dies in silence costs a query its limit, and no later query waits behind it', async () => {
  const proxy = await proxyTo(database.url);
  const source: DataSource = await openDatabase({
    ...shape,
    url: proxy.url,
    ownerUrl: database.ownerUrl,
    poolMax: 1,
    queryMsMax: 300,
  });
  await source.query('SELECT 1');
  proxy.state.dark = true;
  await expect(source.query('SELECT 2')).rejects.toThrow('timeout');
  proxy.state.dark = false;
  expect(await source.query('SELECT 3 AS three')).toEqual([{ three: 3 }]);
  await source.destroy();
});

test('when one connection falls silent, the others are not asked: the next query is answered at once', async () => {
  const proxy = await proxyTo(database.url);
  const source: DataSource = await openDatabase({
    ...shape,
    url: proxy.url,
    ownerUrl: database.ownerUrl,
    poolMax: 4,
    queryMsMax: 2_500,
  });
  // Four connections; all but one lie idle when the network dies.
  await Promise.all([1, 2, 3, 4].map(() => source.query('SELECT pg_sleep(0.2)')));
  proxy.kill();
  await expect(source.query('SELECT 2')).rejects.toThrow('timeout');
  const askedAtMs = performance.now();
  expect(await source.query('SELECT 3 AS three')).toEqual([{ three: 3 }]);
  expect(performance.now() - askedAtMs).toBeLessThan(2_000);
  await source.destroy();
});

test('who waits already when one gives up is cut with him', async () => {
  const proxy = await proxyTo(database.url);
  const source: DataSource = await openDatabase({
    ...shape,
    url: proxy.url,
    ownerUrl: database.ownerUrl,
    poolMax: 4,
    queryMsMax: 30_000,
  });
  await Promise.all([1, 2].map(() => source.query('SELECT pg_sleep(0.1)')));
  proxy.kill();
  const waiting = source.query('SELECT 1');
  const runner = source.createQueryRunner();
  const client = (await runner.connect()) as Client;
  const lost = runner.query('SELECT 2');
  await new Promise((resolve) => setTimeout(resolve, 2_100));
  giveUp(client);
  await expect(lost).rejects.toThrow('terminated');
  await expect(waiting).rejects.toThrow('terminated');
  await runner.release();
  expect(await source.query('SELECT 3 AS three')).toEqual([{ three: 3 }]);
  await source.destroy();
});
