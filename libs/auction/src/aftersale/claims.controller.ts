import { Body, Controller, Get, Header, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiPhoto,
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  photoFile,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { type Cashier } from '@qingpai/payments';
import { Refused } from '@qingpai/platform';
import { ZodResponse } from 'nestjs-zod';
import { Claims } from './claims.js';
import { ClaimAnswerDto, ClaimListDto, ClaimParamDto, ClaimPaybackDto, ShowParamDto } from './dto.js';

/** Claims and complaints as the house answers them. */
@ApiTags('after the sale')
@Controller('api/shows/:id/claims')
@UsePipes(WirePipe)
@May('claim.answer')
export class ClaimsController {
  constructor(
    private readonly members: MembersService,
    private readonly claims: Claims,
  ) {}

  @Get()
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'Claims and complaints of a show; those that wait first, the oldest on top.' })
  @ZodResponse({ status: 200, type: ClaimListDto })
  @ApiProblems(400, 401, 403, 404)
  async list(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    const { memberId } = await this.person(id, member);
    return this.claims.list(id, memberId);
  }

  @Post(':claim/answer')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'Grant an amount (above what one person may, a second grants the same), decline, close, or say something.',
  })
  @ZodResponse({ status: 200, type: ClaimListDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async answer(
    @Param() { id, claim }: ClaimParamDto,
    @Body() { answer }: ClaimAnswerDto,
    @CurrentMember() member: SessionMember,
  ) {
    const person = await this.person(id, member);
    await this.claims.answer(id, person, claim, answer);
    return this.claims.list(id, person.memberId);
  }

  @Post(':claim/payback')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What was granted went back by hand; what was paid online goes back the way it came.',
  })
  @ZodResponse({ status: 200, type: ClaimListDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422, 503)
  async payBack(
    @Param() { id, claim }: ClaimParamDto,
    @Body() body: ClaimPaybackDto,
    @CurrentMember() member: SessionMember,
  ) {
    const person = await this.person(id, member);
    await this.claims.payBack(id, person, claim, body);
    return this.claims.list(id, person.memberId);
  }

  @Get(':claim/photo')
  @May('claim.see')
  @ApiPhoto()
  @ApiOperation({ summary: 'The photo of the damage: for the house, and for whose it is.' })
  @ApiProblems(400, 401, 403, 404)
  async photo(@Param() { id, claim }: ClaimParamDto, @CurrentMember() member: SessionMember) {
    const bytes = await this.claims.photo(id, claim, await this.whose(id, member));
    return photoFile(bytes);
  }

  /** Of a buyer, his own seat; of the house nobody's. */
  private async whose(showId: string, member: SessionMember): Promise<string | undefined> {
    const place = await this.members.placeOf(showId);
    assertMay(member, 'claim.see', member.role === 'buyer' ? { memberId: member.memberId } : place);
    return member.role === 'buyer' ? (await this.claims.claimant(showId, member.memberId)).bidder : undefined;
  }

  private async person(showId: string, member: SessionMember): Promise<Cashier> {
    assertMay(member, 'claim.answer', await this.members.placeOf(showId));
    const { memberId, role } = member;
    if (role !== 'host' && role !== 'officer') throw new Refused('not-allowed');
    return { memberId, role };
  }
}
