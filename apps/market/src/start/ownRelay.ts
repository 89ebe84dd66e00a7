import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { RelayServer } from '@qingpai/media';
import { type Log } from '@qingpai/platform';
import { type LiveVideo, type RecordingsConfig } from '../config.js';
import { ended, firstLine } from './childProcess.js';
import { type Closers } from './closers.js';

const READY_MS_MAX = 15_000;
/** After an end that nobody asked for; doubled while it does not last. */
const AGAIN_AFTER_MS = 250;
const AGAIN_MS_MAX = 30_000;
/** Compiled beside us. */
const program = join(__dirname, '../../../relay/src/main.js');

export interface OwnRelayOptions {
  video: LiveVideo;
  recordings: RecordingsConfig;
  keyFile: string;
  key: Uint8Array;
  /** As the server is bound. */
  host: string;
  /** Announced to clients where the address they came by is a proxy's; null: they reach us directly. */
  announced: string | null;
}

/**
 * Live video comes with the house as a process of its own: whatever becomes of it, no bid notices. Null where it cannot
 * run: then pages show photos.
 */
export async function startOwnRelay(
  { video, recordings, keyFile, key, host, announced }: OwnRelayOptions,
  log: Log,
  closers: Pick<Closers, 'add'>,
): Promise<RelayServer | null> {
  const options = [
    ...['--key-file', keyFile, '--with-parent'],
    ...['--address', ipOf(host)],
    ...['--tcp-port', video.tcpPort === null ? 'off' : String(video.tcpPort)],
    ...['--viewers-max', String(video.viewersMax), '--egress-mbit-max', String(video.egressMbitMax)],
    ...(recordings.isOn ? recordingOptions(recordings) : []),
    ...(announced === null ? [] : ['--public-ip', announced]),
  ];
  const relaying = new Relaying(options, log);
  closers.add('the relay', () => relaying.stop());
  const line = await relaying.start(['--listen', '127.0.0.1:0', '--udp-port', String(video.udpPort)]);
  const url = /^RELAY (\S+)/.exec(line)?.[1];
  if (url === undefined) {
    const why = /^NO-VIDEO (.*)/.exec(line)?.[1] ?? 'see above';
    log.warn({ why }, '直播视频没有启动，房间只有图片 / live video did not start: rooms show photos');
    return null;
  }
  log.info({ url, udp: relaying.udpPort }, '直播视频就绪 / live video is ready');
  const server = new RelayServer(url, key, announced);
  closers.add('the news of the relay', async () => server.close());
  return server;
}

const recordingOptions = ({ folder, segmentMinutes, freeBytesMin }: RecordingsConfig): string[] => [
  ...['--recordings', folder, '--segment-minutes', String(segmentMinutes)],
  ...['--free-gb-min', String(freeBytesMin / 1e9)],
];

/** The relay's process; when it ends although nobody asked for it, it is started again at the same ports. */
class Relaying {
  private child: ChildProcessWithoutNullStreams | null = null;
  private again: NodeJS.Timeout | undefined;
  private waitMs = AGAIN_AFTER_MS;
  udpPort = '0';

  constructor(
    private readonly options: readonly string[],
    private readonly log: Log,
  ) {}

  /** Answers the line it says once it listens, or why it does not. */
  async start(at: readonly string[]): Promise<string> {
    // In a group of its own: the terminal's Ctrl-C reaches us alone.
    const child = spawn(process.execPath, [program, ...this.options, ...at], { detached: true });
    this.child = child;
    createInterface({ input: child.stderr }).on('line', (line) =>
      this.log.warn({ relay: line }, '直播视频 / live video'),
    );
    const line = await firstLine(child, READY_MS_MAX);
    const found = /^RELAY http:\/\/(\S+) udp (\d+)/.exec(line);
    if (found) {
      this.udpPort = found[2]!;
      this.keepUp(child, ['--listen', found[1]!, '--udp-port', this.udpPort]);
    } else await ended(child);
    return line;
  }

  async stop(): Promise<void> {
    clearTimeout(this.again);
    if (this.child) await ended(this.child);
  }

  private keepUp(child: ChildProcessWithoutNullStreams, at: readonly string[]): void {
    const readyAtMs = performance.now();
    child.once('exit', (code, signal) => {
      const lasted = performance.now() - readyAtMs > AGAIN_MS_MAX;
      this.waitMs = lasted ? AGAIN_AFTER_MS : Math.min(2 * this.waitMs, AGAIN_MS_MAX);
      this.log.warn(
        { code, signal, againInMs: this.waitMs },
        '直播视频中断，出价照常，马上重启 / live video has ended; bids go on, it is started again',
      );
      this.restart(at);
    });
  }

  private restart(at: readonly string[]): void {
    this.again = setTimeout(() => {
      void this.start(at).then((line) => {
        if (line.startsWith('RELAY ')) return this.log.info('直播视频已恢复 / live video is back');
        this.waitMs = Math.min(2 * this.waitMs, AGAIN_MS_MAX);
        this.restart(at);
      });
    }, this.waitMs);
  }
}

/** Packets come to an IPv4 address; what the server is bound to, as such. */
function ipOf(host: string): string {
  if (host === 'localhost' || host === '::1') return '127.0.0.1';
  return host.includes(':') ? '0.0.0.0' : host;
}
