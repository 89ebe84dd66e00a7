import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ConfiguredWitness, parseWitnesses } from '@qingpai/auction';
import { type Log } from '@qingpai/platform';
import { ended, firstLine } from './childProcess.js';
import { type Closers } from './closers.js';

const READY_MS_MAX = 15_000;
/** After an end that nobody asked for; doubled while it does not last. */
const AGAIN_AFTER_MS = 2_000;
const AGAIN_MS_MAX = 60_000;
/** Compiled beside us. */
const program = join(__dirname, '../../../auditor/src/witness.js');

export interface OwnWitness {
  witness: ConfiguredWitness;
  /** Tells it of a log: it reads the file again when an unknown one asks. */
  introduce(vkey: string): void;
}

/**
 * A witness that comes with the house: a process of its own, with its own key and memory, so that a fault of the
 * server cannot make it sign. It proves less than one on the township's own machine, since whoever holds this machine
 * holds both; but it is there from the first start. Null when it cannot start: the market does without.
 */
export async function startOwnWitness(
  { dataDir, name }: { dataDir: string; name: string },
  log: Log,
  closers: Pick<Closers, 'add'>,
): Promise<OwnWitness | null> {
  const folder = join(dataDir, 'witness');
  const logsFile = join(dataDir, 'witness-logs.txt');
  const options = ['--state', folder, '--name', name, '--logs-file', logsFile];
  const witnessing = new Witnessing(options, log);
  closers.add('the witness', () => witnessing.stop());
  const witness = await witnessing.start();
  if (!witness) {
    log.warn('见证机没有启动，专场将没有见证 / the witness did not start: shows go without');
    return null;
  }
  log.info({ witness: witness.key.name, url: witness.url }, '见证机就绪 / the witness is ready');
  return { witness, introduce: (vkey) => addLine(logsFile, vkey) };
}

/** The witness's process; when it ends although nobody asked for it, it is started again at the same address. */
class Witnessing {
  private child: ChildProcessWithoutNullStreams | null = null;
  private again: NodeJS.Timeout | undefined;
  private waitMs = AGAIN_AFTER_MS;

  constructor(
    private readonly options: readonly string[],
    private readonly log: Log,
  ) {}

  async start(listen = '127.0.0.1:0'): Promise<ConfiguredWitness | undefined> {
    // In a group of its own: the terminal's Ctrl-C reaches us alone, and it stays until the last heads are cosigned.
    const all = [program, ...this.options, '--listen', listen, '--with-parent'];
    const child = spawn(process.execPath, all, { detached: true });
    this.child = child;
    createInterface({ input: child.stderr }).on('line', (line) =>
      this.log.warn({ witness: line }, '见证机 / the witness'),
    );
    const witness = await ready(child);
    if (witness) this.keepUp(child, new URL(witness.url!).host);
    return witness;
  }

  async stop(): Promise<void> {
    clearTimeout(this.again);
    if (this.child) await ended(this.child);
  }

  private keepUp(child: ChildProcessWithoutNullStreams, listen: string): void {
    const readyAtMs = performance.now();
    child.once('exit', (code, signal) => {
      // One that ends as soon as it has started is not asked again at once.
      const lasted = performance.now() - readyAtMs > AGAIN_MS_MAX;
      this.waitMs = lasted ? AGAIN_AFTER_MS : Math.min(2 * this.waitMs, AGAIN_MS_MAX);
      this.log.warn(
        { code, signal, againInMs: this.waitMs },
        '见证机停了，出价照常，稍后自动重启 / the witness has ended; bids go on, it is started again',
      );
      this.restart(listen);
    });
  }

  private restart(listen: string): void {
    this.again = setTimeout(() => {
      void this.start(listen).then((witness) => {
        if (witness) this.log.info('见证机已重启，正在补签 / the witness is back and catches up');
        else this.restart(listen);
      });
    }, this.waitMs);
  }
}

/** It says `WITNESS <vkey> <url>` when it listens. */
async function ready(child: ChildProcessWithoutNullStreams): Promise<ConfiguredWitness | undefined> {
  const line = await firstLine(child, READY_MS_MAX);
  return line.startsWith('WITNESS ') ? parseWitnesses(line.slice('WITNESS '.length))?.[0] : undefined;
}

function addLine(file: string, line: string): void {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (!lines.includes(line)) appendFileSync(file, `${line}\n`, { mode: 0o600 });
}
