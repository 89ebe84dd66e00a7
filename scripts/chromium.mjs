import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { root, run } from './ground.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * A Chromium that starts here: the one named, one on the PATH, Playwright's own, Debian's for root.
 * @returns {Promise<{path: string} | {why: string}>}
 */
export async function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  if (named) return starts(named) ? { path: named } : { why: `CHROMIUM_PATH=${named} does not start` };
  const found = onPath() ?? (await playwrights()) ?? (await debians());
  return found
    ? { path: found }
    : { why: 'no Chromium on the PATH, and none could be downloaded or installed' };
}

/** Asking for the version also shows whether the libraries it needs are there. */
function starts(path) {
  return spawnSync(path, ['--version'], { timeout: 20_000 }).status === 0;
}

function onPath() {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.flatMap((folder) => names.map((name) => join(folder, name))).find(starts);
}

async function playwrights() {
  const { chromium } = createRequire(join(root, 'package.json'))('playwright-core');
  if (starts(chromium.executablePath())) return chromium.executablePath();
  console.log('· 下载浏览器 downloading a Chromium for the browser tests …');
  const cli = join(root, 'node_modules/playwright-core/cli.js');
  await run(process.execPath, [cli, 'install', 'chromium'], { shown: false, limitMs: 180_000 });
  return starts(chromium.executablePath()) ? chromium.executablePath() : undefined;
}

async function debians() {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return undefined;
  console.log('· 安装浏览器 installing Debian’s Chromium for the browser tests …');
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { shown: false, env, limitMs: 120_000 });
  const packages = ['chromium', 'fonts-noto-cjk'];
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], {
    shown: false,
    env,
    limitMs: 240_000,
  });
  return onPath();
}
