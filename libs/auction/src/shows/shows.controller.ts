import { Body, Controller, Get, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
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
import { ShowCreatedDto, ShowCreateDto, ShowListDto, ShowParamDto } from './dto.js';
import { ShowEnds } from './showEnds.js';
import { Shows } from './shows.service.js';

@ApiTags('shows')
@Controller('api/shows')
@UsePipes(WirePipe)
export class ShowsController {
  constructor(
    private readonly shows: Shows,
    private readonly ends: ShowEnds,
    private readonly members: MembersService,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'Shows, newest first; drafts to the people of their own township only.' })
  @ZodResponse({ status: 200, type: ShowListDto })
  async list(@CurrentMember() member: SessionMember | null) {
    return { shows: await this.shows.list(member) };
  }

  @Post()
  @May('show.create')
  @ApiOperation({ summary: 'Prepare a show: its rules stay as they are given here.' })
  @ZodResponse({ status: 201, type: ShowCreatedDto })
  @ApiProblems(400, 401, 403, 415)
  async create(@Body() wanted: ShowCreateDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'show.create', { townshipId: member.townshipId ?? undefined });
    return { showId: await this.shows.create(member, wanted) };
  }

  @Post(':id/cancel')
  @May('show.cancel')
  @HttpCode(204)
  @ApiOperation({ summary: "Call a show off before it is sealed; the township's registry says so for good." })
  @ApiNoContentResponse({ description: 'called off' })
  @ApiProblems(400, 401, 403, 404, 409)
  async cancel(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'show.cancel', await this.members.placeOf(id));
    await this.ends.cancel(id);
  }

  @Post(':id/continue')
  @May('show.continue')
  @ApiOperation({
    summary:
      'After a restore: a new show that goes on from the head of this one, whose log takes nothing more.',
  })
  @ZodResponse({ status: 201, type: ShowCreatedDto })
  @ApiProblems(400, 401, 403, 404, 409, 503)
  async continue(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'show.continue', await this.members.placeOf(id));
    return { showId: await this.ends.continue(id) };
  }
}
