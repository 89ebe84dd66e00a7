import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Account } from './account.js';
import { type Binaries } from './binaries.js';
import { complaintOf } from './run.js';

/** Who may do what: `postgres` runs the cluster, the owner migrates, the app lives on what it was granted. */
export const roles = { superuser: 'postgres', owner: 'qingpai_owner', app: 'qingpai_app' } as const;
export type RoleName = keyof typeof roles;
export type Passwords = Record<RoleName, string>;

/** Made at the first start, readable by us alone; the server itself keeps only their SCRAM verifiers. */
export function passwordsIn(home: string): Passwords {
  const file = join(home, 'passwords.json');
  if (!existsSync(file)) {
    const fresh = () => randomBytes(24).toString('hex');
    const passwords: Passwords = { superuser: fresh(), owner: fresh(), app: fresh() };
    writeFileSync(file, JSON.stringify(passwords), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, 'utf8')) as Passwords;
}

/** An empty cluster, made beside its place and moved there when whole: a start cut short leaves nothing half. */
export async function makeCluster(
  home: string,
  binaries: Binaries,
  account: Account | null,
  options: { password: string; durable: boolean },
): Promise<void> {
  const unfinished = join(home, 'data.unfinished');
  const passwordFile = join(home, 'initdb-password');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { mode: 0o700 });
  writeFileSync(passwordFile, options.password, { mode: 0o600 });
  if (account) for (const path of [unfinished, passwordFile]) chownSync(path, account.uid, account.gid);
  const args = [
    ...['--pgdata', unfinished, '--username', roles.superuser, '--pwfile', passwordFile],
    ...['--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--locale-provider=builtin'],
    ...['--builtin-locale=C.UTF-8', '--no-instructions', ...(options.durable ? [] : ['--no-sync'])],
  ];
  const said = await complaintOf(binaries.initdb, args, account, home);
  rmSync(passwordFile);
  if (said !== null) throw new Error(`initdb failed: ${said}`);
  renameSync(unfinished, join(home, 'data'));
}

export function urlOf(port: number, role: RoleName, passwords: Passwords, database: string): string {
  return `postgres://${roles[role]}:${passwords[role]}@127.0.0.1:${port}/${database}`;
}

/** Roles and database, at every start: whatever a start cut short left out is there afterwards. */
export async function ensureRoles(port: number, passwords: Passwords, database: string): Promise<void> {
  const client = new Client({ connectionString: urlOf(port, 'superuser', passwords, 'postgres') });
  await client.connect();
  try {
    for (const role of ['owner', 'app'] as const) {
      const name = roles[role];
      const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
      if (!rowCount) await client.query(`CREATE ROLE ${name}`);
      await client.query(`ALTER ROLE ${name} LOGIN PASSWORD ${client.escapeLiteral(passwords[role])}`);
    }
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [database]);
    if (!rowCount) await client.query(`CREATE DATABASE ${database} OWNER ${roles.owner}`);
  } finally {
    await client.end();
  }
}
