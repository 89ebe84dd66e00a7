import { Controller, Get, Header, Param, Post, Req, UsePipes } from '@nestjs/common';
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
import { uploadOf } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { ShowMatchDto, ShowParamDto, StatementParamDto, StatementReportDto } from './dto.js';
import { Statements } from './statements.js';

const STATEMENT_BYTES_MAX = 4 * 1024 * 1024;

/** What bank and provider say of the same money. */
@ApiTags('growers')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class StatementsController {
  constructor(
    private readonly members: MembersService,
    private readonly statements: Statements,
  ) {}

  @Get('match')
  @May('books.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Ledger = statement = records, differences first.' })
  @ZodResponse({ status: 200, type: ShowMatchDto })
  @ApiProblems(400, 401, 403, 404)
  async match(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'books.read', await this.members.placeOf(id));
    return this.statements.match(id);
  }

  @Post('statements/:kind')
  @May('statement.take')
  @ApiOperation({ summary: 'Take a statement (CSV, 4 MB at most); each row that cannot be taken is told.' })
  @ApiFile()
  @ZodResponse({ status: 201, type: StatementReportDto })
  @ApiProblems(400, 401, 403, 404, 413, 415)
  async take(
    @Param() { id, kind }: StatementParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    assertMay(member, 'statement.take', await this.members.placeOf(id));
    return this.statements.take(id, kind, await uploadOf(request, STATEMENT_BYTES_MAX), member.memberId);
  }
}
