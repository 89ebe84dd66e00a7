import { Inject, Injectable } from '@nestjs/common';
import { type signedIn } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { sessionCookie } from './cookie.js';
import { isSecure, type MemberRequest, nameDevice } from './guards.js';
import { MembersService, type SignedInMember } from './members.service.js';
import { MEMBERS_OPTIONS, type MembersOptions } from './options.js';

/** Hands a fresh session over: as a cookie, or in the body to a client that asks with `X-Session: bearer`. */
@Injectable()
export class SessionAnswer {
  constructor(
    private readonly members: MembersService,
    @Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions,
  ) {}

  async give(
    session: SignedInMember,
    request: MemberRequest,
    reply: FastifyReply,
  ): Promise<z.infer<typeof signedIn>> {
    const answer = { me: await this.members.meOf(session.memberId), goTo: session.goTo };
    reply.header('cache-control', 'no-store');
    if (request.headers['x-session'] === 'bearer') return { ...answer, token: session.token };
    reply.header('set-cookie', sessionCookie(session.token, isSecure(request, this.options)));
    this.nameDevice(request, reply);
    return answer;
  }

  /** For pages that are opened before anybody signs in. */
  nameDevice(request: FastifyRequest, reply: FastifyReply): void {
    nameDevice(request, reply, this.options);
  }
}
