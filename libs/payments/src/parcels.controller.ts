import { Body, Controller, Get, HttpCode, Param, Post, Put, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import { MaskedParcelDto, PackingListDto, MyParcelDto, ShowFreightDto, ShowParamDto } from './dto.js';
import { Parcels } from './parcels.js';

/** Where the one parcel of each buyer goes. */
@ApiTags('payments')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class ParcelsController {
  constructor(
    private readonly members: MembersService,
    private readonly parcels: Parcels,
  ) {}

  @Get('freight')
  @Public()
  @ApiOperation({
    summary: 'What freight costs in this show, place by place: to be known before the first bid.',
  })
  @ZodResponse({ status: 200, type: ShowFreightDto })
  @ApiProblems(400, 404)
  async freight(@Param() { id }: ShowParamDto) {
    await this.members.placeOf(id);
    return { table: await this.parcels.tableOf(id) };
  }

  @Put('my-parcel')
  @May('bill.pay')
  @ApiOperation({ summary: 'Say where your parcel of this show goes, or that you fetch it.' })
  @ZodResponse({ status: 200, type: MaskedParcelDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422)
  async keep(
    @Param() { id }: ShowParamDto,
    @Body() { parcel }: MyParcelDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.members.placeOf(id);
    assertMay(member, 'bill.pay', { memberId: member.memberId });
    return this.parcels.keep(id, member.memberId, parcel);
  }

  @Post('packing-list')
  @May('parcel.read')
  @HttpCode(200)
  @ApiOperation({ summary: 'Names and addresses of who has paid, to pack by. Each reading is written down.' })
  @ZodResponse({ status: 200, type: PackingListDto })
  @ApiProblems(400, 401, 403, 404)
  async read(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'parcel.read', await this.members.placeOf(id));
    return this.parcels.read(id, member.memberId);
  }
}
