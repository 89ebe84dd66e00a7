import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MediaClaim, signToken } from '@qingpai/media/rules';

const program = join(__dirname, '../../../dist/apps/relay/src/main.js');
const HOUR_MS = 3_600_000;

/** The built relay as a process of its own, as the market starts it. */
export class RelayProcess {
  readonly key = randomBytes(32);
  private readonly folder = mkdtempSync(join(tmpdir(), 'qingpai-relay-'));
  private child!: ChildProcess;
  url = '';
  said = '';

  static async open(...options: string[]): Promise<RelayProcess> {
    if (!existsSync(program)) throw new Error('the relay is not built: npm run build:server');
    const relay = new RelayProcess();
    const keyFile = join(relay.folder, 'key');
    writeFileSync(keyFile, relay.key.toString('base64'));
    relay.child = spawn(process.execPath, [program, '--key-file', keyFile, '--with-parent', ...options], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    relay.child.stdout!.setEncoding('utf8').on('data', (text: string) => (relay.said += text));
    while (!relay.said.includes('\n')) await once(relay.child.stdout!, 'data');
    relay.url = /^RELAY (\S+)/.exec(relay.said)?.[1] ?? '';
    return relay;
  }

  /** As the kernel ends it when memory is short. */
  async kill(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  async close(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.stdin!.end();
    await gone;
    rmSync(this.folder, { recursive: true, force: true });
  }

  token(show: string, may: MediaClaim['may'], person = 'somebody', forMs = HOUR_MS): string {
    return signToken({ show, may, person, untilMs: Date.now() + forMs }, this.key);
  }
  whip = (show: string) => `${this.url}/whip/${show}`;
  whep = (show: string) => `${this.url}/whep/${show}`;

  /** The newest word on each stage, for as long as the test runs. */
  async news(): Promise<Map<string, { state: string; video: boolean; audio: boolean; take: number }>> {
    const heard = new Map<string, { state: string; video: boolean; audio: boolean; take: number }>();
    const headers = { authorization: `Bearer ${this.token('*', 'events')}` };
    const response = await fetch(`${this.url}/events`, { headers });
    void (async () => {
      let rest = '';
      for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
        const lines = (rest + Buffer.from(part).toString()).split('\n');
        rest = lines.pop()!;
        for (const line of lines.filter(Boolean)) {
          const { show, stage } = JSON.parse(line) as {
            show: string;
            stage: { state: string; video: boolean; audio: boolean; take: number };
          };
          heard.set(show, stage);
        }
      }
    })().catch(() => undefined);
    return heard;
  }

  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(new RegExp(`^qingpai_relay_${name} (\\S+)$`, 'm').exec(text)?.[1]);
  }
}
