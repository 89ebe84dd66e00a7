import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Environment } from '../config.js';

const READY_MS_MAX = 60_000;

/** A server as its own process, with everything it said. */
export interface ServerProcess {
  child: ChildProcess;
  /** Stdout so far. */
  said(): string;
  /** Stderr so far: the log. */
  logged(): string;
  /** Its address, e.g. http://localhost:40123. */
  origin(): string;
  exited: Promise<number | null>;
}

const anyMediaPort = { MEDIA_UDP_PORT: '0', MEDIA_TCP_PORT: 'off' };

/** Starts main.js and waits until it says `ready` or ends. */
export async function startProcess(main: string, environment: Environment): Promise<ServerProcess> {
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, HOST: '127.0.0.1', PORT: '0', HTTPS_PORT: '0', ...anyMediaPort, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const exited = once(child, 'close').then(([code]) => code as number | null);
  const isReady = new Promise<void>((resolve) =>
    child.stdout.on('data', () => /^ready$/m.test(out) && resolve()),
  );
  const late = setTimeout(() => child.kill('SIGKILL'), READY_MS_MAX);
  await Promise.race([isReady, exited]);
  clearTimeout(late);
  return {
    child,
    exited,
    said: () => out,
    logged: () => err,
    origin: () => /http:\/\/localhost:\d+/.exec(out)?.[0] ?? '',
  };
}
