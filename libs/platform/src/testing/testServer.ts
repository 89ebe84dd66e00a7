import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DatabaseUrls, startEmbeddedPostgres } from '../postgres/embeddedPostgres.js';

const START_MS_MAX = 60_000;

/**
 * The one Postgres of this test run. The first who asks starts it, in a folder named after the run; the others
 * find its address there. A watchdog ends it with the run.
 */
export async function testServer(): Promise<DatabaseUrls> {
  const run = process.env['QINGPAI_TEST_RUN'] ?? String(process.pid);
  const folder = join(tmpdir(), `qingpai-tests-${run}`);
  const address = join(folder, 'address.json');
  if (isFirst(folder)) await start(run, folder, address);
  for (let waitedMs = 0; !existsSync(address); waitedMs += 20) {
    if (waitedMs > START_MS_MAX) throw new Error(`no Postgres for the tests appeared in ${folder}`);
    await pause(20);
  }
  return JSON.parse(readFileSync(address, 'utf8')) as DatabaseUrls;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function start(run: string, folder: string, address: string): Promise<void> {
  const watchdog = [join(__dirname, 'watchdog.mjs'), run, folder];
  spawn(process.execPath, watchdog, { detached: true, stdio: 'ignore' }).unref();
  const { url, ownerUrl, superuserUrl, port } = await startEmbeddedPostgres({
    dataDirectory: folder,
    durable: false,
    outlivesNode: true,
  });
  writeFileSync(
    `${address}.new`,
    JSON.stringify({ url, ownerUrl, superuserUrl, port } satisfies DatabaseUrls),
  );
  renameSync(`${address}.new`, address);
}
