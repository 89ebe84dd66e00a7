import { Controller, Get, Header, Logger, Param, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { ShowParamDto } from '../room/dto.js';
import { KeptTalk } from './keptTalk.js';

/** What was said in a room, for who has to keep it. */
@ApiTags('room')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class TalkController {
  private readonly exports = new Logger('exports');

  constructor(
    private readonly talk: KeptTalk,
    private readonly members: MembersService,
  ) {}

  @Get('talk.csv')
  @May('chat.record')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="qingpai-talk.csv"')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({
    summary: 'All that was said and moderated, lines taken away among them. Who took it is logged.',
  })
  @ApiProduces('text/csv')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 401, 403, 404)
  async record(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember): Promise<string> {
    assertMay(member, 'chat.record', await this.members.placeOf(id));
    const { text, rows } = await this.talk.record(id);
    this.exports.log(`member ${member.memberId} took the ${rows} lines of talk of ${id}`);
    return text;
  }
}
