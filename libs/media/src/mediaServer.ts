import { type MediaAddress, type SenderKind, type Stage } from '@qingpai/wire';
import { type StageListener } from './stages.js';

/** Who sends: a page of ours, or OBS and the like. */
export interface SendAsk {
  show: string;
  /** Who is let in, and alone may end what he opened. */
  person: string;
  from: SenderKind;
  untilMs: number;
}

/**
 * Whatever takes and gives live video. Ours is the relay beside the market; LiveKit, or any server that speaks WHIP and
 * WHEP, can stand in its place: an address by show and a token for it, and word of what is on stage.
 */
export interface MediaServer {
  publishAt(ask: SendAsk): Promise<MediaAddress>;
  watchAt(show: string, person: string, untilMs: number): Promise<MediaAddress>;
  /** A playlist some seconds behind, its token in it; left out: there is none. */
  delayedAt?(show: string, person: string, untilMs: number): string;
  /** Whether somebody else's camera is on air; a server that refuses the second one itself says no. */
  isHeldByAnother(ask: Pick<SendAsk, 'show' | 'person' | 'from'>): boolean;
  stageOf(show: string): Stage;
  /** Whether it answers us now; left out: nobody knows. */
  isReached?(): boolean;
  /** Told of every change; answers how to stop that. */
  onStage(listener: StageListener): () => void;
  /** Where requests to `/whip` and `/whep` of our own address go on to; null: clients go there themselves. */
  forwardTo: string | null;
  /** Announced to who reaches us behind a NAT or a proxy; null: the address by which he came. */
  publicIp: string | null;
  close(): void;
}

/** Media servers of others that tell of their stages by asking us. */
export interface NewsTaker {
  /** @returns whether it was theirs: signed with what they and we know */
  hear(body: Buffer, authorization: string): Promise<boolean>;
}
