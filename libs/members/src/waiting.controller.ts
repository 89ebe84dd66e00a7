import { Body, Controller, Get, HttpCode, Param, Post, Req, Res, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { ApiProblems } from './apiProblems.js';
import { WirePipe } from './bodyPipe.js';
import {
  AdmitDto,
  ShowParamDto,
  SignedInDto,
  SlipsAskDto,
  SlipsDto,
  WaitAskDto,
  WaitingListDto,
} from './dto.js';
import { assertMay, CurrentMember, May, type MemberRequest, Public } from './guards.js';
import { MembersService } from './members.service.js';
import { type Action } from './rules/roles.js';
import { SessionAnswer } from './sessionAnswer.js';
import { type SessionMember } from './sessions.js';
import { ApiSessionHeader } from './signIn.controller.js';
import { SignInLimits } from './signInLimits.js';

/** Ways into a show without SMS: be admitted by its host, or bring a printed slip. */
@ApiTags('people')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class WaitingController {
  constructor(
    private readonly members: MembersService,
    private readonly sessionAnswer: SessionAnswer,
    private readonly limits: SignInLimits,
  ) {}

  @Post('wait')
  @Public()
  @ApiSessionHeader()
  @ApiOperation({ summary: 'Wait, under a nickname, for the host to admit you.' })
  @ZodResponse({ status: 200, type: SignedInDto })
  @ApiProblems(400, 403, 404, 415, 429, 503)
  async wait(
    @Param() { id }: ShowParamDto,
    @Body() { nickname }: WaitAskDto,
    @CurrentMember() member: SessionMember | null,
    @Req() request: MemberRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    await this.limits.signInFrom(request.ip);
    if (member === null) {
      return this.sessionAnswer.give(await this.members.waitFor(nickname, id), request, reply);
    }
    if (member.state === 'waiting') await this.members.alsoWaitFor(member.memberId, id);
    return { me: await this.members.meOf(member.memberId), goTo: null };
  }

  @Get('waiting')
  @May('waiting.admit')
  @ApiOperation({ summary: 'Who waits to be admitted, longest first.' })
  @ZodResponse({ status: 200, type: WaitingListDto })
  @ApiProblems(400, 401, 403, 404)
  async waiting(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'waiting.admit');
    return { waiting: await this.members.waitingFor(id) };
  }

  @Post('admit')
  @May('waiting.admit')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let a waiting buyer in.' })
  @ApiNoContentResponse({ description: 'admitted' })
  @ApiProblems(400, 401, 403, 404, 415)
  async admit(@Param() { id }: ShowParamDto, @Body() body: AdmitDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'waiting.admit');
    await this.members.admit(body.member, id);
  }

  @Post('slips')
  @May('slips.make')
  @ApiOperation({ summary: 'One-use slips with a QR to print, each for one buyer.' })
  @ZodResponse({ status: 200, type: SlipsDto })
  @ApiProblems(400, 401, 403, 404, 415)
  async slips(
    @Param() { id }: ShowParamDto,
    @Body() { count }: SlipsAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'slips.make');
    return { slips: await this.members.makeSlips(id, count) };
  }

  private async assertMayAt(showId: string, member: SessionMember, action: Action): Promise<void> {
    assertMay(member, action, await this.members.placeOf(showId));
  }
}
