import type { MediaAddress } from '@qingpai/wire';

/** One connection by WHIP (RFC 9725) or WHEP, as the server answered it. */
export interface Connection {
  pc: RTCPeerConnection;
  /** Where it is changed and ended. */
  resource: string;
  token: string;
}

/** Null of `status`: no answer at all. */
export type Connected = { ok: true; connection: Connection } | { ok: false; status: number | null };

const ANSWER_MS_MAX = 8_000;

/** Offers what `pc` has been given, once: the server tells all it needs in its answer, so nothing has to trickle. */
export async function connect(pc: RTCPeerConnection, { url, token }: MediaAddress): Promise<Connected> {
  try {
    await pc.setLocalDescription();
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${token}` },
      body: pc.localDescription?.sdp,
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    if (response.status !== 201) {
      pc.close();
      return { ok: false, status: response.status };
    }
    const resource = new URL(response.headers.get('location') ?? '', new URL(url, location.href)).href;
    await pc.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    return { ok: true, connection: { pc, resource, token } };
  } catch {
    pc.close();
    return { ok: false, status: null };
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Lets the server know at once, also while the page is being closed. */
export function end({ pc, resource, token }: Connection): void {
  pc.close();
  void fetch(resource, { method: 'DELETE', headers: bearer(token), keepalive: true }).catch(() => undefined);
}

/**
 * What has become of it. `replaced`: a newer one of ours took its place, so it must not come back by itself · `unreached`: no
 * answer at all, so that its packets may only be held up with everything else.
 */
export type Fate = 'alive' | 'gone' | 'replaced' | 'unreached' | 'unknown';
const FATE_MS_MAX = 2_000;

export async function fate({ resource, token }: Connection): Promise<Fate> {
  try {
    const headers = { ...bearer(token), 'content-type': 'application/trickle-ice-sdpfrag' };
    const signal = AbortSignal.timeout(FATE_MS_MAX);
    const { status } = await fetch(resource, { method: 'PATCH', headers, body: '', signal });
    return status === 204 ? 'alive' : status === 410 ? 'replaced' : status === 404 ? 'gone' : 'unknown';
  } catch {
    return 'unreached';
  }
}

export async function setLayer({ resource, token }: Connection, layer: string): Promise<void> {
  const headers = { ...bearer(token), 'content-type': 'application/json' };
  await fetch(`${resource}/layer`, { method: 'POST', headers, body: JSON.stringify({ layer }) }).catch(
    () => undefined,
  );
}

/** Waits between tries: at once, then longer each time. */
export function backoff(): { next(): number; reset(): void } {
  let tries = 0;
  return {
    next: () => (tries === 0 ? (tries++, 200) : Math.min(500 * 2 ** tries++, 5_000)),
    reset: () => void (tries = 0),
  };
}
