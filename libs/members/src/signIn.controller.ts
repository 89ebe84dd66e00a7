import {
  applyDecorators,
  Body,
  Controller,
  Get,
  HttpCode,
  Inject,
  Post,
  Req,
  Res,
  UsePipes,
} from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { ApiProblems } from './apiProblems.js';
import { WirePipe } from './bodyPipe.js';
import { expiredCookie } from './cookie.js';
import {
  CodeAskDto,
  CodeSentDto,
  CodeVerifyDto,
  MeDto,
  RoleTableDto,
  SignedInDto,
  TokenExchangeDto,
} from './dto.js';
import { CurrentMember, isSecure, type MemberRequest, Public } from './guards.js';
import { MembersService } from './members.service.js';
import { MEMBERS_OPTIONS, type MembersOptions } from './options.js';
import { roleTable } from './rules/roles.js';
import { SessionAnswer } from './sessionAnswer.js';
import { type SessionMember, tokenOf } from './sessions.js';
import { SignInLimits } from './signInLimits.js';

/** `X-Session: bearer` on the ways in. */
export const ApiSessionHeader = () =>
  applyDecorators(
    ApiHeader({
      name: 'X-Session',
      required: false,
      description: '`bearer`: answer with `token` instead of setting the cookie qp_session',
    }),
  );

@ApiTags('people')
@Controller('api')
@UsePipes(WirePipe)
export class SignInController {
  constructor(
    private readonly members: MembersService,
    private readonly sessionAnswer: SessionAnswer,
    private readonly limits: SignInLimits,
    @Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions,
  ) {}

  @Post('sign-in/code')
  @Public()
  @ApiOperation({ summary: 'Send a one-time code to a phone; the same answer for known and unknown phones.' })
  @ZodResponse({ status: 200, type: CodeSentDto })
  @ApiProblems(400, 403, 415, 429)
  async code(@Body() body: CodeAskDto, @Req() request: MemberRequest) {
    await this.limits.signInFrom(request.ip);
    return this.members.requestCode(body.phone);
  }

  @Post('sign-in/verify')
  @Public()
  @ApiSessionHeader()
  @ApiOperation({ summary: 'Sign in by phone and code; an unknown phone becomes a buyer.' })
  @ZodResponse({ status: 200, type: SignedInDto })
  @ApiProblems(400, 401, 403, 415, 429)
  async verify(
    @Body() body: CodeVerifyDto,
    @Req() request: MemberRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.limits.signInFrom(request.ip);
    const session = await this.members.verifyCode(body.phone, body.code, body.nickname);
    return this.sessionAnswer.give(session, request, reply);
  }

  @Post('sign-in/link')
  @Public()
  @ApiSessionHeader()
  @ApiOperation({ summary: 'Sign in by a one-use link: the token from its fragment.' })
  @ZodResponse({ status: 200, type: SignedInDto })
  @ApiProblems(400, 401, 403, 415, 429)
  link(
    @Body() body: TokenExchangeDto,
    @Req() request: MemberRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.exchange(body, request, reply);
  }

  @Post('sign-in/slip')
  @Public()
  @ApiSessionHeader()
  @ApiOperation({ summary: 'Become a buyer by a one-use slip: the token from its QR.' })
  @ZodResponse({ status: 200, type: SignedInDto })
  @ApiProblems(400, 401, 403, 415, 429)
  slip(
    @Body() body: TokenExchangeDto,
    @Req() request: MemberRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return this.exchange(body, request, reply);
  }

  @Post('sign-out')
  @Public()
  @HttpCode(204)
  @ApiOperation({ summary: 'End this session; its sockets are cut.' })
  @ApiNoContentResponse({ description: 'signed out, or was not signed in' })
  @ApiProblems(403, 415)
  async signOut(@Req() request: MemberRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const token = tokenOf(request.headers.cookie, request.headers.authorization);
    if (token !== null) await this.members.signOut(token);
    reply.header('set-cookie', expiredCookie(isSecure(request, this.options)));
  }

  @Get('me')
  @Public()
  @ApiOperation({ summary: 'Who is signed in, the phone masked.' })
  @ZodResponse({ status: 200, type: MeDto })
  me(@CurrentMember() member: SessionMember | null, @Res({ passthrough: true }) reply: FastifyReply) {
    reply.header('cache-control', 'no-store');
    return this.members.meOf(member?.memberId ?? null);
  }

  @Get('roles')
  @Public()
  @ApiOperation({ summary: 'Who may do what, and how far.' })
  @ZodResponse({ status: 200, type: RoleTableDto })
  roles() {
    return { grants: roleTable() };
  }

  private async exchange(body: TokenExchangeDto, request: MemberRequest, reply: FastifyReply) {
    await this.limits.signInFrom(request.ip);
    const session = await this.members.exchangeToken(body.token, body.nickname);
    return this.sessionAnswer.give(session, request, reply);
  }
}
