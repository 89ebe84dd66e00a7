import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';

const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 20_000;
const CODE_WITHIN_MS = 10_000;

/**
 * Starts the real server, as `npm start` does, on a data directory of its own and a free port of this machine.
 * @returns its address, the codes it sends (as the console driver prints them), and how to stop it
 */
export async function startServer(root, dataDir, environment = {}) {
  const child = spawn(process.execPath, [join(root, 'dist/apps/market/src/main.js')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      DATA_DIR: dataDir,
      HOST: '127.0.0.1',
      PORT: '0',
      HTTPS_PORT: 'off',
      // Nobody sends a picture here; the ports stay free for a server that is used.
      LIVE_VIDEO: 'no',
      PUBLIC_URL: '',
      DATABASE_URL: '',
      DATABASE_OWNER_URL: '',
      RATE_TIMES: '',
      LOG_LEVEL: 'warn',
      DEMO: 'yes',
      SEED_SHOW: 'no',
      ...environment,
    },
  });
  const heard = [];
  const waiting = new Set();
  const hear = (line) => {
    heard.push(line);
    for (const look of waiting) look(line);
  };
  createInterface({ input: child.stdout }).on('line', hear);
  createInterface({ input: child.stderr }).on('line', hear);

  /** The first line that matches, said already or still to come. */
  const lineWith = (pattern, withinMs) =>
    new Promise((resolve, reject) => {
      const said = heard.map((line) => pattern.exec(line)).find(Boolean);
      if (said) return resolve(said);
      const end = (settle, value) => {
        waiting.delete(look);
        clearTimeout(timer);
        child.off('exit', gone);
        settle(value);
      };
      const failed = (why) => end(reject, new Error(`${why}\n${heard.slice(-20).join('\n')}`));
      const look = (line) => {
        const match = pattern.exec(line);
        if (match) end(resolve, match);
      };
      const gone = () => failed('the server ended');
      const timer = setTimeout(() => failed(`the server did not say ${pattern}`), withinMs);
      waiting.add(look);
      child.once('exit', gone);
    });

  const stop = () =>
    new Promise((resolve) => {
      if (child.exitCode !== null || child.signalCode !== null) return resolve();
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });

  try {
    await lineWith(/^ready\b/, READY_WITHIN_MS);
    const [, address] = await lineWith(/(http:\/\/(?:localhost|127\.0\.0\.1):\d+)/, 1_000);
    const codeOf = async (phone) =>
      (await lineWith(new RegExp(`^SMS-CODE phone=${phone} code=(\\d{6})`), CODE_WITHIN_MS))[1];
    return { address, codeOf, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
