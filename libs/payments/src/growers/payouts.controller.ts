import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Logger,
  Param,
  Post,
  Put,
  Query,
  StreamableFile,
  UsePipes,
} from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  type Action,
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { type SheetFilter } from '@qingpai/wire';
import { ZodResponse } from 'nestjs-zod';
import { type Cashier, cashierAt } from '../cashier.js';
import { sheetOf } from '../rules/sheet.js';
import {
  BatchParamDto,
  GrowerAccountDto,
  GrowerParamDto,
  PayoutBatchAskDto,
  PayoutConfirmationDto,
  SheetFilterDto,
  ShowParamDto,
  ShowPayoutsDto,
} from './dto.js';
import { Payouts } from './payouts.js';
import { sheetPdf, sheetXlsx } from './sheetFiles.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** How growers are paid. A batch is made by one person and confirmed by another. */
@ApiTags('growers')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class PayoutsController {
  private readonly log = new Logger('payouts');

  constructor(
    private readonly members: MembersService,
    private readonly payouts: Payouts,
  ) {}

  @Get('payouts')
  @May('payout.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What every grower of a show is owed, held and paid; accounts masked.' })
  @ZodResponse({ status: 200, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404)
  async all(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const { memberId } = await this.cashier(id, member, 'payout.read');
    return this.payouts.of(id, memberId);
  }

  @Put('growers/:grower/account')
  @May('grower.account')
  @HttpCode(204)
  @ApiOperation({ summary: 'Where a grower is paid; sealed under his own key.' })
  @ApiNoContentResponse({ description: 'kept' })
  @ApiProblems(400, 401, 403, 404, 415)
  async account(
    @Param() { id, grower }: GrowerParamDto,
    @Body() account: GrowerAccountDto,
    @CurrentMember() member: SessionMember,
  ) {
    const { memberId } = await this.cashier(id, member, 'grower.account');
    await this.payouts.keepAccount(id, grower, account, memberId);
  }

  @Post('payout-batches')
  @May('payout.make')
  @ApiOperation({ summary: 'Make a batch of what is payable to these growers.' })
  @ZodResponse({ status: 201, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415)
  async make(
    @Param() { id }: ShowParamDto,
    @Body() asked: PayoutBatchAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.payouts.make(id, await this.cashier(id, member, 'payout.make'), asked);
  }

  @Post('payout-batches/:batch/confirmation')
  @May('payout.confirm')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say what the bank did with rows of a batch that somebody else made.' })
  @ZodResponse({ status: 200, type: ShowPayoutsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async confirm(
    @Param() { id, batch }: BatchParamDto,
    @Body() said: PayoutConfirmationDto,
    @CurrentMember() member: SessionMember,
  ) {
    return this.payouts.confirm(id, batch, await this.cashier(id, member, 'payout.confirm'), said);
  }

  @Post('payout-batches/:batch/bank.csv')
  @May('payout.make')
  @HttpCode(200)
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="qingpai-payouts.csv"')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: "The bank's file, with whole account numbers; who took it is kept." })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 404, 409)
  async bank(@Param() { id, batch }: BatchParamDto, @CurrentMember() member: SessionMember) {
    const by = await this.cashier(id, member, 'payout.make');
    const text = await this.payouts.bankFile(id, batch, by);
    this.log.log(`member ${by.memberId} took the bank file of batch ${batch}`);
    return text;
  }

  @Get('payout-sheet.pdf')
  @May('payout.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: '签字表 as PDF, A4 on its side.' })
  @ApiProduces('application/pdf')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403, 404)
  async pdf(
    @Param() { id }: ShowParamDto,
    @Query() filter: SheetFilterDto,
    @CurrentMember() member: SessionMember,
  ) {
    const bytes = await sheetPdf(await this.sheet(id, filter, member));
    return file(bytes, 'application/pdf', 'qingpai-sheet.pdf');
  }

  @Get('payout-sheet.xlsx')
  @May('payout.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: '签字表 as XLSX.' })
  @ApiProduces(XLSX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403, 404)
  async xlsx(
    @Param() { id }: ShowParamDto,
    @Query() filter: SheetFilterDto,
    @CurrentMember() member: SessionMember,
  ) {
    const bytes = await sheetXlsx(await this.sheet(id, filter, member));
    return file(bytes, XLSX, 'qingpai-sheet.xlsx');
  }

  private async sheet(id: string, filter: SheetFilter, member: SessionMember) {
    const { memberId } = await this.cashier(id, member, 'payout.read');
    this.log.log(`member ${memberId} exported the sheet of ${id}`);
    return sheetOf(await this.payouts.of(id, memberId), filter, this.payouts.nowMs());
  }

  private cashier(showId: string, member: SessionMember, action: Action): Promise<Cashier> {
    return cashierAt(this.members, showId, member, action);
  }
}

const file = (bytes: Buffer, type: string, name: string): StreamableFile =>
  new StreamableFile(bytes, { type, length: bytes.length, disposition: `attachment; filename="${name}"` });
