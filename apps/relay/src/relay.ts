import { randomBytes } from 'node:crypto';
import { type Stage } from '@qingpai/wire';
import { Camera, type CameraMedia } from './camera.js';
import { type Feed, Rate } from './feed.js';
import { type Library } from './library.js';
import * as max from './limits.js';
import { type RelayCounters } from './metrics.js';
import { type Recordings } from './recording/keeping.js';
import { Delayed } from './hls/delayed.js';
import { Delays } from './hls/delays.js';
import { Recorder } from './recording/recorder.js';
import { type Accepted, type Announced, answer } from './sdp/answer.js';
import { type Codec, codecFor, type Offer, readOffer, type Section } from './sdp/offer.js';
import { type Session, ShowStage } from './stage.js';
import { Transport } from './transport.js';
import { type Mode, Viewer } from './viewer.js';

export interface RelayOptions {
  /** Address and UDP port that packets come to. */
  bind: { address: string; udpPort: number };
  tcpPort: number | null;
  viewersMax: number;
  egressBitsPerSecondMax: number;
  /** Null: nothing is recorded. */
  recording: { recordings: Recordings; segmentMs: number; keyframeEveryMs: number } | null;
}

/** What a POST is answered: the connection, or an HTTP status that says why not. */
export type Opened = { status: 201; id: string; sdp: string } | { status: 400 | 404 | 406 | 409 | 503 };

/** All stages of this process. Every packet passes here and waits for nothing; what is recorded is a copy. */
export class Relay {
  private readonly stages = new Map<string, ShowStage>();
  private readonly egress = new Rate();
  private readonly listeners = new Set<(show: string, stage: Stage) => void>();
  private readonly timers: NodeJS.Timeout[];
  private readonly replaced = new Set<string>();
  private readonly delays = new Delays();
  private sdpId = 1;

