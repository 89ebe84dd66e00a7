import { type SessionMember } from '@qingpai/members';
import { type Reason } from '@qingpai/wire';
import { type MediaServer } from './mediaServer.js';

export interface MediaOptions {
  /** Null: no live video in this house. */
  server: MediaServer | null;
  /** Signs what the second phone carries; 32 bytes. */
  key: Uint8Array;
  nowMs(): number;
  /** Whether clients come through a proxy, so that the address they came by is not theirs to us. */
  behindProxy: boolean;
}
export const MEDIA_OPTIONS = Symbol('media options');

/** What live video asks of the auction. */
export interface StageHands {
  /** Null: he holds the show's console, or has taken it over. */
  refusalToPublish(showId: string, member: SessionMember): Promise<Reason | null>;
  faceOf(showId: string): Promise<{ title: string; code: string | null }>;
}
export const STAGE_HANDS = Symbol('stage hands');
