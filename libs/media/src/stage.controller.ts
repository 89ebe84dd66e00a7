import { Body, Controller, Get, Header, HttpCode, Inject, Param, Post, UsePipes } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type cameraAsk, type cameraEnter, type publishAsk } from '@qingpai/wire';
import { randomUUID } from 'node:crypto';
import { type z } from 'zod';
import { CameraLinks } from './cameraLinks.js';
import * as dto from './dto.js';
import { CAMERA_PASS_MS, DELAYED_TOKEN_MS, ENCODER_TOKEN_MS, PAGE_TOKEN_MS } from './limits.js';
import { type SendAsk } from './mediaServer.js';
import { MEDIA_OPTIONS, type MediaOptions, STAGE_HANDS, type StageHands } from './options.js';
import { SenderPages } from './senderPages.js';
import { noVideo } from './stages.js';
import { claimOf, refusalOfToken, signToken } from './rules/index.js';

/** Who may send and who may watch: short-lived tokens, one for each try. Video itself never comes through here. */
@ApiTags('stage')
@Controller('api')
@UsePipes(WirePipe)
export class StageController {
  constructor(
    private readonly members: MembersService,
    private readonly links: CameraLinks,
    private readonly pages: SenderPages,
    @Inject(MEDIA_OPTIONS) private readonly options: MediaOptions,
    @Inject(STAGE_HANDS) private readonly hands: StageHands,
  ) {}

  @Get('shows/:id/stage')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Whether there is live video now, and whether there could be.' })
  @ApiOkResponse({ type: dto.StageDto.Output })
  @ApiProblems(400, 404)
  async stage(@Param() { id }: dto.ShowParamDto) {
    await this.members.placeOf(id);
    const { server } = this.options;
    const reached = server?.isReached?.();
    return { ...(server?.stageOf(id) ?? noVideo), ...(reached !== undefined && { reached }) };
  }

  @Post('shows/:id/stage/watch')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Where to fetch live video by WHEP, and a token for it; anybody may watch.' })
  @ApiOkResponse({ type: dto.WatchAnswerDto.Output })
  @ApiProblems(400, 404, 415)
  async watch(@Param() { id }: dto.ShowParamDto, @CurrentMember() member: SessionMember | null) {
    await this.members.placeOf(id);
    const { server, nowMs } = this.options;
    const person = member?.memberId ?? `guest-${randomUUID()}`;
    return {
      stage: server?.stageOf(id) ?? noVideo,
      watch: (await server?.watchAt(id, person, nowMs() + PAGE_TOKEN_MS)) ?? null,
      delayed: server?.delayedAt?.(id, person, nowMs() + DELAYED_TOKEN_MS) ?? null,
    };
  }

  @Post('shows/:id/stage/publish')
  @May('stage.publish')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Where to send live video by WHIP, and a token for it.' })
  @ApiBody({ type: dto.PublishAskDto })
  @ApiOkResponse({ type: dto.MediaAddressDto.Output })
  @ApiProblems(400, 401, 403, 404, 409, 410, 415, 503)
  async publish(
    @Param() { id }: dto.ShowParamDto,
    @Body() ask: dto.PublishAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertHeld(id, member);
    const { for: from, page } = ask as z.infer<typeof publishAsk>;
    return this.addressFor({ show: id, person: member.memberId, from }, page);
  }

  @Post('shows/:id/stage/camera')
  @May('stage.publish')
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'A link for a second phone; it opens once, within ten minutes.' })
  @ApiOkResponse({ type: dto.CameraLinkDto.Output })
  @ApiProblems(400, 401, 403, 404, 415, 503)
  async link(@Param() { id }: dto.ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.assertHeld(id, member);
    this.server();
    return this.links.make(id, member.memberId);
  }

  @Post('stage/camera')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What the second phone gets for its link: a pass for this evening, to send and nothing else.',
  })
  @ApiBody({ type: dto.CameraEnterDto })
  @ApiOkResponse({ type: dto.CameraPassDto.Output })
  @ApiProblems(400, 401, 415, 503)
  async enter(@Body() ask: dto.CameraEnterDto) {
    const link = await this.links.use((ask as z.infer<typeof cameraEnter>).token);
    if (!link) throw new Refused('wrong-token');
    const untilMs = this.options.nowMs() + CAMERA_PASS_MS;
    const pass = signToken({ ...link, may: 'camera', untilMs }, this.options.key);
    return { showId: link.show, ...(await this.hands.faceOf(link.show)), pass, untilMs };
  }

  @Post('stage/camera/publish')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The second phone asks where to send, each time it begins.' })
  @ApiBody({ type: dto.CameraAskDto })
  @ApiOkResponse({ type: dto.CameraAnswerDto.Output })
  @ApiProblems(400, 401, 409, 410, 415, 503)
  async camera(@Body() ask: dto.CameraAskDto) {
    const nowMs = this.options.nowMs();
    const { pass, page } = ask as z.infer<typeof cameraAsk>;
    const claim = claimOf(pass, this.options.key);
    if (!claim || refusalOfToken(claim, { show: claim.show, may: 'camera', nowMs }))
      throw new Refused('wrong-token');
    const { show, person } = claim;
    const publish = await this.addressFor({ show, person, from: 'page' }, page);
    return { stage: this.server().stageOf(show), publish };
  }

  private addressFor(who: Omit<SendAsk, 'untilMs'>, page: string | undefined) {
    const server = this.server();
    if (page !== undefined && this.pages.isReplaced(who.show, who.person, page))
      throw new Refused('camera-replaced');
    if (server.isHeldByAnother(who)) throw new Refused('camera-held');
    const lifeMs = who.from === 'encoder' ? ENCODER_TOKEN_MS : PAGE_TOKEN_MS;
    return server.publishAt({ ...who, untilMs: this.options.nowMs() + lifeMs });
  }

  private async assertHeld(showId: string, member: SessionMember): Promise<void> {
    const reason = await this.hands.refusalToPublish(showId, member);
    if (reason) throw new Refused(reason);
  }

  private server() {
    const { server } = this.options;
    if (!server) throw new Refused('no-live-video');
    return server;
  }
}
