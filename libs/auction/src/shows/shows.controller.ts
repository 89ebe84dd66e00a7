import { Body, Controller, Get, Post, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import { ShowCreatedDto, ShowCreateDto, ShowListDto } from './dto.js';
import { Shows } from './shows.service.js';

@ApiTags('shows')
@Controller('api/shows')
@UsePipes(WirePipe)
export class ShowsController {
  constructor(private readonly shows: Shows) {}

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
}
