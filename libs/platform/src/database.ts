import { type EventEmitter } from 'node:events';
import { DataSource, type DataSourceOptions, type MigrationInterface } from 'typeorm';
import { MortalClient, safeTypes } from './databaseClient.js';
import {
  DATABASE_CONNECT_MS_MAX,
  DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
  DATABASE_LOCK_MS_MAX,
  DATABASE_POOL_MAX,
  DATABASE_QUERY_MS_MAX,
  DATABASE_STATEMENT_MS_MAX,
} from './limits.js';
import { cutTheSilent } from './silence.js';

export type EntityClass = new () => object;
export type MigrationClass = new () => MigrationInterface;

export interface DatabaseOptions {
  /** The app's role: rows, as granted, and never the tables. */
  url: string;
  /** The role that owns the tables and migrates them. Without it `url` does both, and the log is guarded less. */
  ownerUrl?: string;
  entities: readonly EntityClass[];
  migrations: readonly MigrationClass[];
  poolMax?: number;
  /** For tests of dead networks. */
  queryMsMax?: number;
  /** Called when a client that waits in the pool loses its server. The pool makes a new one. */
  onLostClient?: (error: Error) => void;
}

/** Migrates as the owner, then connects as the app. The schema is what the migrations say, never the entities. */
export async function openDatabase(options: DatabaseOptions): Promise<DataSource> {
  await migrate(options.ownerUrl ?? options.url, options.migrations);
  const db = await new DataSource({
    ...connection(options.url, options),
    entities: [...options.entities],
  }).initialize();
  cutTheSilent((db.driver as unknown as { master: EventEmitter }).master);
  return db;
}

/** Migrations may take as long as they need: no statement limit. */
async function migrate(url: string, migrations: readonly MigrationClass[]): Promise<void> {
  if (migrations.length === 0) return;
  const owner = new DataSource({ type: 'postgres', url, migrations: [...migrations], poolSize: 1 });
  await owner.initialize();
  try {
    await owner.runMigrations({ transaction: 'each' });
  } finally {
    await owner.destroy();
  }
}

function connection(url: string, options: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    applicationName: 'qingpai',
    poolSize: options.poolMax ?? DATABASE_POOL_MAX,
    connectTimeoutMS: DATABASE_CONNECT_MS_MAX,
    poolErrorHandler: options.onLostClient ?? (() => undefined),
    extra: {
      Client: MortalClient,
      types: safeTypes,
      query_timeout: options.queryMsMax ?? DATABASE_QUERY_MS_MAX,
      statement_timeout: DATABASE_STATEMENT_MS_MAX,
      lock_timeout: DATABASE_LOCK_MS_MAX,
      idle_in_transaction_session_timeout: DATABASE_IDLE_IN_TRANSACTION_MS_MAX,
      keepAlive: true,
      // An answer is a promise: no server setting may weaken it.
      options: '-c synchronous_commit=on',
    },
  };
}
