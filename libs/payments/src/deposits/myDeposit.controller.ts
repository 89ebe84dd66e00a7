import { Body, Controller, Get, Inject, Param, Post, Req, UsePipes } from '@nestjs/common';
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
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { MyDepositDto, PayingDepositDto, PayOnlineDto, ShowParamDto } from '../dto.js';
import { PAYMENTS_OPTIONS, type PaymentsOptions } from '../options.js';
import { DepositViews } from './depositViews.js';
import { OnlineDeposits } from './onlineDeposits.js';

/** The buyer's own deposit: what is asked, where his stands, and how to give it. */
@ApiTags('payments')
@Controller('api/shows/:id/my-deposit')
@UsePipes(WirePipe)
export class MyDepositController {
  constructor(
    private readonly members: MembersService,
    private readonly views: DepositViews,
    private readonly online: OnlineDeposits,
    @Inject(PAYMENTS_OPTIONS) private readonly options: PaymentsOptions,
  ) {}

  @Get()
  @May('bill.pay')
  @ApiOperation({ summary: 'Whether this show asks for a deposit, where yours stands, and how to give it.' })
  @ZodResponse({ status: 200, type: MyDepositDto })
  @ApiProblems(400, 401, 403, 404)
  async show(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return this.views.ofMember(id, await this.buyer(id, member));
  }

  @Post()
  @May('bill.pay')
  @ApiOperation({ summary: 'Give your deposit on a page of the provider’s; the same page until it closes.' })
  @ZodResponse({ status: 201, type: PayingDepositDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async pay(
    @Param() { id }: ShowParamDto,
    @Body() _: PayOnlineDto,
    @CurrentMember() member: SessionMember,
    @Req() { headers }: FastifyRequest,
  ) {
    const memberId = await this.buyer(id, member);
    // Of a browser the guard knows that it is one of ours.
    const origin = headers.origin ?? this.options.origin?.() ?? 'http://localhost';
    return this.online.pay(id, memberId, `${origin}/pay/${id}`);
  }

  @Post('look')
  @May('bill.pay')
  @ApiOperation({ summary: 'Ask the provider now what has become of your deposit.' })
  @ZodResponse({ status: 201, type: MyDepositDto })
  @ApiProblems(400, 401, 403, 404, 415, 503)
  async look(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const memberId = await this.buyer(id, member);
    await this.online.look(id, memberId);
    return this.views.ofMember(id, memberId);
  }

  private async buyer(showId: string, member: SessionMember): Promise<string> {
    await this.members.placeOf(showId);
    assertMay(member, 'bill.pay', { memberId: member.memberId });
    return member.memberId;
  }
}
