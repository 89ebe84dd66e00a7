import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type DailyReport } from '@qingpai/wire';
import { stringify } from 'csv-stringify/sync';
import { ZodResponse } from 'nestjs-zod';
import {
  DailyReportDto,
  IssueOutcomeDto,
  IssueParamDto,
  MissingReportsDto,
  NewIssueDto,
  ReportDayDto,
  ReportToSignDto,
} from '../dto.js';
import { DailyReports } from './dailyReports.js';
import { dayOf, hoursOf } from './dayOfShow.js';
import { Issues } from './issues.js';
import { reportTable } from './reportTable.js';
import { SignedReports } from './signedReports.js';

/** 一天一汇报 and 问题清单 of the officer's own township. */
@ApiTags('township')
@Controller('api/township')
@UsePipes(WirePipe)
export class ReportController {
  constructor(
    private readonly reports: DailyReports,
    private readonly signed: SignedReports,
    private readonly issues: Issues,
    private readonly members: MembersService,
  ) {}

  @Get('report')
  @May('daily.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary:
      'A day’s report: as it was told when the day was over, counted now, and as it was signed; with the list of issues.',
    description: 'Without a day: today. The server keeps each day’s report within an hour after its end.',
  })
  @ZodResponse({ status: 200, type: DailyReportDto })
  @ApiProblems(400, 401, 403)
  async report(@Query() { day }: ReportDayDto, @CurrentMember() member: SessionMember): Promise<DailyReport> {
    return this.told(member, day);
  }

  @Get('report.csv')
  @May('daily.read')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="qingpai-report.csv"')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The same as a table: each figure as it was told and as it is now.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 401, 403)
  async csv(@Query() { day }: ReportDayDto, @CurrentMember() member: SessionMember): Promise<string> {
    return stringify(reportTable(await this.told(member, day)), { bom: true, escape_formulas: true });
  }

  @Post('report/signature')
  @HttpCode(204)
  @May('report.sign')
  @ApiOperation({
    summary: 'Sign a day’s report with words of one’s own; once more is a correction, a version of its own.',
    description:
      'The figures are those of `kept` or of `now`, as the report told them. The signature is over `qingpai/report/v1`, a ' +
      'line feed, and the canonical JSON (RFC 8785) of `{day, figures, township, version, words}`, `township` being its ' +
      'code. SHA-256 of these bytes is put into the township’s registry as `report.filed`.',
  })
  @ApiNoContentResponse({ description: 'signed' })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422)
  sign(@Body() asked: ReportToSignDto, @CurrentMember() member: SessionMember): Promise<void> {
    return this.signed.sign({ memberId: member.memberId, townshipId: townshipOf(member) }, asked);
  }

  @Get('report/missing')
  @May('daily.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Days of the last month that should have been signed by noon of the next, and were not.',
  })
  @ZodResponse({ status: 200, type: MissingReportsDto })
  @ApiProblems(401, 403)
  async missing(@CurrentMember() member: SessionMember) {
    return { days: await this.signed.missing(townshipOf(member)) };
  }

  @Post('issues')
  @HttpCode(204)
  @May('issue.open')
  @ApiOperation({ summary: 'Put something that is wrong on the list.' })
  @ApiNoContentResponse({ description: 'on the list' })
  @ApiProblems(400, 401, 403, 404, 415, 422, 503)
  open(@Body() asked: NewIssueDto, @CurrentMember() member: SessionMember): Promise<void> {
    return this.issues.open(townshipOf(member), member.memberId, asked);
  }

  @Post('issues/:issue/end')
  @HttpCode(204)
  @May('issue.close')
  @ApiOperation({ summary: 'Close it out (销号), once, with a word on what came of it.' })
  @ApiNoContentResponse({ description: 'closed out' })
  @ApiProblems(400, 401, 403, 404, 409, 415, 422)
  close(
    @Param() { issue }: IssueParamDto,
    @Body() { text }: IssueOutcomeDto,
    @CurrentMember() member: SessionMember,
  ): Promise<void> {
    return this.issues.close(townshipOf(member), member.memberId, issue, text);
  }

  private async told(member: SessionMember, asked?: string): Promise<DailyReport> {
    const townshipId = townshipOf(member);
    const day = asked ?? dayOf(this.reports.nowMs());
    const now = await this.reports.of(townshipId, day);
    const [kept, signed, issues, township] = [
      await this.reports.kept(townshipId, day),
      await this.signed.of(townshipId, day),
      await this.issues.list(townshipId, hoursOf(day).fromMs),
      await this.members.townshipOf(townshipId),
    ];
    return { township: township?.name ?? '', kept, now, signed, issues };
  }
}

/** An officer without a township would read nobody's report. */
function townshipOf({ townshipId }: SessionMember): string {
  if (townshipId === null) throw new Refused('not-allowed');
  return townshipId;
}
