import { Body, Controller, Get, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, assertMay, CurrentMember, May, type SessionMember, WirePipe } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { ZodResponse } from 'nestjs-zod';
import { Defaulters } from './defaulters.js';
import { BarredListDto, BarredParamDto, BiddingLiftDto } from './dto.js';

/** Two defaults: no more bidding, until an officer says so. */
@ApiTags('township')
@Controller('api/township/defaulters')
@UsePipes(WirePipe)
export class StandingController {
  constructor(private readonly defaulters: Defaulters) {}

  @Get()
  @May('bidding.lift')
  @ApiOperation({ summary: 'Who left bills of this township unpaid, and who may therefore bid no more.' })
  @ZodResponse({ status: 200, type: BarredListDto })
  @ApiProblems(401, 403)
  async list(@CurrentMember() member: SessionMember) {
    return { buyers: await this.defaulters.list(townshipOf(member)) };
  }

  @Post(':member/lift')
  @May('bidding.lift')
  @HttpCode(204)
  @ApiOperation({ summary: 'Let somebody bid again, for a reason; it is kept, and he begins anew.' })
  @ApiNoContentResponse({ description: 'lifted' })
  @ApiProblems(400, 401, 403, 404, 415, 503)
  async lift(
    @Param() { member: id }: BarredParamDto,
    @Body() { reason }: BiddingLiftDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.defaulters.lift(townshipOf(member), id, member.memberId, reason);
  }
}

function townshipOf(member: SessionMember): string {
  const { townshipId } = member;
  if (townshipId === null) throw new Refused('not-allowed');
  assertMay(member, 'bidding.lift', { townshipId });
  return townshipId;
}
