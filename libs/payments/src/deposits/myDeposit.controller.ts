import { Controller, Get, Param, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import { MyDepositDto, ShowParamDto } from '../dto.js';
import { DepositViews } from './depositViews.js';

/** The buyer's own deposit: what is asked, where his stands, and how to give it. */
@ApiTags('payments')
@Controller('api/shows/:id/my-deposit')
@UsePipes(WirePipe)
export class MyDepositController {
  constructor(
    private readonly members: MembersService,
    private readonly views: DepositViews,
  ) {}

  @Get()
  @May('bill.pay')
  @ApiOperation({ summary: 'Whether this show asks for a deposit, where yours stands, and how to give it.' })
  @ZodResponse({ status: 200, type: MyDepositDto })
  @ApiProblems(400, 401, 403, 404)
  async show(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const memberId = await this.buyer(id, member);
    return { ...(await this.views.ofMember(id, memberId)), online: [] };
  }

  private async buyer(showId: string, member: SessionMember): Promise<string> {
    await this.members.placeOf(showId);
    assertMay(member, 'bill.pay', { memberId: member.memberId });
    return member.memberId;
  }
}
