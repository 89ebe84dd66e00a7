import { type Stage, type StageState } from '@qingpai/wire';
import { type Camera, type CameraMedia } from './camera.js';
import { type Feed } from './feed.js';
import { type HlsRing } from './hls/ring.js';
import { CAMERA_KEPT_MS, SILENT_MS_MAX, STAGE_KEPT_MS, VIEWER_SILENT_MS_MAX } from './limits.js';
import { type Viewer } from './viewer.js';

/** A connection with its owner, as HTTP knows it. */
export interface Session<T> {
  id: string;
  person: string;
  ufrag: string;
  of: T;
  /** When it was asked for. */
  openedAtMs: number;
  isUp: boolean;
  /** Its owner ended it, nothing was lost. */
  meant?: true;
  /** Of a camera: for who watches a little behind. */
  delayed?: {
    ask(nowMs: number): HlsRing | null;
    until(part: number): Promise<void>;
    close(nowMs: number): void;
    look(feeds: readonly Feed[], nowMs: number): void;
  };
  /** Of a camera that is recorded. */
  recorder?: {
    close(nowMs: number): void;
    look(feeds: readonly Feed[], nowMs: number): void;
    state: 'on' | 'full' | null;
  } | null;
  close(): void;
}

/** One show's stage: at most one camera, and whoever watches. It closes nothing that others hold: sessions close themselves. */
export class ShowStage {
  camera: Session<Camera> | null = null;
  /** The last one, lost and not put out. */
  gone: Session<Camera> | null = null;
  readonly viewers = new Map<string, Session<Viewer>>();
  private told = '';
  private state: StageState = 'idle';
  private take = 0;
  private format = '';
  private shown = { video: false, audio: false };
  private quietSinceMs: number;

  constructor(
    readonly show: string,
    private readonly onStage: (stage: Stage) => void,
    nowMs: number,
  ) {
    this.quietSinceMs = nowMs;
  }

  get feeds(): Feed[] {
    return this.camera?.of.feeds ?? [];
  }

  stage(): Stage {
    const begun = this.feeds.filter((feed) => feed.begun);
    // A camera that has come back is believed to bring what it brought before, until it does.
    if (begun.length > 0) {
      this.shown = { video: begun.some((one) => one.isVideo), audio: begun.some((one) => !one.isVideo) };
    }
    const shown = this.state === 'live' ? this.shown : { video: false, audio: false };
    const recording = this.camera?.recorder?.state;
    return { state: this.state, ...shown, take: this.take, ...(recording && { recording }) };
  }

  // ---------------------------------------------------------------- the camera

  /** Takes the place of the one before. Viewers stay where the codecs are the same; else they have to come again. */
  handleCamera(session: Session<Camera>, nowMs: number): void {
    const before = this.camera;
    this.camera = session;
    before?.close();
    const format = formatOf(session.of.media);
    if (this.format !== '' && format !== this.format) {
      this.take += 1;
      for (const viewer of this.viewers.values()) viewer.close();
      this.viewers.clear();
    }
    this.format = format;
    this.quietSinceMs = nowMs;
  }

  /** @param meant it was put out, not lost */
  handleCameraGone(session: Session<Camera>, meant: boolean, nowMs: number): void {
    if (this.camera !== session) return;
    this.camera = null;
    this.gone = meant ? null : session;
    this.quietSinceMs = nowMs;
    this.turn(meant ? 'ended' : this.state === 'live' ? 'stalled' : this.state);
  }

  /** A closing page's connection is gone before its DELETE arrives: then it was put out after all. */
  handlePutOut(session: Session<unknown>): void {
    if (this.camera !== null || this.gone !== session) return;
    this.gone = null;
    this.turn('ended');
  }

  /** What the camera sends has changed. */
  handleFeeds(nowMs: number): void {
    for (const { of: viewer } of this.viewers.values()) viewer.choose(this.feeds, nowMs);
    this.look(nowMs);
  }

  // ---------------------------------------------------------------- time

  /** Whether a viewer could see it now; twice a second. */
  look(nowMs: number): void {
    const { camera } = this;
    if (camera) {
      const isSilent = nowMs - camera.of.lastAtMs >= SILENT_MS_MAX;
      const begun = camera.of.feeds.some((feed) => feed.begun && feed.isActive(nowMs));
      if (isSilent) this.turn(this.state === 'live' ? 'stalled' : this.state);
      else if (begun) this.turn('live');
    }
    this.tell();
  }

  /** Lets go of whoever has gone without a word. Answers whether the stage itself may be forgotten. */
  sweep(nowMs: number): boolean {
    const { camera } = this;
    if (camera && nowMs - Math.max(camera.of.lastAtMs, camera.openedAtMs) > CAMERA_KEPT_MS) camera.close();
    for (const viewer of this.viewers.values()) {
      const isServed = this.state === 'live' && viewer.isUp;
      if (!isServed) viewer.of.heardAtMs = nowMs;
      else if (nowMs - viewer.of.heardAtMs > VIEWER_SILENT_MS_MAX) viewer.close();
    }
    return this.camera === null && nowMs - this.quietSinceMs > STAGE_KEPT_MS;
  }

  private turn(state: StageState): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    const stage = this.stage();
    const text = JSON.stringify(stage);
    if (text === this.told) return;
    this.told = text;
    this.onStage(stage);
  }
}

const formatOf = ({ video, audio }: CameraMedia): string =>
  `${video?.codec.name ?? '-'}/${audio?.codec.name ?? '-'}`;