  constructor(
    private readonly library: typeof Library,
    private readonly options: RelayOptions,
    private readonly counters: RelayCounters,
    private readonly nowMs: () => number = () => performance.now(),
  ) {
    counters.watch(() => this.figures());
    const every = (ms: number, run: () => void) => setInterval(run, ms);
    this.timers = [
      every(max.NACK_EVERY_MS, () => this.eachCamera((camera) => camera.tellMissing(this.nowMs()))),
      every(max.TRANSPORT_FEEDBACK_EVERY_MS, () => this.eachCamera((camera) => camera.tellArrivals())),
      every(max.REPORT_EVERY_MS, () => this.eachCamera((camera) => camera.tellReception(this.nowMs()))),
      every(500, () => this.look()),
      every(1_000, () => this.sweep()),
    ];
  }

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    for (const stage of this.stages.values()) {
      stage.camera?.close();
      for (const viewer of stage.viewers.values()) viewer.close();
    }
  }

  // ---------------------------------------------------------------- what happens on stage

  onStage(listener: (show: string, stage: Stage) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  all(): [string, Stage][] {
    return [...this.stages].map(([show, stage]) => [show, stage.stage()]);
  }

  private stageOf(show: string): ShowStage | null {
    const known = this.stages.get(show);
    if (known) return known;
    if (this.stages.size >= max.STAGES_MAX) return null;
    const tell = (stage: Stage) => this.listeners.forEach((listener) => listener(show, stage));
    const stage = new ShowStage(show, tell, this.nowMs());
    this.stages.set(show, stage);
    return stage;
  }

  // ---------------------------------------------------------------- who sends

  /** @param announced where this client reaches us */
  publish(show: string, person: string, sdp: string, announced: string): Opened {
    const offer = readOffer(sdp);
    if (!offer) return { status: 400 };
    const sending = offer.sections.filter(
      ({ direction }) => direction === 'sendonly' || direction === 'sendrecv',
    );
    const [video, audio] = [sectionOf(sending, 'video'), sectionOf(sending, 'audio')];
    if (!video && !audio) return { status: 400 };
    const media: CameraMedia = {
      video: agreed(video, ['H264', 'VP8']),
      audio: agreed(audio, ['opus']),
    };
    if ((video && !media.video) || (audio && !media.audio)) return { status: 406 };
    const stage = this.stageOf(show);
    if (!stage) return { status: 503 };
    if (this.isHeldByAnother(stage, person)) return { status: 409 };
    const accepted = [media.video, media.audio].map((one) => one && { ...one, sends: null });
    return this.openCamera(stage, person, offer, media, (local) =>
      this.answerTo(offer, accepted, local, announced),
    );
  }

  /** Only who sends may put another camera in its place; an interrupted one holds nobody up. */
  private isHeldByAnother({ camera }: ShowStage, person: string): boolean {
    return (
      camera !== null && camera.person !== person && this.nowMs() - camera.of.lastAtMs < max.SILENT_MS_MAX
    );
  }

  private openCamera(
    stage: ShowStage,
    person: string,
    { ice }: Offer,
    media: CameraMedia,
    sdpOf: (transport: Transport) => string,
  ): Opened {
    const transport: Transport = new Transport(this.library, this.options.bind, ice, {
      handlePacket: (packet) => {
        this.counters.ingress.inc(packet.length);
        camera.handlePacket(packet, this.nowMs());
      },
      handleUp: () => (session.isUp = true),
      handleDown: () => session.close(),
    });
    const recorder = this.recorderFor(stage.show, media, (feed) => camera.wantKeyframe(feed));
    const delayed = new Delayed({ video: media.video !== null, sound: media.audio !== null }, (feed) =>
      camera.wantKeyframe(feed),
    );
    const camera: Camera = new Camera(
      media,
      {
        send: (packet) => transport.send(packet),
        handlePacket: (feed, packet, nowMs) => {
          if (stage.camera === session) {
            recorder?.handlePacket(feed, packet, nowMs);
            delayed.handlePacket(feed, packet, nowMs);
          }
          // Not before he is connected: his first packet is to be one with which a picture begins.
          for (const viewer of stage.viewers.values())
            if (viewer.isUp) viewer.of.handlePacket(feed, packet, nowMs);
        },
        handleSenderReport: (feed, report) => {
          for (const viewer of stage.viewers.values()) viewer.of.handleSenderReport(feed, report);
        },
        handleFeeds: () => stage.camera === session && stage.handleFeeds(this.nowMs()),
      },
      this.nowMs(),
    );
    const late = setTimeout(() => session.isUp || session.close(), max.CONNECT_MS_MAX);
    const session = this.session(person, ice.ufrag, camera, () => {
      clearTimeout(late);
      this.counters.keep(camera);
      recorder?.close(this.nowMs());
      delayed.close(this.nowMs());
      stage.handleCameraGone(session, session.meant === true, this.nowMs());
      transport.close();
    });
    session.recorder = recorder;
    session.delayed = delayed;
    if (stage.camera) this.remember(stage.camera);
    stage.handleCamera(session, this.nowMs());
    return { status: 201, id: session.id, sdp: sdpOf(transport) };
  }

  private recorderFor(
    show: string,
    { video, audio }: CameraMedia,
    wantKeyframe: (feed: Feed) => void,
  ): Recorder | null {
    const { recording } = this.options;
    if (!recording) return null;
    const { recordings, segmentMs, keyframeEveryMs } = recording;
    return new Recorder(
      {
        wantKeyframe,
        open: (fromMs, shape) => recordings.open(show, fromMs, shape, null),
        wallMs: () => Date.now(),
        isFull: () => recordings.isFull,
      },
      { segmentMs, keyframeEveryMs, expects: { video: video !== null, sound: audio !== null } },
    );
  }

  // ---------------------------------------------------------------- who watches

  watch(show: string, person: string, sdp: string, announced: string): Opened {
    const offer = readOffer(sdp);
    if (!offer) return { status: 400 };
    const taking = offer.sections.filter(
      ({ direction }) => direction === 'recvonly' || direction === 'sendrecv',
    );
    const [video, audio] = [sectionOf(taking, 'video'), sectionOf(taking, 'audio')];
    if (!video && !audio) return { status: 400 };
    const stage = this.stages.get(show);
    const media = stage?.camera?.of.media;
    if (!stage || !media) return { status: 404 };
    const [picture, sound] = [sent(video, media.video, stage.show), sent(audio, media.audio, stage.show)];
    if (picture === 'mismatch' || sound === 'mismatch' || (!picture && !sound)) return { status: 406 };
    this.makeRoomFor(person);
    if (this.isFull(stage)) return { status: 503 };
    const lanes = { video: laneOf(picture), audio: laneOf(sound) };
    return this.openViewer(stage, person, offer, lanes, (local) =>
      this.answerTo(offer, [picture, sound], local, announced),
    );
  }

  /**
   * A file of the picture a little behind; a status: 404 nobody sends, 503 too many watch so, or it is only beginning.
   */
  delayedFile(
    show: string,
    person: string,
    name: string,
  ): { bytes: Uint8Array | string } | { status: 404 | 503 } {
    const nowMs = this.nowMs();
    const delayed = this.stages.get(show)?.camera?.delayed;
    if (!delayed) return { status: 404 };
    if (!this.delays.lets(person, nowMs)) return { status: 503 };
    const ring = delayed.ask(nowMs);
    if (!ring) return { status: 503 };
    const bytes = name === 'live.m3u8' ? ring.playlist() : ring.file(name);
    if (bytes === null) return { status: 404 };
    this.egress.add(bytes.length, nowMs);
    return { bytes };
  }

  /** Resolves when the list of that picture has this part, or it is not to be waited for. */
  async delayedUntil(show: string, part: number): Promise<void> {
    await this.stages.get(show)?.camera?.delayed?.until(part);
  }

  private isFull(stage: ShowStage): boolean {
    const nowMs = this.nowMs();
    const watching = [...this.stages.values()].reduce((sum, { viewers }) => sum + viewers.size, 0);
    const oneMore = stage.feeds.reduce((sum, feed) => sum + feed.bitsPerSecond(nowMs), 0);
    return (
      watching >= this.options.viewersMax ||
      8 * this.egress.perSecond(nowMs) + oneMore > this.options.egressBitsPerSecondMax
    );
  }

  /** Pages that were closed without a word are noticed late: the oldest screen of one person makes room. */
  private makeRoomFor(person: string): void {
    const his = [...this.stages.values()].flatMap(({ viewers }) =>
      [...viewers.values()].filter((one) => one.person === person),
    );
    const oldest = his.sort((a, b) => a.openedAtMs - b.openedAtMs)[0];
    if (!oldest || his.length < max.VIEWERS_PER_PERSON_MAX) return;
    this.remember(oldest);
    oldest.close();
  }

  private openViewer(
    stage: ShowStage,
    person: string,
    { ice }: Offer,
    lanes: ConstructorParameters<typeof Viewer>[0],
    sdpOf: (transport: Transport) => string,
  ): Opened {
    const openedAtMs = this.nowMs();
    const transport: Transport = new Transport(this.library, this.options.bind, ice, {
      handlePacket: (packet) => viewer.handleRtcp(packet, this.nowMs()),
      handleUp: () => {
        session.isUp = true;
        viewer.handleUp(this.nowMs());
      },
      handleDown: () => session.close(),
    });
    const viewer: Viewer = new Viewer(
      lanes,
      {
        send: (packet) => {
          if (!transport.send(packet)) return false;
          this.egress.add(packet.length, this.nowMs());
          return true;
        },
        wantKeyframe: (feed) => stage.camera?.of.wantKeyframe(feed),
        handleFirst: () => this.counters.joined.observe((this.nowMs() - openedAtMs) / 1_000),
      },
      openedAtMs,
    );
    const late = setTimeout(() => session.isUp || session.close(), max.CONNECT_MS_MAX);
    const session = this.session(person, ice.ufrag, viewer, () => {
      clearTimeout(late);
      this.counters.keep(viewer);
      stage.viewers.delete(session.id);
      transport.close();
    });
    stage.viewers.set(session.id, session);
    viewer.wish('high', stage.feeds, openedAtMs);
    return { status: 201, id: session.id, sdp: sdpOf(transport) };
  }

  // ---------------------------------------------------------------- connections that are open

  /** The connection of this person; null: there is none, or it is another's. */
  private held(show: string, may: 'publish' | 'watch', id: string): Session<unknown> | null {
    const stage = this.stages.get(show);
    const session = may === 'watch' ? stage?.viewers.get(id) : stage?.camera?.id === id ? stage.camera : null;
    return session ?? null;
  }

  owner(show: string, may: 'publish' | 'watch', id: string): { person: string; ufrag: string } | null {
    return this.held(show, may, id);
  }

  /** Whether this connection had to make room for a newer one of the same person: it must not come back by itself. */
  wasReplaced(id: string): boolean {
    return this.replaced.has(id);
  }

  private remember({ id }: Session<unknown>): void {
    this.replaced.add(id);
    for (const old of this.replaced) {
      if (this.replaced.size <= max.REPLACED_KEPT_MAX) break;
      this.replaced.delete(old);
    }
  }

  /** One that may still be put out: open, or a camera's that was lost just now. */
  leaver(show: string, may: 'publish' | 'watch', id: string): Session<unknown> | null {
    const gone = may === 'publish' ? this.stages.get(show)?.gone : null;
    return this.held(show, may, id) ?? (gone?.id === id ? gone : null);
  }

  end(show: string, may: 'publish' | 'watch', id: string): void {
    const session = this.leaver(show, may, id);
    if (!session) return;
    session.meant = true;
    session.close();
    this.stages.get(show)?.handlePutOut(session);
  }

  layer(show: string, id: string, mode: Mode): void {
    const stage = this.stages.get(show);
    stage?.viewers.get(id)?.of.wish(mode, stage.feeds, this.nowMs());
  }

  private session<T>(person: string, ufrag: string, of: T, onClose: () => void): Session<T> {
    let isClosed = false;
    return {
      ...{ id: randomBytes(12).toString('hex'), person, ufrag, of, openedAtMs: this.nowMs(), isUp: false },
      close: () => {
        if (isClosed) return;
        isClosed = true;
        onClose();
      },
    };
  }

  private answerTo(
    { sections }: Offer,
    accepted: readonly Accepted[],
    { local }: Transport,
    address: string,
  ): string {
    const announced: Announced = {
      address,
      udpPort: this.options.bind.udpPort,
      tcpPort: this.options.tcpPort,
    };
    const parts = sections.map((section) => ({
      section,
      accepted: accepted.find((one) => one?.section === section) ?? null,
    }));
    return answer(parts, local, announced, this.sdpId++);
  }

  // ---------------------------------------------------------------- time

  private eachCamera(tell: (camera: Camera) => void): void {
    for (const { camera } of this.stages.values()) if (camera?.isUp) tell(camera.of);
  }

  private look(): void {
    const nowMs = this.nowMs();
    for (const stage of this.stages.values()) {
      for (const { of: viewer } of stage.viewers.values()) viewer.choose(stage.feeds, nowMs);
      stage.camera?.recorder?.look(stage.feeds, nowMs);
      stage.camera?.delayed?.look(stage.feeds, nowMs);
      stage.look(nowMs);
    }
  }

  private sweep(): void {
    for (const stage of [...this.stages.values()]) {
      if (!stage.sweep(this.nowMs())) continue;
      for (const viewer of stage.viewers.values()) viewer.close();
      this.stages.delete(stage.show);
    }
  }

  private figures() {
    const nowMs = this.nowMs();
    const stages = [...this.stages.values()];
    return {
      cameras: stages.flatMap(({ camera }) => (camera ? [camera.of] : [])),
      viewers: stages.flatMap(({ viewers }) => [...viewers.values()].map((one) => one.of)),
      egressBitsPerSecond: 8 * this.egress.perSecond(nowMs),
      nowMs,
    };
  }
}

const sectionOf = (sections: readonly Section[], kind: Section['kind']): Section | null =>
  sections.find((one) => one.kind === kind) ?? null;

function agreed(section: Section | null, names: readonly Codec['name'][]): CameraMedia['video'] {
  if (!section) return null;
  const codec = names.map((name) => codecFor(section, name)).find((one) => one !== null);
  return codec ? { section, codec } : null;
}

/** What this section of a viewer's offer will carry; null: the camera has none of its kind. */
function sent(section: Section | null, from: CameraMedia['video'], stream: string): Accepted | 'mismatch' {
  if (!section || !from) return null;
  const codec = codecFor(section, from.codec.name);
  if (!codec) return 'mismatch';
  // Any number will do: each connection has a space of its own.
  const ssrc = section.kind === 'video' ? 0x51000001 : 0x51000002;
  return { section, codec, sends: { ssrc, stream: `show-${stream}` } };
}

const laneOf = (accepted: Accepted) =>
  accepted?.sends ? { ssrc: accepted.sends.ssrc, payloadType: accepted.codec.payloadType } : null;
