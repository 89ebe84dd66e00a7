import { Controller, Get, HttpCode, Inject, Post, Req, Res, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Refused } from '@qingpai/platform';
import { type FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { ApiProblems } from './apiProblems.js';
import { WirePipe } from './bodyPipe.js';
import { expiredCookie } from './cookie.js';
import { LockedRecordsDto } from './dto.js';
import { CurrentMember, isSecure, May, type MemberRequest } from './guards.js';
import { type LockedWithRecords, MembersService } from './members.service.js';
import { MEMBERS_OPTIONS, type MembersOptions } from './options.js';
import { keptUntilMs } from './rules/retention.js';
import { refusalOn } from './rules/roles.js';
import { type SessionMember } from './sessions.js';

/** To be forgotten: asked for by oneself, looked over by those who answer for the records. */
@ApiTags('people')
@Controller('api')
@UsePipes(WirePipe)
export class PrivacyController {
  constructor(
    private readonly members: MembersService,
    @Inject(MEMBERS_OPTIONS) private readonly options: MembersOptions,
  ) {}

  @Post('me/erase')
  @May('me.erase')
  @HttpCode(204)
  @ApiOperation({
    summary:
      'Erase me: my key is destroyed. While a retention period runs I am locked until its date instead.',
    description:
      'Signs out everywhere. `locked-until` (409) names the day in `errors` (path `lockedUntil`): until then nothing ' +
      'of mine is shown, then it is erased without asking again. `sales-open` (409): pay or settle first; nothing is ' +
      'changed.',
  })
  @ApiNoContentResponse({ description: 'erased' })
  @ApiProblems(401, 403, 409, 415)
  async erase(
    @CurrentMember() member: SessionMember,
    @Req() request: MemberRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const lockedUntilMs = await this.members.askToBeErased(member.memberId);
    reply.header('set-cookie', expiredCookie(isSecure(request, this.options)));
    if (lockedUntilMs === null) return;
    const day = new Date(lockedUntilMs).toISOString().slice(0, 10);
    throw new Refused('locked-until', undefined, [{ path: 'lockedUntil', message: day }]);
  }

  @Get('locked')
  @May('locked.read')
  @ApiOperation({ summary: 'Who asked to be erased and is locked: which records keep him, and until when.' })
  @ZodResponse({ status: 200, type: LockedRecordsDto })
  @ApiProblems(401, 403)
  async locked(@CurrentMember() member: SessionMember, @Res({ passthrough: true }) reply: FastifyReply) {
    reply.header('cache-control', 'no-store');
    const all = await this.members.lockedMembers();
    return { locked: all.filter((one) => concerns(one, member)).map(shown) };
  }
}

/** An officer sees whoever belongs to his township or has a record in one of its shows. */
function concerns(locked: LockedWithRecords, reader: SessionMember): boolean {
  const townships = [locked.townshipId, ...locked.records.map(({ townshipId }) => townshipId)];
  return townships.some(
    (townshipId) => refusalOn(reader, 'locked.read', townshipId === null ? {} : { townshipId }) === null,
  );
}

const shown = ({ memberId, role, lockedAtMs, lockedUntilMs, records }: LockedWithRecords) => ({
  ...{ member: memberId, role, lockedAtMs, lockedUntilMs },
  records: records.map((record) => ({
    kind: record.kind,
    showId: record.showId,
    keptUntilMs: keptUntilMs(record, lockedAtMs),
  })),
});
