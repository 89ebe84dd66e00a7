import { get, type IncomingMessage } from 'node:http';
import { stage as stageShape } from '@qingpai/wire';
import { NEWS_AGAIN_MS, NEWS_SILENT_MS_MAX } from './limits.js';
import { type MediaServer } from './mediaServer.js';
import { signToken } from './rules/index.js';
import { type StageListener, Stages } from './stages.js';
import { addressesBy } from './templates.js';

/**
 * Our own relay, reached over loopback and heard by its news: a line for every change of a stage. When it is silent or
 * gone, what was on air is interrupted, and it is asked again until it is back.
 */
export class RelayServer implements MediaServer {
  readonly publishAt: MediaServer['publishAt'];
  readonly watchAt: MediaServer['watchAt'];
  private readonly stages = new Stages();
  private stop: () => void = () => undefined;
  private isClosed = false;
  /** Its news come. */
  private isHeard = false;

  /**
   * @param forwardTo origin of the relay, e.g. http://127.0.0.1:8030
   * @param key 32 bytes, known to it and us
   */
  constructor(
    readonly forwardTo: string,
    private readonly key: Uint8Array,
    readonly publicIp: string | null,
    private readonly nowMs: () => number = Date.now,
  ) {
    const sign = (claim: Parameters<typeof signToken>[0]) => signToken(claim, key);
    const addresses = addressesBy({ publish: '/whip/{show}', watch: '/whep/{show}', sign });
    this.publishAt = addresses.publishAt;
    this.watchAt = addresses.watchAt;
    this.listen();
  }

  delayedAt(show: string, person: string, untilMs: number): string {
    return `/hls/${show}/${signToken({ show, may: 'watch', person, untilMs }, this.key)}/live.m3u8`;
  }

  stageOf = (show: string) => this.stages.of(show);
  isReached = () => this.isHeard;
  onStage = (listener: StageListener) => this.stages.onStage(listener);
  /** It answers 409 itself. */
  isHeldByAnother = () => false;

  close(): void {
    this.isClosed = true;
    this.stop();
  }

  private listen(): void {
    const token = signToken(
      { show: '*', may: 'events', person: 'market', untilMs: this.nowMs() + 60_000 },
      this.key,
    );
    const headers = { authorization: `Bearer ${token}` };
    const request = get(`${this.forwardTo}/events`, { headers }, (response) => this.read(response));
    const lost = () => {
      this.isHeard = false;
      if (this.isClosed) return;
      // A new relay knows nothing of the old one's cameras: they post again, and then it says so.
      this.stages.interruptAll();
      const again = setTimeout(() => this.listen(), NEWS_AGAIN_MS);
      this.stop = () => clearTimeout(again);
    };
    request.setTimeout(NEWS_SILENT_MS_MAX, () => request.destroy());
    request.once('error', () => undefined).once('close', lost);
    this.stop = () => request.destroy();
  }

  private read(response: IncomingMessage): void {
    if (response.statusCode !== 200) return void response.destroy();
    this.isHeard = true;
    let rest = '';
    response.setEncoding('utf8').on('error', () => undefined);
    response.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      for (const line of lines) if (line) this.handleLine(line);
    });
  }

  private handleLine(line: string): void {
    const { show, stage } = JSON.parse(line) as { show: string; stage: unknown };
    this.stages.tell(show, stageShape.parse(stage));
  }
}
