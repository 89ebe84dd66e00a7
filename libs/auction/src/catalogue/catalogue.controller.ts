import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Req, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Action,
  ApiFile,
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { PICTURE_BYTES_MAX, uploadOf } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { Catalogue } from './catalogue.service.js';
import { Carried } from './carried.js';
import {
  CarriedListDto,
  FloorListDto,
  ImportConfirmDto,
  ImportDoneDto,
  ImportReportDto,
  LotAddedDto,
  LotDraftDto,
  LotParamDto,
  PhotoAddedDto,
  ShowParamDto,
  TakeUpDto,
} from './dto.js';
import { Imports } from './imports.service.js';
import { IMPORT_BYTES_MAX } from './limits.js';

/** Describing lots, one by one or from a file, until their list is sealed. */
@ApiTags('catalogue')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class CatalogueController {
  constructor(
    private readonly members: MembersService,
    private readonly catalogue: Catalogue,
    private readonly imports: Imports,
    private readonly carried: Carried,
  ) {}

  @Post('lots')
  @May('catalogue.edit')
  @ApiOperation({ summary: 'Add a lot.' })
  @ZodResponse({ status: 201, type: LotAddedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async add(
    @Param() { id }: ShowParamDto,
    @Body() draft: LotDraftDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.catalogue.add(id, draft);
  }

  @Put('lots/:lot')
  @May('catalogue.edit')
  @ApiOperation({
    summary: 'Describe a lot anew, before its list is sealed. Both descriptions stay in the log.',
  })
  @ZodResponse({ status: 200, type: LotAddedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async amend(
    @Param() { id, lot }: LotParamDto,
    @Body() draft: LotDraftDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.catalogue.amend(id, lot, draft);
  }

  @Delete('lots/:lot')
  @May('catalogue.edit')
  @HttpCode(204)
  @ApiOperation({ summary: 'Strike a lot, before its list is sealed. That it was there stays in the log.' })
  @ApiNoContentResponse({ description: 'struck' })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async strike(@Param() { id, lot }: LotParamDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    await this.catalogue.strike(id, lot);
  }

  @Get('carried')
  @May('catalogue.edit')
  @ApiOperation({ summary: 'Lots of other shows of the township that wait to be taken up.' })
  @ZodResponse({ status: 200, type: CarriedListDto })
  @ApiProblems(400, 401, 403, 404, 503)
  async listCarried(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return { lots: await this.carried.listFor(id) };
  }

  @Post('carried')
  @May('catalogue.edit')
  @ApiOperation({
    summary: 'Take up a lot that another show carried: whole, once, and with a floor by its grower only.',
  })
  @ZodResponse({ status: 201, type: LotAddedDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async takeUp(
    @Param() { id }: ShowParamDto,
    @Body() wanted: TakeUpDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.carried.takeUp(id, wanted);
  }

  @Post('lots/:lot/photos')
  @May('catalogue.edit')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Add a photo of a lot: JPEG, PNG or WebP, 8 MB at most, six per lot.',
    description:
      'It is encoded anew as WebP; place, time and device that a phone writes into its photos are gone.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: PhotoAddedDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 503)
  async addPhoto(
    @Param() { id, lot }: LotParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.catalogue.addPhoto(id, lot, await uploadOf(request, PICTURE_BYTES_MAX));
  }

  @Post('import')
  @May('catalogue.edit')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Look at a catalogue in a file: CSV (UTF-8 or GB18030) or XLSX, 2 MB and 2 000 rows at most.',
    description:
      'Columns 拍品号, 名称, 花农, 村, 等级, 单位, 数量, 起拍价, 底价, 参考价, 方式, 来源, in any order; prices in yuan. ' +
      'Answers row by row; nothing is imported before it is confirmed.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: ImportReportDto })
  @ApiProblems(400, 401, 403, 404, 413, 415, 503)
  async preview(
    @Param() { id }: ShowParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.imports.preview(id, await uploadOf(request, IMPORT_BYTES_MAX));
  }

  @Post('import/confirm')
  @May('catalogue.edit')
  @HttpCode(200)
  @ApiOperation({ summary: 'Import what was looked at: all of its lots, or none.' })
  @ZodResponse({ status: 200, type: ImportDoneDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async confirm(
    @Param() { id }: ShowParamDto,
    @Body() { importId }: ImportConfirmDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'catalogue.edit');
    return this.imports.confirm(id, importId);
  }

  @Get('floors')
  @May('floors.read')
  @ApiOperation({ summary: "The growers' floors, per unit. Buyers never see them." })
  @ZodResponse({ status: 200, type: FloorListDto })
  @ApiProblems(400, 401, 403, 404, 503)
  async floors(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'floors.read');
    return { floors: await this.catalogue.floors(id) };
  }

  private async assertMayAt(showId: string, member: SessionMember, action: Action): Promise<void> {
    assertMay(member, action, await this.members.placeOf(showId));
  }
}
