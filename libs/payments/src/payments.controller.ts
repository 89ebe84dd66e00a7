import { Body, Controller, Get, HttpCode, Param, Post, Req, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
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
  PaymentDecisionDto,
  PaymentDto,
  PaymentListDto,
  PaymentParamDto,
  PaymentRecordDto,
  ShowParamDto,
} from './dto.js';
import { type Cashier, cashierAt } from './cashier.js';
import { PaymentsService } from './payments.service.js';

/** Payments by hand. Each is recorded by one person and confirmed by another. */
@ApiTags('payments')
@Controller('api/shows/:id/payments')
@UsePipes(WirePipe)
export class PaymentsController {
  constructor(
    private readonly members: MembersService,
    private readonly payments: PaymentsService,
  ) {}

  @Get()
  @May('payment.record')
  @ApiOperation({ summary: 'Payments of a show, newest first.' })
  @ZodResponse({ status: 200, type: PaymentListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const { memberId } = await this.cashier(id, member, 'payment.record');
    return { payments: await this.payments.list(id, memberId) };
  }

  @Post()
  @May('payment.record')
  @ApiOperation({ summary: 'Record money that came in: sales of one buyer, paid to the fen.' })
  @ZodResponse({ status: 201, type: PaymentDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async record(
    @Param() { id }: ShowParamDto,
    @Body() body: PaymentRecordDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.payments.record(id, await this.cashier(id, member, 'payment.record'), body);
  }

  @Post(':payment/decision')
  @May('payment.confirm')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Confirm or reject a payment that somebody else recorded; confirmed, its sales are paid.',
  })
  @ZodResponse({ status: 200, type: PaymentDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async decide(
    @Param() { id, payment }: PaymentParamDto,
    @Body() { confirm }: PaymentDecisionDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.payments.decide(id, payment, await this.cashier(id, member, 'payment.confirm'), confirm);
  }

  @Post(':payment/photo')
  @May('payment.record')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Add the photo of the receipt (JPEG, PNG or WebP, 8 MB at most), or put it in place of the last.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: PaymentDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415)
  async addPhoto(
    @Param() { id, payment }: PaymentParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    const cashier = await this.cashier(id, member, 'payment.record');
    return this.payments.addPhoto(id, payment, cashier, await uploadOf(request, PICTURE_BYTES_MAX));
  }

  @Get(':payment/photo')
  @May('payment.record')
  @ApiPhoto()
  @ApiOperation({ summary: 'The photo of the receipt.' })
  @ApiProblems(400, 401, 403, 404)
  async photo(@Param() { id, payment }: PaymentParamDto, @CurrentMember() member: SessionMember) {
    await this.cashier(id, member, 'payment.record');
    const bytes = await this.payments.photo(id, payment);
    return photoFile(bytes);
  }

  private cashier(showId: string, member: SessionMember, action: Action): Promise<Cashier> {
    return cashierAt(this.members, showId, member, action);
  }
}
