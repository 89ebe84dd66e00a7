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
import { MyPaymentDto, PayingOnlineDto, PayOnlineDto, ShowParamDto } from '../dto.js';
import { PAYMENTS_OPTIONS, type PaymentsOptions } from '../options.js';
import { MyPayments } from './myPayment.js';
import { OnlineOrders } from './orders.js';

/** The buyer's own: what he owes, and how to pay it. */
@ApiTags('payments')
@Controller('api/shows/:id/my-payment')
@UsePipes(WirePipe)
export class MyPaymentController {
  constructor(
    private readonly members: MembersService,
    private readonly mine: MyPayments,
    private readonly orders: OnlineOrders,
    @Inject(PAYMENTS_OPTIONS) private readonly options: PaymentsOptions,
  ) {}

  @Get()
  @May('bill.pay')
  @ApiOperation({ summary: 'Your bill of a show, and every means by which you may pay it.' })
  @ZodResponse({ status: 200, type: MyPaymentDto })
  @ApiProblems(400, 401, 403, 404)
  async show(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return this.mine.of(id, await this.buyer(id, member));
  }

  @Post()
  @May('bill.pay')
  @ApiOperation({
    summary: 'Pay all that you owe at once, on a page of the provider’s; the same page until it closes.',
  })
  @ZodResponse({ status: 201, type: PayingOnlineDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async pay(
    @Param() { id }: ShowParamDto,
    @Body() _: PayOnlineDto,
    @CurrentMember() member: SessionMember,
    @Req() { headers }: FastifyRequest,
  ) {
    const memberId = await this.buyer(id, member);
    // Of a browser the guard knows that it is one of ours.
    const origin = headers.origin ?? this.options.origin?.() ?? 'http://localhost';
    const { order, payUrl } = await this.orders.pay(id, memberId, `${origin}/pay/${id}`);
    const [shown] = await this.mine.shown(id, [order]);
    return { order: shown!, payUrl };
  }

  @Post('look')
  @May('bill.pay')
  @ApiOperation({ summary: 'Ask the provider now what has become of your online payment.' })
  @ZodResponse({ status: 201, type: MyPaymentDto })
  @ApiProblems(400, 401, 403, 404, 415, 503)
  async look(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const memberId = await this.buyer(id, member);
    const { orders } = await this.mine.of(id, memberId);
    const waiting = orders.filter(({ state }) => state === 'open' || state === 'processing');
    for (const { order } of waiting.slice(0, 1)) await this.orders.refresh(order);
    return this.mine.of(id, memberId);
  }

  private async buyer(showId: string, member: SessionMember): Promise<string> {
    await this.members.placeOf(showId);
    assertMay(member, 'bill.pay', { memberId: member.memberId });
    return member.memberId;
  }
}
