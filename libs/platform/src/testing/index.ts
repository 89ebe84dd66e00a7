import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { type DataSource } from 'typeorm';
import { type EntityClass, type MigrationClass, openDatabase } from '../database.js';
import { roles } from '../postgres/cluster.js';
import { testServer } from './testServer.js';

export interface TestDatabase {
  /** Connected as the app's role, as the server is: what the app may not do fails here too. */
  dataSource: DataSource;
  url: string;
  /** The role that owns the tables, for tests that play a dishonest operator. */
  ownerUrl: string;
  close(): Promise<void>;
}

/** A fresh, migrated database on a real Postgres, for one spec file or one test. */
export async function testDatabase(options: {
  entities: readonly EntityClass[];
  migrations: readonly MigrationClass[];
}): Promise<TestDatabase> {
  const server = await testServer();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const inNew = (url: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const [url, ownerUrl] = [inNew(server.url), inNew(server.ownerUrl)];
  await once(server.superuserUrl, `CREATE DATABASE ${name} OWNER ${roles.owner}`);
  const dataSource = await openDatabase({ url, ownerUrl, ...options });
  return {
    dataSource,
    url,
    ownerUrl,
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await once(server.superuserUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

/** One statement on a connection of its own: CREATE DATABASE stands in no transaction. */
async function once(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
