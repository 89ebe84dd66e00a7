import { type MediaAddress, type SenderKind, type Stage } from '@qingpai/wire';
import {
  AccessToken,
  type ParticipantInfo,
  RoomServiceClient,
  TrackType,
  TwirpError,
  type VideoGrant,
  WebhookReceiver,
} from 'livekit-server-sdk';
import { randomUUID } from 'node:crypto';
import {
  GONE_MS_MAX,
  LIVEKIT_ANSWER_SECONDS_MAX,
  LIVEKIT_LOOK_EVERY_MS,
  LIVEKIT_MISSES_MAX,
} from '../limits.js';
import { type MediaServer, type NewsTaker, type SendAsk } from '../mediaServer.js';
import { aliasOf } from '../rules/index.js';
import { type StageListener, Stages } from '../stages.js';

export interface LiveKitOptions {
  /** Where phones and encoders reach it, e.g. `wss://live.example`. */
  url: string;
  /** Where we reach it, e.g. `http://livekit:7880`. */
  apiUrl: string;
  apiKey: string;
  apiSecret: string;
  /** Before the names of its rooms, so that several houses can share it. */
  roomsOf: string;
  nowMs(): number;
}

/** Whoever holds a token to send; looked for until it is over and he is gone. */
interface Sender {
  show: string;
  identity: string;
  untilMs: number;
}

/** DisconnectReason.CLIENT_INITIATED: it said good-bye. */
const SAID_GOODBYE = 1;

/**
 * LiveKit (livekit.io), one node or many: cameras come by its WHIP, viewers by its own client. Its webhook hurries us;
 * what is on stage we ask of it, one question for each sender, however many watch.
 */
export class LiveKitServer implements MediaServer, NewsTaker {
  readonly forwardTo = null;
  readonly publicIp = null;
  private readonly stages = new Stages(GONE_MS_MAX);
  private readonly senders = new Map<string, Sender>();
  private readonly onAir = new Map<string, string>();
  private readonly api: RoomServiceClient;
  private readonly webhooks: WebhookReceiver;
  private readonly key: Uint8Array;
  private readonly prefix: string;
  private readonly timer: NodeJS.Timeout;
  private turn: Promise<void> = Promise.resolve();
  private misses = 0;

  constructor(private readonly options: LiveKitOptions) {
    const { apiUrl, apiKey, apiSecret, roomsOf } = options;
    const client = { requestTimeout: LIVEKIT_ANSWER_SECONDS_MAX, failover: false };
    this.api = new RoomServiceClient(apiUrl, apiKey, apiSecret, client);
    this.webhooks = new WebhookReceiver(apiKey, apiSecret);
    this.key = new TextEncoder().encode(apiSecret);
    this.prefix = `${roomsOf}/`;
    this.turn = this.findSenders().catch(() => undefined);
    this.timer = setInterval(() => void this.look(), LIVEKIT_LOOK_EVERY_MS).unref();
  }

  stageOf = (show: string): Stage => this.stages.of(show);
  onStage = (listener: StageListener) => this.stages.onStage(listener);

  isHeldByAnother({ show, person, from }: Pick<SendAsk, 'show' | 'person' | 'from'>): boolean {
    const holder = this.onAir.get(show);
    return this.stages.of(show).state === 'live' && holder !== this.identityOf(person, from);
  }

  async publishAt({ show, person, from, untilMs }: SendAsk): Promise<MediaAddress> {
    const identity = this.identityOf(person, from);
    this.remember({ show, identity, untilMs });
    const may = { canPublish: true, canSubscribe: false };
    const url = this.options.url.replace(/^ws/, 'http');
    const token = await this.sign(show, identity, may, untilMs);
    return { url: `${url}/whip/v1`, token, untilMs, by: 'livekit' };
  }

  /** Hidden: of thousands of viewers none is told who else watches. */
  async watchAt(show: string, _person: string, untilMs: number): Promise<MediaAddress> {
    const may = { canPublish: false, canSubscribe: true, hidden: true };
    const token = await this.sign(show, `viewer-${randomUUID()}`, may, untilMs);
    return { url: this.options.url, token, untilMs, by: 'livekit' };
  }

