import { type MediaServer, type NewsTaker } from '../mediaServer.js';
import { type MediaClaim, signToken } from '../rules/index.js';
import { signJwt } from './jwt.js';
import { WhipServer } from './whipServer.js';

/** A media server that is not ours, as the environment names it. */
export type Elsewhere =
  | { by: 'livekit'; url: string; apiUrl: string; apiKey: string; apiSecret: string }
  | {
      by: 'whip';
      /** With `{show}` where its number goes. */
      publish: string;
      watch: string;
      /** Null: tokens as our own relay reads them, signed with the key of the house. */
      jwtSecret: string | null;
      /** Null: it tells nothing of its stages. */
      newsSecret: string | null;
    };

/**
 * @param key 32 bytes, known to relays of ours
 * @param roomsOf before the names of LiveKit's rooms
 */
export async function openElsewhere(
  elsewhere: Elsewhere,
  { key, roomsOf, nowMs }: { key: Uint8Array; roomsOf: string; nowMs(): number },
): Promise<MediaServer & NewsTaker> {
  if (elsewhere.by === 'livekit') {
    // Its library is loaded by who uses it alone.
    const { LiveKitServer } = await import('./liveKitServer.js');
    return new LiveKitServer({ ...elsewhere, roomsOf, nowMs });
  }
  const { publish, watch, jwtSecret, newsSecret } = elsewhere;
  const sign = (claim: MediaClaim) =>
    jwtSecret === null ? signToken(claim, key) : signJwt(claim, jwtSecret);
  return new WhipServer({ publish, watch, sign }, newsSecret);
}

/** Origins that pages must be let through to: by HTTP for WHIP and WHEP, by websocket for LiveKit. */
export function originsOf(elsewhere: Elsewhere | null): string[] {
  if (elsewhere === null) return [];
  if (elsewhere.by === 'livekit') {
    const { host, protocol } = new URL(elsewhere.url);
    return protocol === 'wss:' ? [`wss://${host}`, `https://${host}`] : [`ws://${host}`, `http://${host}`];
  }
  return [...new Set([elsewhere.publish, elsewhere.watch].map((url) => new URL(url).origin))];
}
