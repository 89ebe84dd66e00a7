import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram, goBuilt } from './foreign.js';
import { freePorts } from './ports.js';

export const LIVEKIT_VERSION = 'v1.9.12';
const source = 'github.com/livekit/livekit-server/cmd/server';
/** Null: not here. */
export const liveKit = goBuilt('livekit-server', { module: source, version: LIVEKIT_VERSION });
/** Null: not here. */
export const redis = debianProgram('redis-server', 'redis-server');

export const API_KEY = 'APItest';
export const API_SECRET = 'a-secret-of-the-test-that-is-long-enough';
const READY_MS_MAX = 20_000;

/** Where one node listens; chosen before it starts, since the market is told of it first. */
export interface NodePorts {
  http: number;
  udp: number;
  tcp: number;
}
export async function nodePorts(): Promise<NodePorts> {
  const [http, udp, tcp] = await freePorts(3);
  return { http: http!, udp: udp!, tcp: tcp! };
}

/** A process of a foreign server, with a folder of its own. */
class Foreign {
  protected readonly folder = mkdtempSync(join(tmpdir(), 'qingpai-foreign-'));
  protected child!: ChildProcess;
  said = '';

  protected async run(program: string, args: string[], isReady: () => Promise<boolean>): Promise<void> {
    this.child = spawn(program, args, { cwd: this.folder });
    for (const stream of [this.child.stdout!, this.child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => (this.said += text));
    for (const endMs = performance.now() + READY_MS_MAX; !(await isReady());) {
      if (performance.now() > endMs) throw new Error(`${program} did not start:\n${this.said}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  async close(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** One node of the real LiveKit. */
export class LiveKitNode extends Foreign {
  static async open(
    ports: NodePorts,
    { webhook, redisPort }: { webhook?: string; redisPort?: number } = {},
  ): Promise<LiveKitNode> {
    const node = new LiveKitNode();
    const config = {
      port: ports.http,
      bind_addresses: ['127.0.0.1'],
      rtc: {
        udp_port: ports.udp,
        tcp_port: ports.tcp,
        node_ip: '127.0.0.1',
        use_external_ip: false,
        enable_loopback_candidate: true,
        interfaces: { includes: ['lo'] },
      },
      keys: { [API_KEY]: API_SECRET },
      logging: { level: 'info' },
      ...(webhook && { webhook: { api_key: API_KEY, urls: [webhook] } }),
      ...(redisPort && { redis: { address: `127.0.0.1:${redisPort}` } }),
    };
    const file = join(node.folder, 'livekit.yaml');
    writeFileSync(file, JSON.stringify(config)); // YAML reads it
    await node.run(liveKit!, ['--config', file, '--node-ip', '127.0.0.1'], () =>
      fetch(`http://127.0.0.1:${ports.http}/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return node;
  }
}

/** A Redis that keeps nothing. */
export class RedisProcess extends Foreign {
  port = 0;

  static async open(): Promise<RedisProcess> {
    const server = new RedisProcess();
    [server.port] = (await freePorts(1)) as [number];
    const args = ['--port', String(server.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    await server.run(redis!, args, async () => server.said.includes('Ready to accept connections'));
    return server;
  }
}
