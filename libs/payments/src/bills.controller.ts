import { Controller, Get, Param, UsePipes } from '@nestjs/common';
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
import { ZodResponse } from 'nestjs-zod';
import { Bills } from './bills.js';
import { BillDto, BillListDto, ShowParamDto } from './dto.js';

@ApiTags('payments')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class BillsController {
  constructor(
    private readonly members: MembersService,
    private readonly bills: Bills,
  ) {}

  @Get('bills')
  @May('bill.read')
  @ApiOperation({ summary: 'The bill of every buyer of a show; phone numbers masked.' })
  @ZodResponse({ status: 200, type: BillListDto })
  @ApiProblems(400, 401, 403, 404)
  async ofShow(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'bill.read', await this.members.placeOf(id));
    return { bills: await this.bills.ofShow(id) };
  }

  @Get('my-bill')
  @May('bill.read')
  @ApiOperation({ summary: 'Your own bill of a show.' })
  @ZodResponse({ status: 200, type: BillDto })
  @ApiProblems(400, 401, 403, 404)
  async mine(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.members.placeOf(id);
    assertMay(member, 'bill.read', { memberId: member.memberId });
    return this.bills.ofMember(id, member.memberId);
  }
}
