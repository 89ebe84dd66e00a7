import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Logger,
  Param,
  Post,
  Req,
  StreamableFile,
  UsePipes,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiFile,
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { Refused, uploadOf } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { IMPORT_BYTES_MAX } from '../catalogue/limits.js';
import {
  ParcelListDto,
  ParcelPackDto,
  ParcelReceiveDto,
  ParcelShipDto,
  ParcelsMovedDto,
  ShowParamDto,
  TrackingReportDto,
} from './dto.js';
import { Parcels } from './parcels.js';
import { sheetCsv, sheetXlsx } from './parcelSheet.js';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The packing table: host and officer alone, since parcels have names on them. */
@ApiTags('after the sale')
@Controller('api/shows/:id/parcels')
@UsePipes(WirePipe)
@May('parcel.handle')
export class PackingTableController {
  private readonly exports = new Logger('exports');

  constructor(
    private readonly members: MembersService,
    private readonly parcels: Parcels,
  ) {}

  @Get()
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'One parcel per buyer, by paddle; phone numbers masked.' })
  @ZodResponse({ status: 200, type: ParcelListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.author(id, member);
    return { parcels: await this.parcels.list(id) };
  }

  @Post('packed')
  @HttpCode(200)
  @ApiOperation({ summary: 'What these buyers have paid is packed.' })
  @ZodResponse({ status: 200, type: ParcelsMovedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async pack(
    @Param() { id }: ShowParamDto,
    @Body() { bidders }: ParcelPackDto,
    @CurrentMember() member: SessionMember,
  ) {
    return { sales: await this.parcels.pack(id, await this.author(id, member), bidders) };
  }

  @Post('shipped')
  @HttpCode(200)
  @ApiOperation({ summary: "One buyer's parcel leaves under a courier's number." })
  @ZodResponse({ status: 200, type: ParcelsMovedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async ship(
    @Param() { id }: ShowParamDto,
    @Body() body: ParcelShipDto,
    @CurrentMember() member: SessionMember,
  ) {
    return { sales: await this.parcels.ship(id, await this.author(id, member), body) };
  }

  @Post('received')
  @HttpCode(200)
  @ApiOperation({ summary: 'The buyer took his goods along, or the courier says that he brought them.' })
  @ZodResponse({ status: 200, type: ParcelsMovedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async receive(
    @Param() { id }: ShowParamDto,
    @Body() { bidder, cause }: ParcelReceiveDto,
    @CurrentMember() member: SessionMember,
  ) {
    return { sales: await this.parcels.receive(id, await this.author(id, member), bidder, cause) };
  }

  @Get('sheet.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="qingpai-parcels.csv"')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({
    summary: 'Parcels that are still to be sent, for a courier: with addresses. Who took it is logged.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 404)
  async csv(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return sheetCsv(await this.sheet(id, member));
  }

  @Get('sheet.xlsx')
  @Header('content-disposition', 'attachment; filename="qingpai-parcels.xlsx"')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'The same sheet as XLSX, every cell of it text: long numbers stay whole.' })
  @ApiProduces(XLSX)
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 401, 403, 404)
  async xlsx(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return new StreamableFile(await sheetXlsx(await this.sheet(id, member)), { type: XLSX });
  }

  @Post('tracking')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'That sheet come back with couriers’ numbers (CSV or XLSX): good rows are shipped, the others say why not.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: TrackingReportDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 503)
  async track(
    @Param() { id }: ShowParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    const by = await this.author(id, member);
    return this.parcels.track(id, by, await uploadOf(request, IMPORT_BYTES_MAX));
  }

  private async sheet(showId: string, member: SessionMember): Promise<string[][]> {
    await this.author(showId, member);
    const rows = await this.parcels.sheet(showId);
    this.exports.log(`member ${member.memberId} took the addresses of ${rows.length} parcels of ${showId}`);
    return rows;
  }

  private async author(showId: string, member: SessionMember): Promise<'host' | 'officer'> {
    assertMay(member, 'parcel.handle', await this.members.placeOf(showId));
    if (member.role !== 'host' && member.role !== 'officer') throw new Refused('not-allowed');
    return member.role;
  }
}
