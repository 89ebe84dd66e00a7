import { Body, Controller, Get, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
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
import { Cases } from './cases.js';
import {
  CaseOutcomeDto,
  CaseParamDto,
  PaymentCaseDto,
  PaymentCaseListDto,
  PaymentDisputeDto,
  PaymentParamDto,
  ShowParamDto,
} from './dto.js';
import { PaymentsService } from './payments.service.js';

/** What people must decide about money. */
@ApiTags('payments')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class CasesController {
  constructor(
    private readonly members: MembersService,
    private readonly cases: Cases,
    private readonly payments: PaymentsService,
  ) {}

  @Get('payment-cases')
  @May('payment.record')
  @ApiOperation({ summary: 'What people must decide about money; open ones first.' })
  @ZodResponse({ status: 200, type: PaymentCaseListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'payment.record', await this.members.placeOf(id));
    return { cases: await this.cases.list(id, member.memberId) };
  }

  @Post('payment-cases/:case/outcome')
  @May('payment.confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Write down what came of a case that somebody else raised.' })
  @ZodResponse({ status: 200, type: PaymentCaseDto })
  @ApiProblems(400, 401, 403, 404, 409, 415)
  async settle(
    @Param() { id, case: one }: CaseParamDto,
    @Body() { outcome }: CaseOutcomeDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'payment.confirm', await this.members.placeOf(id));
    return this.cases.settle(id, one, member.memberId, outcome);
  }

  @Post('payments/:payment/dispute')
  @May('payment.dispute')
  @ApiOperation({
    summary: 'Say that a payment by hand is not as it was recorded: its buyer, host or officer.',
  })
  @ZodResponse({ status: 201, type: PaymentCaseDto })
  @ApiProblems(400, 401, 403, 404, 409, 415)
  async dispute(
    @Param() { id, payment }: PaymentParamDto,
    @Body() says: PaymentDisputeDto,
    @CurrentMember() member: SessionMember,
  ) {
    const place = await this.members.placeOf(id);
    const buyer = member.role === 'buyer' ? await this.payments.buyerOf(id, payment) : null;
    assertMay(member, 'payment.dispute', buyer === null ? place : { memberId: buyer.memberId });
    return this.cases.dispute(id, payment, member.memberId, says);
  }
}
