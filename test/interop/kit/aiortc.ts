import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pythonWith } from './foreign.js';

export const AIORTC_VERSION = '1.16.0';
/** Null: not here. */
export const aiortc = pythonWith('aiortc', [`aiortc==${AIORTC_VERSION}`, 'aiohttp']);

/** What brings FFmpeg 8.1, whose WHIP is a C program of its own. */
export const PYAV_VERSION = '18.1.0';
/** Null: not here. */
export const ffmpeg = pythonWith('ffmpeg', [`av==${PYAV_VERSION}`, 'cryptography']);

interface Said {
  status?: number;
  state?: string;
  deleted?: number;
  video?: number;
  audio?: number;
  width?: number;
}

/** aiortc as a camera or a viewer, or FFmpeg as a camera, in a process of its own. */
export class AiortcPeer {
  /** The newest word on everything. */
  readonly said: Said = {};
  errors = '';

  private constructor(private readonly child: ChildProcess) {
    createInterface({ input: child.stdout! }).on('line', (line) =>
      Object.assign(this.said, JSON.parse(line) as Said),
    );
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
  }

  static camera(url: string, token: string, codec: 'VP8' | 'H264' = 'VP8'): AiortcPeer {
    return AiortcPeer.run('publish.py', url, token, codec);
  }
  static ffmpegCamera(url: string, token: string): AiortcPeer {
    return new AiortcPeer(spawn(ffmpeg!, [join(__dirname, '../ffmpeg/publish.py'), url, token]));
  }
  static viewer(url: string, token: string): AiortcPeer {
    return AiortcPeer.run('watch.py', url, token);
  }
  /**
   * As if its packets went by a line in between: a small door hands its offer on and changes the answer.
   * @param by changes an answer
   */
  static async viewerBy(by: (sdp: string) => string, url: string, token: string) {
    const door = createServer((request, response) => void pass(request, response));
    const pass = async (request: IncomingMessage, response: ServerResponse) => {
      const parts: Buffer[] = [];
      for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
      const { authorization = '', 'content-type': type = '' } = request.headers;
      const answer = await fetch(new URL(request.url!, url), {
        method: request.method!,
        headers: { authorization, ...(type && { 'content-type': type }) },
        ...(parts.length > 0 && { body: Buffer.concat(parts).toString() }),
      });
      const location = answer.headers.get('location');
      response.writeHead(answer.status, location ? { location } : {}).end(by(await answer.text()));
    };
    await once(door.listen(0, '127.0.0.1'), 'listening');
    const { port } = door.address() as AddressInfo;
    const peer = AiortcPeer.viewer(`http://127.0.0.1:${port}${new URL(url).pathname}`, token);
    return { peer, close: () => once(door.close(), 'close') };
  }
  private static run(script: string, ...args: string[]): AiortcPeer {
    return new AiortcPeer(spawn(aiortc!, [join(__dirname, '../aiortc', script), ...args]));
  }

  get frames(): number {
    return this.said.video ?? 0;
  }
  get sounds(): number {
    return this.said.audio ?? 0;
  }

  /** Says good-bye and ends. */
  async leave(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.stdin!.end();
    await once(this.child, 'exit');
  }
  /** As a phone whose battery ends. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}
