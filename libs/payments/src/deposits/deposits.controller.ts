import { Body, Controller, Get, HttpCode, Param, Post, Req, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Action,
  ApiFile,
  ApiPhoto,
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  photoFile,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { PICTURE_BYTES_MAX, uploadOf } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import {
  DepositListDto,
  DepositMoveDto,
  DepositParamDto,
  DepositRecordDto,
  DepositReleaseDto,
  PaymentDecisionDto,
  PaymentParamDto,
  ShowParamDto,
} from '../dto.js';
import { type Cashier, cashierAt } from '../cashier.js';
import { DepositViews } from './depositViews.js';
import { DepositsService } from './deposits.service.js';

/** 保证金 by hand. Each movement is recorded by one person and confirmed by another. */
@ApiTags('payments')
@Controller('api/shows/:id/deposits')
@UsePipes(WirePipe)
export class DepositsController {
  constructor(
    private readonly members: MembersService,
    private readonly deposits: DepositsService,
    private readonly views: DepositViews,
  ) {}

  @Get()
  @May('payment.record')
  @ApiOperation({ summary: 'Deposits of a show: who gave one, where it stands, and what was recorded.' })
  @ZodResponse({ status: 200, type: DepositListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return this.views.ofShow(id, (await this.cashier(id, member, 'payment.record')).memberId);
  }

  @Post()
  @May('payment.record')
  @ApiOperation({ summary: 'Record that a deposit came in, or that what was let go of it went back.' })
  @ZodResponse({ status: 201, type: DepositMoveDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async record(
    @Param() { id }: ShowParamDto,
    @Body() body: DepositRecordDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.deposits.record(id, await this.cashier(id, member, 'payment.record'), body);
  }

  @Post('moves/:payment/decision')
  @May('payment.confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm or reject what somebody else recorded; confirmed, it stands in the log.',
  })
  @ZodResponse({ status: 200, type: DepositMoveDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async decide(
    @Param() { id, payment }: PaymentParamDto,
    @Body() { confirm }: PaymentDecisionDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.deposits.decide(id, payment, await this.cashier(id, member, 'payment.confirm'), confirm);
  }

  @Post('moves/:payment/photo')
  @May('payment.record')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Add the photo of the receipt (JPEG, PNG or WebP, 8 MB at most), or put it in place of the last.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: DepositMoveDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415)
  async addPhoto(
    @Param() { id, payment }: PaymentParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    const cashier = await this.cashier(id, member, 'payment.record');
    return this.deposits.addPhoto(id, payment, cashier, await uploadOf(request, PICTURE_BYTES_MAX));
  }

  @Get('moves/:payment/photo')
  @May('payment.record')
  @ApiPhoto()
  @ApiOperation({ summary: 'The photo of the receipt of a deposit.' })
  @ApiProblems(400, 401, 403, 404)
  async photo(@Param() { id, payment }: PaymentParamDto, @CurrentMember() member: SessionMember) {
    await this.cashier(id, member, 'payment.record');
    const bytes = await this.deposits.photo(id, payment);
    return photoFile(bytes);
  }

  @Post(':deposit/release')
  @May('payment.refund')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Let a deposit go before its time, for a reason; not while something depends on it.',
  })
  @ApiNoContentResponse({ description: 'let go' })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async release(
    @Param() { id, deposit }: DepositParamDto,
    @Body() { reason }: DepositReleaseDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.deposits.release(id, await this.cashier(id, member, 'payment.refund'), deposit, reason);
  }

  private cashier(showId: string, member: SessionMember, action: Action): Promise<Cashier> {
    return cashierAt(this.members, showId, member, action);
  }
}
