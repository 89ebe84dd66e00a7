import { type IncomingMessage } from 'node:http';
import { type MembersService, mayOpenSocket, type SessionMember } from '@qingpai/members';
import { refusalOf } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type Socket } from 'socket.io';
import { type RateLimits } from '../room/rateLimits.js';

/**
 * Before the upgrade: a page of another site is refused whatever cookie the browser sends along, and an address that
 * opens sockets by the thousand. Without an Origin it is no browser; `authenticate` asks it for its token.
 */
export function mayUpgrade(
  request: IncomingMessage,
  publicOrigins: readonly string[],
  limits: RateLimits,
): Promise<Reason | null> {
  const { origin } = request.headers;
  if (origin !== undefined && !mayOpenSocket(origin, publicOrigins, false)) {
    return Promise.resolve('foreign-origin');
  }
  const address = request.socket.remoteAddress ?? 'nowhere';
  return limits.allows('handshake', address).then((allowed) => (allowed ? null : 'slow-down'));
}

export type Entrant = { ok: true; member: SessionMember | null } | { ok: false; reason: Reason };

/**
 * Who opens this socket, by the session cookie, the Authorization header or `auth.token`. A browser without a session
 * is a guest and may watch; a client without Origin must bring a token that is good.
 */
export async function authenticate(
  { handshake }: Pick<Socket, 'handshake'>,
  members: Pick<MembersService, 'sessionOf'>,
): Promise<Entrant> {
  const { cookie, origin, authorization } = handshake.headers;
  const token: unknown = (handshake.auth as { token?: unknown }).token;
  const bearer = typeof token === 'string' ? `Bearer ${token}` : authorization;
  if (origin === undefined && bearer === undefined) return { ok: false, reason: 'foreign-origin' };
  const member = await members.sessionOf(origin === undefined ? undefined : cookie, bearer);
  if (member === null && bearer !== undefined) return { ok: false, reason: 'not-signed-in' };
  return { ok: true, member };
}

/**
 * Lets go of what the request brought by which a socket came: its headers with the session in them, and some kilobytes
 * for each of thousands who watch. engine.io keeps hold of the request itself for as long as the socket lives.
 */
export function forgetRequest(socket: Socket): void {
  const { request } = socket.conn;
  Object.assign(request, { rawHeaders: [], headers: {} });
  Object.assign(socket.conn, { request: null });
  Object.assign(socket.handshake, { headers: {}, auth: {}, query: {}, url: '' });
}

/** What a refused socket is told: `connect_error` carries the refusal in `data`. */
export const connectError = (reason: Reason): Error =>
  Object.assign(new Error(reason), { data: refusalOf(reason) });
