import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type DatabaseUrls, startEmbeddedPostgres } from '../postgres/embeddedPostgres.js';

const START_MS_MAX = 60_000;

/** How it went, for those who wait. */
type Outcome = { urls: DatabaseUrls } | { error: string };

/**
 * The one Postgres of this test run. The first who asks starts it, in a folder named after the run; the others
 * find its address there. A watchdog ends it with the run.
 */
export async function testServer(): Promise<DatabaseUrls> {
  const run = process.env['QINGPAI_TEST_RUN'] ?? String(process.pid);
  const folder = join(tmpdir(), `qingpai-tests-${run}`);
  const file = join(folder, 'outcome.json');
  if (isFirst(folder)) {
    writeFileSync(`${file}.new`, JSON.stringify(await start(run, folder)));
    renameSync(`${file}.new`, file);
  }
  for (let waitedMs = 0; !existsSync(file); waitedMs += 20) {
    if (waitedMs > START_MS_MAX) throw new Error(`no Postgres for the tests appeared in ${folder}`);
    await pause(20);
  }
  const outcome = JSON.parse(readFileSync(file, 'utf8')) as Outcome;
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome.urls;
}

function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function start(run: string, folder: string): Promise<Outcome> {
  const watchdog = [join(__dirname, 'watchdog.mjs'), run, folder];
  spawn(process.execPath, watchdog, { detached: true, stdio: 'ignore' }).unref();
  try {
    const options = { dataDirectory: folder, durable: false, outlivesNode: true };
    const { url, ownerUrl, superuserUrl, port } = await startEmbeddedPostgres(options);
    return { urls: { url, ownerUrl, superuserUrl, port } };
  } catch (error) {
    return { error: String(error) };
  }
}
