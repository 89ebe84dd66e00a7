import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, refuseOldNode, root } from './ground.mjs';

// `npm run verify -- <bundle>`: judges a show's bundle offline; exits with the verdict's own code, or 2.
refuseOldNode();
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(2);
// Paths are meant from where the person stands, not from the project's root.
const verifying = spawnSync(
  process.execPath,
  [join(root, 'dist/apps/auditor/src/verify.js'), ...process.argv.slice(2)],
  { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: 'inherit' },
);
process.exit(verifying.status ?? 2);
