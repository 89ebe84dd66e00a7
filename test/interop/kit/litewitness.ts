import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COSIGNATURE_V1, formatVkey, verifierKey } from '@qingpai/ledger/rules';
import { goProgram, runs } from './foreign.js';

const VERSION = 'v0.9.0';
/** The hash of the empty tree, as its table wants it. */
const EMPTY = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=';
const UP_WITHIN_MS = 10_000;

/** What it takes: the program, an agent for its key, and a hand that writes into its database. */
export function litewitness(): string | null {
  if (!runs('python3', '-c', 'import sqlite3') || !hasAgent()) return null;
  return goProgram('litewitness', `filippo.io/torchwood/cmd/litewitness@${VERSION}`);
}
const hasAgent = (): boolean => {
  try {
    execFileSync('sh', ['-c', 'command -v ssh-agent && command -v ssh-add && command -v ssh-keygen']);
    return true;
  } catch {
    return false;
  }
};

/** The public witness litewitness (filippo.io/torchwood), as a process of its own with a key in an agent of its own. */
export class Litewitness {
  private constructor(
    private readonly folder: string,
    private readonly processes: ChildProcess[],
    readonly vkey: string,
    readonly url: string,
  ) {}

  static async start(program: string, name: string): Promise<Litewitness> {
    const folder = mkdtempSync(join(tmpdir(), 'qingpai-litewitness-'));
    const [key, socket, db] = [join(folder, 'key'), join(folder, 'agent'), join(folder, 'db')];
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    await until(() => runsIn(env, 'ssh-add', '-q', key));
    const fingerprint = execFileSync('ssh-keygen', ['-lf', key], { encoding: 'utf8' }).split(' ')[1]!;
    const port = await freePort();
    const args = ['-db', db, '-name', name, '-key', fingerprint, '-ssh-agent', socket];
    const witness = spawn(program, [...args, '-listen', `127.0.0.1:${port}`], { stdio: 'ignore' });
    const url = `http://127.0.0.1:${port}`;
    await until(() =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    );
    // The key's own bytes are the last ones of what ssh writes.
    const blob = Buffer.from(readFileSync(`${key}.pub`, 'utf8').split(' ')[1]!, 'base64');
    const vkey = formatVkey(verifierKey(name, COSIGNATURE_V1, new Uint8Array(blob.subarray(-32))));
    return new Litewitness(folder, [witness, agent], vkey, url);
  }

  /** Tells it of a log, by rows in its tables. */
  learn(origin: string, vkey: string): void {
    const script = [
      'import sqlite3, sys',
      'db = sqlite3.connect(sys.argv[1], timeout=10)',
      'db.execute("INSERT OR IGNORE INTO log (origin, tree_size, tree_hash) VALUES (?, 0, ?)", (sys.argv[2], sys.argv[4]))',
      'db.execute("INSERT OR IGNORE INTO key (origin, key) VALUES (?, ?)", (sys.argv[2], sys.argv[3]))',
      'db.commit()',
    ].join('\n');
    execFileSync('python3', ['-c', script, join(this.folder, 'db'), origin, vkey, EMPTY]);
  }

  stop(): void {
    for (const process of this.processes) process.kill('SIGTERM');
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const runsIn = (env: NodeJS.ProcessEnv, program: string, ...args: string[]): Promise<boolean> =>
  Promise.resolve().then(() => {
    try {
      execFileSync(program, args, { env, stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });

async function until(is: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + UP_WITHIN_MS; Date.now() < end;) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the witness did not come up');
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
