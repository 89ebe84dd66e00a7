import {
  type CanActivate,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  Injectable,
  SetMetadata,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { Refused } from '@qingpai/platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { cookieDevice, cookieToken, deviceCookie, sessionCookie } from './cookie.js';
import { MembersService } from './members.service.js';
import { MEMBERS_OPTIONS, type MembersOptions } from './options.js';
import { refusalOfRequest } from './rules/origins.js';
import { type Action, refusalOfAction, refusalOn, sameTownship, type Target } from './rules/roles.js';
import { newToken } from './secrets.js';
import { type SessionMember } from './sessions.js';

const MAY = 'qingpai:may';
const PUBLIC = 'qingpai:public';

/** A request that has passed the guard; `member` is null for a guest on a public route. */
export type MemberRequest = FastifyRequest & { member: SessionMember | null };

/** Only members whose role has this grant come in. The scope is checked where the target is known. */
export const May = (action: Action) => SetMetadata(MAY, action);
/** Anybody comes in; who is signed in is known all the same. */
export const Public = () => SetMetadata(PUBLIC, true);

/** The member who asks; null only on public routes. */
export const CurrentMember = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return context.switchToHttp().getRequest<MemberRequest>().member;
});

/** The number of the browser that asks, for `ShowStore.deviceOf`; null: it keeps no cookies, or has none yet. */
export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext) => {
  return cookieDevice(context.switchToHttp().getRequest<FastifyRequest>().headers.cookie);
});

/** Refuses what another site's page sends in a member's name. Sockets are checked in their handshake. */
@Injectable()
export class OriginGuard implements CanActivate {
  constructor(@Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const { method, headers } = context.switchToHttp().getRequest<FastifyRequest>();
    const marks = { method, origin: headers.origin, contentType: headers['content-type'] };
    const reason = refusalOfRequest(marks, this.options.publicOrigins);
    if (reason !== null) throw new Refused(reason, reason === 'malformed' ? 415 : undefined);
    return true;
  }
}

/** Finds the member behind a request and asks the role table. A route without @May or @Public lets nobody in. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly members: MembersService,
    @Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<MemberRequest>();
    const { cookie, authorization } = request.headers;
    request.member = await this.members.sessionOf(cookie, authorization);
    this.renew(context, request);
    const places = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, places)) return true;
    const action = this.reflector.getAllAndOverride<Action | undefined>(MAY, places);
    const reason = action === undefined ? 'not-allowed' : refusalOfAction(request.member, action);
    if (reason !== null) throw new Refused(reason);
    return true;
  }

  /** A session in use goes on for thirty more days; so must its cookie. */
  private renew(context: ExecutionContext, request: MemberRequest): void {
    const token = cookieToken(request.headers.cookie);
    if (!request.member?.renewed || token === null || request.headers.authorization) return;
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    reply.header('set-cookie', sessionCookie(token, isSecure(request, this.options)));
  }
}

/** Whether the browser talks https to us, so that the cookie may be kept to it. */
export function isSecure(request: FastifyRequest, options: MembersOptions): boolean {
  return options.secureCookies || request.protocol === 'https';
}

/** Gives the browser a number of its own when it has none yet. */
export function nameDevice(request: FastifyRequest, reply: FastifyReply, options: MembersOptions): void {
  if (cookieDevice(request.headers.cookie) !== null) return;
  reply.header('set-cookie', deviceCookie(newToken(), isSecure(request, options)));
}

/** Throws `not-allowed` unless the member belongs to this township. */
export function assertSameTownship(member: SessionMember, townshipId: string): void {
  if (!sameTownship(member, townshipId)) throw new Refused('not-allowed');
}

/** Role and scope at once: throws `not-signed-in`, `not-admitted` or `not-allowed`. */
export function assertMay(member: SessionMember | null, action: Action, target: Target): void {
  const reason = refusalOn(member, action, target);
  if (reason !== null) throw new Refused(reason);
}
