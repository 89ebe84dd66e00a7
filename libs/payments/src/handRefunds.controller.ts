import { Body, Controller, Get, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Action,
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import {
  HandRefundAskDto,
  HandRefundDecisionDto,
  HandRefundDto,
  HandRefundListDto,
  HandRefundParamDto,
  ShowParamDto,
} from './dto.js';
import { HandRefunds } from './handRefunds.js';
import { type Cashier, cashierAt } from './cashier.js';

/** Money that was paid by hand, on its way back. */
@ApiTags('payments')
@Controller('api/shows/:id/hand-refunds')
@UsePipes(WirePipe)
export class HandRefundsController {
  constructor(
    private readonly members: MembersService,
    private readonly refunds: HandRefunds,
  ) {}

  @Get()
  @May('payment.record')
  @ApiOperation({ summary: 'Refunds by hand of a show, newest first.' })
  @ZodResponse({ status: 200, type: HandRefundListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return this.refunds.list(id, (await this.cashier(id, member, 'payment.record')).memberId);
  }

  @Post()
  @May('payment.record')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Write down what went back by hand: at once in the log up to what one person may give, above it when a second confirms.',
  })
  @ZodResponse({ status: 200, type: HandRefundDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async ask(
    @Param() { id }: ShowParamDto,
    @Body() body: HandRefundAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.refunds.ask(id, await this.cashier(id, member, 'payment.record'), body);
  }

  @Post(':refund/decision')
  @May('payment.confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Confirm a refund that somebody else wrote down, or drop it.' })
  @ZodResponse({ status: 200, type: HandRefundDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async decide(
    @Param() { id, refund }: HandRefundParamDto,
    @Body() { confirm }: HandRefundDecisionDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.refunds.decide(id, refund, await this.cashier(id, member, 'payment.confirm'), confirm);
  }

  private cashier(showId: string, member: SessionMember, action: Action): Promise<Cashier> {
    return cashierAt(this.members, showId, member, action);
  }
}
