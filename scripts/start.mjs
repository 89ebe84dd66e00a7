import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, refuseOldNode, root } from './ground.mjs';

// `npm start`: from a fresh clone to a room that is open, with Node alone. `npm run dev` follows the sources.
refuseOldNode();
process.chdir(root);
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);
if (process.argv.includes('--dev')) follow();
// In this very process: whoever stops npm, or this, stops the server, which then stops its Postgres.
else await import(pathToFileURL(join(root, 'dist/apps/market/src/main.js')).href);

/** The server restarts when its sources change, the pages are rebuilt when theirs do. */
function follow() {
  const children = [
    ['nest', 'start', 'market', '--watch'],
    ['vite', 'build', '--watch', '--config', 'apps/web/vite.config.mts'],
  ].map(([tool, ...args]) =>
    spawn(join(root, 'node_modules/.bin', tool), args, {
      stdio: 'inherit',
      shell: process.platform === 'win32',
    }),
  );
  const stop = () => children.forEach((child) => child.kill('SIGTERM'));
  process.on('SIGINT', stop).on('SIGTERM', stop);
  for (const child of children) child.once('exit', stop);
}
