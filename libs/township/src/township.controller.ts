import { Controller, Get, Header, Logger, Param, Query, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentMember, May, type SessionMember, WirePipe } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { ZodResponse } from 'nestjs-zod';
import { TownshipBooks } from './books.js';
import {
  LotHistoryDto,
  LotParamDto,
  TownshipFilterDto,
  TownshipLotsDto,
  TownshipShowsDto,
  TownshipTotalsDto,
} from './dto.js';

/** The books of the officer's own township; the same filter everywhere. */
@ApiTags('township')
@Controller('api/township')
@UsePipes(WirePipe)
@May('township.read')
export class TownshipController {
  private readonly log = new Logger('township');

  constructor(private readonly books: TownshipBooks) {}

  @Get('totals')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Totals and grades of the lots within a filter, by day, village and grower.' })
  @ZodResponse({ status: 200, type: TownshipTotalsDto })
  @ApiProblems(400, 401, 403)
  totals(@Query() filter: TownshipFilterDto, @CurrentMember() member: SessionMember) {
    return this.books.totals(townshipOf(member), filter);
  }

  @Get('shows')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Shows with a lot within a filter, newest first, each with its badge.' })
  @ZodResponse({ status: 200, type: TownshipShowsDto })
  @ApiProblems(400, 401, 403)
  async shows(@Query() filter: TownshipFilterDto, @CurrentMember() member: SessionMember) {
    return { shows: await this.books.shows(townshipOf(member), filter) };
  }

  @Get('lots')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Sealed lots within a filter: newest show first, then by lot number.' })
  @ZodResponse({ status: 200, type: TownshipLotsDto })
  @ApiProblems(400, 401, 403)
  lots(@Query() filter: TownshipFilterDto, @CurrentMember() member: SessionMember) {
    return this.books.lots(townshipOf(member), filter);
  }

  @Get('lots.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="qingpai-lots.csv"')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Exactly these lots in this order; filter, time and log heads in the last rows.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 401, 403)
  async csv(@Query() filter: TownshipFilterDto, @CurrentMember() member: SessionMember) {
    const { text, lots } = await this.books.csv(townshipOf(member), filter);
    this.log.log(`member ${member.memberId} exported ${lots} lots`);
    return text;
  }

  @Get('lots/:show/:lot')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A lot with every leaf that speaks of it, refused bids included.' })
  @ZodResponse({ status: 200, type: LotHistoryDto })
  @ApiProblems(400, 401, 403, 404)
  lot(@Param() { show, lot }: LotParamDto, @CurrentMember() member: SessionMember) {
    return this.books.lot(townshipOf(member), show, lot);
  }
}

/** An officer without a township would read nobody's books. */
function townshipOf({ townshipId }: SessionMember): string {
  if (townshipId === null) throw new Refused('not-allowed');
  return townshipId;
}
