import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** jest's globalSetup, before each project of a run. The last step of a run is in end.mjs. */
export default function begin() {
  if (process.env.QINGPAI_TEST_RUN) return;
  // Workers inherit it, so that the whole run shares one Postgres (testServer.ts).
  process.env.QINGPAI_TEST_RUN = String(process.pid);
  // Left by a run that had our pid long ago, if by anyone.
  rmSync(join(tmpdir(), `qingpai-tests-${process.pid}`), { recursive: true, force: true });
}
