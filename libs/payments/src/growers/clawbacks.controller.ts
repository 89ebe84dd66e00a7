import { Body, Controller, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import { cashierAt } from '../cashier.js';
import { Clawbacks } from './clawbacks.js';
import {
  ClawbackCarryAskDto,
  ClawbackDecisionDto,
  ClawbackRepaymentAskDto,
  RepaymentParamDto,
  ShowParamDto,
  ShowPayoutsDto,
} from './dto.js';
import { Payouts } from './payouts.js';

/** What growers owe back (扣回): given back by themselves, or carried on. */
@ApiTags('growers')
@Controller('api/shows/:id/clawbacks')
@UsePipes(WirePipe)
export class ClawbacksController {
  constructor(
    private readonly members: MembersService,
    private readonly clawbacks: Clawbacks,
    private readonly payouts: Payouts,
  ) {}

  @Post()
  @May('payout.confirm')
  @ApiOperation({ summary: 'Record what a grower gave back; a second person confirms it.' })
  @ZodResponse({ status: 201, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415)
  async record(
    @Param() { id }: ShowParamDto,
    @Body() ask: ClawbackRepaymentAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    const by = await cashierAt(this.members, id, member, 'payout.confirm');
    await this.clawbacks.record(id, by, ask);
    return this.payouts.of(id, by.memberId);
  }

  @Post(':repayment/decision')
  @May('payout.confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm or reject what somebody else recorded; confirmed, it stands in the log.',
  })
  @ZodResponse({ status: 200, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async decide(
    @Param() { id, repayment }: RepaymentParamDto,
    @Body() { confirm }: ClawbackDecisionDto,
    @CurrentMember() member: SessionMember,
  ) {
    const by = await cashierAt(this.members, id, member, 'payout.confirm');
    await this.clawbacks.decide(id, repayment, by, confirm);
    return this.payouts.of(id, by.memberId);
  }

  @Post('carry')
  @May('payout.make')
  @HttpCode(200)
  @ApiOperation({ summary: 'Carry on what a grower owes, to come off his next payout in the township.' })
  @ZodResponse({ status: 200, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async carry(
    @Param() { id }: ShowParamDto,
    @Body() { grower }: ClawbackCarryAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    const by = await cashierAt(this.members, id, member, 'payout.make');
    await this.clawbacks.carry(id, by, grower);
    return this.payouts.of(id, by.memberId);
  }
}
