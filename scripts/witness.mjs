import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, refuseOldNode, root } from './ground.mjs';

// `npm run witness -- …`: the township's own witness (docs/witness.md).
refuseOldNode();
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(2);
// Paths are meant from where the person stands, not from the project's root.
const witness = spawn(
  process.execPath,
  [join(root, 'dist/apps/auditor/src/witness.js'), ...process.argv.slice(2)],
  { cwd: process.env.INIT_CWD ?? process.cwd(), stdio: 'inherit' },
);
// The terminal's Ctrl-C reaches both; the witness ends first and tells how.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => witness.kill('SIGTERM'));
witness.once('exit', (code) => process.exit(code ?? 1));
