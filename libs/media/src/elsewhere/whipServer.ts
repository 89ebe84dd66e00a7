import { timingSafeEqual } from 'node:crypto';
import { stageNews } from '@qingpai/wire';
import { GONE_MS_MAX } from '../limits.js';
import { type MediaServer, type NewsTaker } from '../mediaServer.js';
import { type StageListener, Stages } from '../stages.js';
import { addressesBy, type MediaTemplate } from '../templates.js';

/**
 * Any server that speaks WHIP and WHEP, known by its addresses and by how it wants its tokens signed. Clients go there
 * themselves; what is on stage it tells by `POST /api/stage/news`.
 */
export class WhipServer implements MediaServer, NewsTaker {
  readonly publishAt: MediaServer['publishAt'];
  readonly watchAt: MediaServer['watchAt'];
  readonly forwardTo = null;
  readonly publicIp = null;
  private readonly stages = new Stages(GONE_MS_MAX);

  /** @param newsSecret what it knows us by; null: it tells nothing, and no room ever shows a picture */
  constructor(
    template: MediaTemplate,
    private readonly newsSecret: string | null,
  ) {
    const addresses = addressesBy(template);
    this.publishAt = addresses.publishAt;
    this.watchAt = addresses.watchAt;
  }

  stageOf = (show: string) => this.stages.of(show);
  onStage = (listener: StageListener) => this.stages.onStage(listener);
  /** Whether a second camera is let in is its own affair. */
  isHeldByAnother = () => false;
  close = () => this.stages.close();

  async hear(body: Buffer, authorization: string): Promise<boolean> {
    if (this.newsSecret === null || !isSame(authorization, `Bearer ${this.newsSecret}`)) return false;
    const read = stageNews.safeParse(jsonOf(body));
    if (!read.success) return false;
    const { show, state, video, audio } = read.data;
    if (state === 'live') this.stages.tell(show, { state, video, audio, take: this.stages.of(show).take });
    else if (state === 'stalled') this.stages.interrupt(show);
    else this.stages.end(show);
    return true;
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return null;
  }
}