  /** Its webhook: a JWT of its own in the header, with SHA-256 of the bytes. */
  async hear(body: Buffer, authorization: string): Promise<boolean> {
    const event = await this.webhooks.receive(body.toString('utf8'), authorization).catch(() => null);
    if (!event) return false;
    const show = event.room && this.showOf(event.room.name);
    const { participant } = event;
    if (!show || !participant || !isSender(participant)) return true;
    const sender = { show, identity: participant.identity, untilMs: this.options.nowMs() };
    if (!this.senders.has(keyOf(sender))) this.remember(sender);
    const isParting = Number(participant.disconnectReason) === SAID_GOODBYE;
    void this.look().then(() => isParting && !this.onAir.has(show) && this.stages.end(show));
    return true;
  }

  close(): void {
    clearInterval(this.timer);
    this.stages.close();
  }

  // ---- tokens

  /** The same person's next page takes the place of the one before; an encoder of his stands beside it. */
  private identityOf = (person: string, from: SenderKind) =>
    `${from === 'encoder' ? 'encoder' : 'camera'}-${aliasOf(person, this.key)}`;

  private sign(show: string, identity: string, may: VideoGrant, untilMs: number): Promise<string> {
    const { apiKey, apiSecret, nowMs } = this.options;
    const ttl = Math.max(1, Math.ceil((untilMs - nowMs()) / 1_000));
    const token = new AccessToken(apiKey, apiSecret, { identity, ttl });
    token.addGrant({ ...may, room: this.prefix + show, roomJoin: true, canPublishData: false });
    return token.toJwt();
  }

  // ---- what is on stage

  private showOf = (room: string) => (room.startsWith(this.prefix) ? room.slice(this.prefix.length) : null);
  private remember = (sender: Sender) => void this.senders.set(keyOf(sender), sender);

  /** After a restart of ours: who sends by a token that we gave before. */
  private async findSenders(): Promise<void> {
    for (const { name } of await this.api.listRooms()) {
      const show = this.showOf(name);
      if (show === null) continue;
      for (const one of await this.api.listParticipants(name)) {
        if (isSender(one)) this.remember({ show, identity: one.identity, untilMs: this.options.nowMs() });
      }
    }
  }

  private look(): Promise<void> {
    this.turn = this.turn
      .then(() => this.lookNow())
      .then(
        () => void (this.misses = 0),
        () => {
          this.misses += 1;
          if (this.misses >= LIVEKIT_MISSES_MAX) this.stages.interruptAll();
        },
      );
    return this.turn;
  }

  private async lookNow(): Promise<void> {
    const asked = [...this.senders.values()].map(async (sender) => ({
      sender,
      info: await this.participantOf(sender),
    }));
    const newest = new Map<string, ParticipantInfo>();
    for (const { sender, info } of await Promise.all(asked)) {
      if (info === null) this.handleAway(sender);
      else if (info.tracks.length > 0) {
        const other = newest.get(sender.show);
        if (!other || other.joinedAtMs < info.joinedAtMs) newest.set(sender.show, info);
      }
    }
    for (const [show, info] of newest) this.handleSending(show, info);
    for (const show of this.onAir.keys()) if (!newest.has(show)) this.handleGone(show);
  }

  /** Null: it is not there. Throws: LiveKit is not. */
  private async participantOf({ show, identity }: Sender): Promise<ParticipantInfo | null> {
    try {
      return await this.api.getParticipant(this.prefix + show, identity);
    } catch (error) {
      if (error instanceof TwirpError && error.status === 404) return null;
      throw error;
    }
  }

  private handleAway(sender: Sender): void {
    if (sender.untilMs <= this.options.nowMs() && this.onAir.get(sender.show) !== sender.identity)
      this.senders.delete(keyOf(sender));
  }

  private handleSending(show: string, { identity, tracks }: ParticipantInfo): void {
    this.onAir.set(show, identity);
    const has = (type: TrackType) => tracks.some((track) => track.type === type);
    const [video, audio] = [has(TrackType.VIDEO), has(TrackType.AUDIO)];
    this.stages.tell(show, { state: 'live', video, audio, take: 0 });
  }

  private handleGone(show: string): void {
    this.onAir.delete(show);
    this.stages.interrupt(show);
  }
}

const keyOf = ({ show, identity }: Pick<Sender, 'show' | 'identity'>) => `${show} ${identity}`;
const isSender = ({ identity }: Pick<ParticipantInfo, 'identity'>) => /^(camera|encoder)-/.test(identity);
