import { type MediaAddress, type Stage } from '@qingpai/wire';
import { type MediaClaim } from './rules/index.js';

/**
 * Whatever takes and gives live video. Ours is the relay beside the market; any server that speaks WHIP and WHEP can
 * stand in its place: an address by show and a token for it, and word of what is on stage.
 */
export interface MediaServer {
  /** @param person who is let in, and alone may end what he opened */
  publishAt(show: string, person: string, untilMs: number): MediaAddress;
  watchAt(show: string, person: string, untilMs: number): MediaAddress;
  /** A playlist some seconds behind, its token in it; left out: there is none. */
  delayedAt?(show: string, person: string, untilMs: number): string;
  stageOf(show: string): Stage;
  /** Told of every change; answers how to stop that. */
  onStage(listener: StageListener): () => void;
  /** Where requests to `/whip` and `/whep` of our own address go on to; null: clients go there themselves. */
  forwardTo: string | null;
  /** Announced to who reaches us behind a NAT or a proxy; null: the address by which he came. */
  publicIp: string | null;
}
export type StageListener = (show: string, stage: Stage) => void;

export interface MediaTemplate {
  /** With `{show}` where its number goes, e.g. `https://live.example/whip/{show}`. */
  publish: string;
  watch: string;
  sign(claim: MediaClaim): string;
}

/** The two addresses of a server that is known by a template. */
export function addressesBy({
  publish,
  watch,
  sign,
}: MediaTemplate): Pick<MediaServer, 'publishAt' | 'watchAt'> {
  const at =
    (template: string, may: 'publish' | 'watch') => (show: string, person: string, untilMs: number) => ({
      url: template.replaceAll('{show}', show),
      token: sign({ show, may, person, untilMs }),
      untilMs,
    });
  return { publishAt: at(publish, 'publish'), watchAt: at(watch, 'watch') };
}

/** Without live video: pages show photos. */
export const noVideo: Stage = { state: 'off', video: false, audio: false, take: 0 };
export const nobodyYet: Stage = { state: 'idle', video: false, audio: false, take: 0 };
