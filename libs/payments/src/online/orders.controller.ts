import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Param,
  Post,
  StreamableFile,
  UsePipes,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
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
import {
  OnlineOrderListDto,
  OrderParamDto,
  OrderRefundParamDto,
  RefundAskDto,
  RefundDecisionDto,
  RefundDto,
  ShowParamDto,
} from '../dto.js';
import { MyPayments } from './myPayment.js';
import { OnlineOrders } from './orders.js';
import { OnlineRefunds } from './refunds.js';

/** Online payments of a show, for those who keep its money. */
@ApiTags('payments')
@Controller('api/shows/:id/orders')
@UsePipes(WirePipe)
export class OrdersController {
  constructor(
    private readonly members: MembersService,
    private readonly shown: MyPayments,
    private readonly orders: OnlineOrders,
    private readonly refunds: OnlineRefunds,
  ) {}

  @Get()
  @May('payment.record')
  @ApiOperation({
    summary: 'Online payments of a show, newest first, and refunds that wait for a second person.',
  })
  @ZodResponse({ status: 200, type: OnlineOrderListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'payment.record', await this.members.placeOf(id));
    return {
      orders: await this.shown.ofShow(id),
      waiting: await this.refunds.waitingOf(id, member.memberId),
    };
  }

  @Get(':order/evidence')
  @May('payment.record')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'What the provider said when the money came; its SHA-256 is in the log.' })
  @ApiProduces('application/json')
  @ApiOkResponse({ description: 'the answer as kept', schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403, 404)
  async evidence(@Param() { id, order }: OrderParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'payment.record', await this.members.placeOf(id));
    const bytes = await this.orders.evidence(id, order);
    return new StreamableFile(bytes, { type: 'application/json', length: bytes.length });
  }

  @Post(':order/refunds')
  @May('payment.refund')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Give money back the way it came: never more than came in; the same number once; above a sealed sum when a second person confirms.',
  })
  @ZodResponse({ status: 200, type: RefundDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async refund(
    @Param() { id, order }: OrderParamDto,
    @Body() body: RefundAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'payment.refund', await this.members.placeOf(id));
    return this.refunds.ask(id, order, member.memberId, body);
  }

  @Post(':order/refunds/:refund/decision')
  @May('payment.confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a refund go that somebody else asked for, or drop it.' })
  @ZodResponse({ status: 200, type: RefundDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async decide(
    @Param() { id, order, refund }: OrderRefundParamDto,
    @Body() { confirm }: RefundDecisionDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'payment.confirm', await this.members.placeOf(id));
    const { memberId } = member;
    return this.refunds.decide({ showId: id, orderId: order, memberId }, refund, confirm);
  }
}
