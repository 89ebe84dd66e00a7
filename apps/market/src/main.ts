import 'reflect-metadata';
import { claimDataDirectory, createLog, type Log, onStopSignal } from '@qingpai/platform';
import { BadConfig, type Config, configOfProcess } from './config.js';
import { Closers } from './start/closers.js';
import { consoleLines } from './start/consoleLines.js';
import { ring } from './start/doorbell.js';
import { startMarket } from './start/running.js';

/** People read stdout: the links and `ready`. The log goes to stderr. */
async function main(): Promise<void> {
  const config = configOfProcess();
  const claim = claimDataDirectory(config.dataDir);
  if (!claim.mine) return tellOfRunning(claim, config);
  const log = logFor(config);
  const closers = new Closers(log);
  const starting = startMarket(config, claim, log, closers);
  onStopSignal(async (signal) => {
    log.info({ signal }, '正在停止 / stopping');
    // What is half started cannot be closed yet.
    await starting.catch(() => undefined);
    await closers.closeAll();
  });
  try {
    print(await starting);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
  print('ready\n');
}

/** A second start on the same data gives the links of the server that runs, and leaves it alone. */
async function tellOfRunning(claim: { pid: number; note: string | null }, config: Config): Promise<void> {
  print(`已在运行 / already running: pid ${claim.pid}, ${config.dataDir}\n`);
  const text = claim.note === null ? null : await ring(claim.note);
  print(text ?? '它还在启动，稍后再试 / it is still starting; try again in a moment\n');
  if (text !== null) print('ready\n');
}

function logFor(config: Config): Log {
  const write = (text: string) => void process.stderr.write(text);
  return createLog(config.logLevel, process.stderr.isTTY ? consoleLines(write) : { write });
}

const print = (text: string) => void process.stdout.write(text);

function explained(error: unknown): string {
  if (error instanceof BadConfig) return error.message;
  const { code, port } = error as { code?: string; port?: number };
  if (code === 'EADDRINUSE') {
    return `端口 ${port} 已被占用，换一个：PORT=8030 npm start / Port ${port} is taken; choose another`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch((error: unknown) => {
  process.stderr.write(`${explained(error)}\n`);
  process.exitCode = 1;
  // Whatever could not be closed must not keep the process.
  setTimeout(() => process.exit(1), 1_000).unref();
});
