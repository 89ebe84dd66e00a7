import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** jest's globalTeardown: tells the watchdog that the run is over, and waits until nothing of it is left. */
export default async function end() {
  const folder = join(tmpdir(), `qingpai-tests-${process.env.QINGPAI_TEST_RUN}`);
  if (!existsSync(folder)) return;
  writeFileSync(join(folder, 'over'), '');
  for (let tries = 0; tries < 100 && existsSync(folder); tries++) await pause(50);
}
