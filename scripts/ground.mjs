import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What a fresh clone needs before any package is there: `node:` modules only, so Node alone runs this file. */

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isWindows = process.platform === 'win32';

/** Says so and exits on a Node that is too old to run the rest. */
export function refuseOldNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`需要 Node 20.19 以上，现在是 ${process.versions.node}：https://nodejs.org`);
  console.error(`Qingpai needs Node 20.19 or newer; this is ${process.versions.node}: https://nodejs.org`);
  process.exit(1);
}

/**
 * Runs a program to its end.
 * @param niceness of it and all that it starts: from 0, as usual, to 19, when nobody else wants the processor
 * @returns {Promise<{ok: boolean, output: string}>} output only if not shown
 */
export function run(command, args, { shown = true, env = {}, limitMs = 0, niceness = 0 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: shown ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
      shell: isWindows,
    });
    if (niceness > 0 && child.pid) setPriority(child.pid, niceness);
    let output = '';
    for (const stream of shown ? [] : [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    const timer = limitMs && setTimeout(() => child.kill('SIGKILL'), limitMs);
    const end = (ok) => {
      clearTimeout(timer);
      resolve({ ok, output });
    };
    child.once('error', (error) => {
      output += error.message;
      end(false);
    });
    child.once('close', (code) => end(code === 0));
  });
}

/**
 * One step that a person waits for: a line at its start, its seconds at its end, its output only if it fails. Said on
 * standard error, as standard output belongs to what was asked for.
 */
export async function step(zh, en, work) {
  const startMs = Date.now();
  process.stderr.write(`· ${zh} ${en} …\n`);
  const seconds = () => `${Math.round((Date.now() - startMs) / 1000)} s`;
  // Named, as another may be waited for at the same time.
  const alive = setInterval(() => process.stderr.write(`  … ${en} ${seconds()}\n`), 10_000);
  const { ok, output } = await work();
  clearInterval(alive);
  if (!ok && output) process.stderr.write(`${output}\n`);
  process.stderr.write(ok ? `  ✓ ${en} ${seconds()}\n` : `  ✗ ${zh}失败 ${en}: failed\n`);
  return ok;
}

/** As npm itself keeps it: written at the end of an install, so an install cut short does not count. */
const installed = join(root, 'node_modules', '.package-lock.json');

/** `npm ci` if packages are missing or the lock is newer than they are. */
export async function ensureInstalled() {
  const lock = join(root, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return true;
  // The build needs the development packages too, whatever NODE_ENV says.
  const args = ['ci', '--include=dev', '--include=optional', '--no-audit', '--no-fund'];
  return step('安装依赖（首次约一两分钟）', 'installing packages', () => run('npm', args, { shown: false }));
}

const builds = [
  { script: 'build:server', zh: '构建服务器', en: 'building the server' },
  { script: 'build:web', zh: '构建网页', en: 'building the pages' },
];
const built = join(root, 'dist', 'built-at');

/** Builds what is missing or older than its sources. */
export async function ensureBuilt({ always = false } = {}) {
  if (!always && existsSync(built) && statSync(built).mtimeMs > newestSourceMs()) return true;
  const startMs = Date.now();
  for (const { script, zh, en } of builds) {
    if (!(await step(zh, en, () => run('npm', ['run', '--silent', script], { shown: false })))) return false;
  }
  mkdirSync(dirname(built), { recursive: true });
  writeFileSync(built, new Date(startMs).toISOString());
  return true;
}

function newestSourceMs() {
  const tops = ['apps', 'libs', 'package-lock.json', 'package.json', 'tsconfig.json', 'nest-cli.json'];
  return Math.max(...tops.map((top) => newestMs(join(root, top))));
}

/** Specs are not built, so they do not count. */
function newestMs(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return path.endsWith('.spec.ts') ? 0 : stat.mtimeMs;
  const inner = readdirSync(path).filter((name) => name !== 'node_modules');
  return Math.max(stat.mtimeMs, ...inner.map((name) => newestMs(join(path, name))));
}
