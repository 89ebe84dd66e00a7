import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { PICTURE_BYTES_MAX, uploadOf } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { type Claimant, Claims } from './claims.js';
import {
  ClaimParamDto,
  ClaimSayDto,
  ComplaintFileDto,
  DamageParamDto,
  MyGoodsDto,
  ReturnFileDto,
  ShowParamDto,
} from './dto.js';
import { MyParcels } from './myParcels.js';
import { Parcels } from './parcels.js';

/** The buyer's own parcel: where it is, that it came, and what is wrong with it. */
@ApiTags('after the sale')
@Controller('api/shows/:id/my-parcel')
@UsePipes(WirePipe)
@May('parcel.mine')
export class MyGoodsController {
  constructor(
    private readonly members: MembersService,
    private readonly mine: MyParcels,
    private readonly parcels: Parcels,
    private readonly claims: Claims,
  ) {}

  @Get()
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'Your parcel of a show, your claims, and until when what can be claimed.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404)
  async show(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    return this.mine.of(id, await this.claimant(id, member));
  }

  @Post('received')
  @HttpCode(200)
  @ApiOperation({ summary: '收到了: all that is on its way to you has come.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async received(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const who = await this.claimant(id, member);
    await this.parcels.received(id, who.bidder);
    return this.mine.of(id, who);
  }

  @Post('damaged/:sale/:units')
  @HttpCode(200)
  @ApiOperation({
    summary: '坏损包赔: a photo (JPEG, PNG or WebP, 8 MB at most) of so many broken units of a sale.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 409, 413, 415, 503)
  async damaged(
    @Param() { id, sale, units }: DamageParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    const who = await this.claimant(id, member);
    await this.claims.damaged(id, who, sale, units, await uploadOf(request, PICTURE_BYTES_MAX));
    return this.mine.of(id, who);
  }

  @Post('unwanted')
  @HttpCode(200)
  @ApiOperation({ summary: 'Send back goods that are no living ones, within the days of the law.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async unwanted(
    @Param() { id }: ShowParamDto,
    @Body() body: ReturnFileDto,
    @CurrentMember() member: SessionMember,
  ) {
    const who = await this.claimant(id, member);
    await this.claims.unwanted(id, who, body);
    return this.mine.of(id, who);
  }

  @Post('complaints')
  @HttpCode(200)
  @ApiOperation({ summary: 'Complain about anything of a show, until its time is over.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 429, 503)
  async complain(
    @Param() { id }: ShowParamDto,
    @Body() body: ComplaintFileDto,
    @CurrentMember() member: SessionMember,
  ) {
    const who = await this.claimant(id, member);
    await this.claims.complain(id, who, body);
    return this.mine.of(id, who);
  }

  @Post('claims/:claim/words')
  @HttpCode(200)
  @ApiOperation({ summary: 'Say something more about a claim of yours.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 415, 429)
  async say(
    @Param() { id, claim }: ClaimParamDto,
    @Body() { text }: ClaimSayDto,
    @CurrentMember() member: SessionMember,
  ) {
    const who = await this.claimant(id, member);
    await this.claims.saidByBuyer(id, who, claim, text);
    return this.mine.of(id, who);
  }

  @Post('fresh')
  @HttpCode(200)
  @ApiOperation({ summary: 'You have read that living goods do not go back, and that damage is made good.' })
  @ZodResponse({ status: 200, type: MyGoodsDto })
  @ApiProblems(400, 401, 403, 404, 415)
  async fresh(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const who = await this.claimant(id, member);
    await this.claims.confirmFresh(id, who.memberId);
    return this.mine.of(id, who);
  }

  private async claimant(showId: string, member: SessionMember): Promise<Claimant> {
    await this.members.placeOf(showId);
    assertMay(member, 'parcel.mine', { memberId: member.memberId });
    return this.claims.claimant(showId, member.memberId);
  }
}
