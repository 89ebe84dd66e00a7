import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentDevice,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { Refused, statusOf } from '@qingpai/platform';
import {
  bid,
  type CommandAnswer,
  commandMessage,
  chanceAnswer,
  offerAnswer,
  proxyAsk,
  proxyWithdrawal,
  type Refusal,
} from '@qingpai/wire';
import { type FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { type z } from 'zod';
import { fieldErrors, refusalTo } from '../gateway/messages.js';
import * as dto from './dto.js';
import { Registry } from '../registry/registry.js';
import { Rooms } from './rooms.js';
import { Seats } from './seats.js';

/**
 * The second door to the same desk: what a socket can ask for, one request at a time. A refused bid or command has the
 * reason's status and the same body as on the socket.
 */
@ApiTags('room')
@ApiExtraModels(dto.BidRefusedDto.Output, dto.ProxyRefusedDto.Output, dto.CommandRefusedDto.Output)
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class RoomController {
  constructor(
    private readonly rooms: Rooms,
    private readonly seats: Seats,
  ) {}

  @Get()
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The show as it stands: fold the events of the socket onto it.' })
  @ApiOkResponse({ type: dto.SnapshotDto.Output })
  @ApiProblems(400, 404, 503)
  async snapshot(@Param() { id }: dto.ShowParamDto) {
    return (await this.rooms.of(id)).snapshot();
  }

  @Get('code')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The short code of the sealed list alone.' })
  @ApiOkResponse({ type: dto.ShowCodeDto.Output })
  @ApiProblems(400, 404, 503)
  async code(@Param() { id }: dto.ShowParamDto) {
    return { code: await (await this.rooms.of(id)).code() };
  }

  @Get('events')
  @Public()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Announced events from an index on; ask again from `since.to + 1` while there is more.',
  })
  @ApiOkResponse({ type: dto.SincePageDto.Output })
  @ApiProblems(400, 404, 503)
  async since(@Param() { id }: dto.ShowParamDto, @Query() { from }: dto.SinceQueryDto) {
    return (await this.rooms.of(id)).since(from);
  }

  @Post('bids')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Bid, or take units from a clock. The same bidId gets the same answer as on the socket.',
  })
  @ApiBody({ type: dto.BidDto })
  @ApiOkResponse({ type: dto.BidAcceptedDto.Output })
  @ApiRefusals(dto.BidRefusedDto.Output)
  @ApiProblems(415)
  async bid(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('bid', body, reply, async () => (await this.rooms.of(id)).bid(member, parsed(bid, body)));
  }

  @Post('proxies')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Place or raise a maximum bid; before the call of the lot it is a pre-bid.' })
  @ApiBody({ type: dto.ProxyDto })
  @ApiOkResponse({ type: dto.ProxyPlacedDto.Output })
  @ApiRefusals(dto.ProxyRefusedDto.Output)
  @ApiProblems(415)
  async proxy(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('proxy', body, reply, async () =>
      (await this.rooms.of(id)).proxy(member, parsed(proxyAsk, body)),
    );
  }

  @Post('proxies/withdraw')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Take a maximum bid back, while you do not lead.' })
  @ApiBody({ type: dto.ProxyWithdrawalDto })
  @ApiOkResponse({ type: dto.OkDto.Output })
  @ApiRefusals(dto.CommandRefusedDto.Output)
  @ApiProblems(415)
  async withdrawProxy(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('withdrawProxy', body, reply, async () =>
      (await this.rooms.of(id)).withdrawProxy(member, parsed(proxyWithdrawal, body)),
    );
  }

  @Post('offers/answer')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Accept or decline what is offered to you alone.' })
  @ApiBody({ type: dto.OfferAnswerDto })
  @ApiOkResponse({ type: dto.OfferAnsweredDto.Output })
  @ApiRefusals(dto.CommandRefusedDto.Output)
  @ApiProblems(415)
  async answerOffer(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('answerOffer', body, reply, async () =>
      (await this.rooms.of(id)).answerOffer(member, parsed(offerAnswer, body)),
    );
  }

  @Post('chances/answer')
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Accept or decline a second chance: what somebody else did not pay for (顺位成交).',
  })
  @ApiBody({ type: dto.ChanceAnswerDto })
  @ApiOkResponse({ type: dto.OfferAnsweredDto.Output })
  @ApiRefusals(dto.CommandRefusedDto.Output)
  @ApiProblems(415)
  async answerChance(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('answerChance', body, reply, async () =>
      (await this.rooms.of(id)).answerChance(member, parsed(chanceAnswer, body)),
    );
  }

  @Post('commands')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: "A host's or moderator's command. The same commandId gets the same answer." })
  @ApiBody({ type: dto.CommandMessageDto })
  @ApiOkResponse({ type: dto.CommandDoneDto.Output })
  @ApiRefusals(dto.CommandRefusedDto.Output)
  @ApiProblems(415)
  async command(
    @Param() { id }: dto.ShowParamDto,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return answered('command', body, reply, async () =>
      (await this.rooms.of(id)).command(member, parsed(commandMessage, body)),
    );
  }

  @Post('join')
  @May('bid.place')
  @ApiOperation({ summary: 'Take a paddle number in this show; who has one keeps it.' })
  @ZodResponse({ status: 200, type: dto.JoinedShowDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async join(
    @Param() { id }: dto.ShowParamDto,
    @Body() { key }: dto.JoinShowDto,
    @CurrentMember() member: SessionMember,
    @CurrentDevice() cookie: string | null,
  ) {
    const room = await this.rooms.of(id);
    await this.seats.take(id, member.memberId, { key, cookie: cookie ?? undefined });
    return { me: await room.me(member) };
  }
}

/** What people sign with keys of their own, and what anybody can prove. */
@ApiTags('proofs')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class SigningController {
  constructor(
    private readonly rooms: Rooms,
    private readonly members: MembersService,
    private readonly registry: Registry,
  ) {}

  @Post('staff')
  @May('staff.enrol')
  @ApiOperation({
    summary: "Register a host's, moderator's or officer's own key: from then on that office signs.",
  })
  @ZodResponse({ status: 200, type: dto.OkDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async enrol(
    @Param() { id }: dto.ShowParamDto,
    @Body() { key }: dto.StaffKeyDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'staff.enrol', await this.members.placeOf(id));
    const room = await this.rooms.of(id);
    const answer = granted(await room.enrol(member, key));
    await this.enrolOfficer(member, key, await room.nowMs());
    return answer;
  }

  @Get('take-over')
  @May('show.command')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The code with which a co-host takes the show over; it changes with each use.' })
  @ZodResponse({ status: 200, type: dto.TakeOverCodeDto })
  @ApiProblems(400, 401, 403, 404, 503)
  async takeOverCode(@Param() { id }: dto.ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'show.command', await this.members.placeOf(id));
    return { code: await (await this.rooms.of(id)).takeOverCode() };
  }

  @Post('take-over')
  @May('show.takeOver')
  @ApiOperation({
    summary: 'Take the show over with the code from the host’s page: the lot on the block freezes.',
  })
  @ZodResponse({ status: 200, type: dto.OkDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 429, 503)
  async takeOver(
    @Param() { id }: dto.ShowParamDto,
    @Body() { code, reason }: dto.TakeOverAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'show.takeOver', await this.members.placeOf(id));
    return granted(await (await this.rooms.of(id)).takeOver(member, code, reason));
  }

  @Get('seal')
  @May('show.seal')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What sealing would write now; the host signs this.' })
  @ZodResponse({ status: 200, type: dto.SealDraftDto })
  @ApiProblems(400, 401, 403, 404, 409, 503)
  async sealDraft(@Param() { id }: dto.ShowParamDto, @CurrentMember() member: SessionMember) {
    assertMay(member, 'show.seal', await this.members.placeOf(id));
    return (await this.rooms.of(id)).sealDraft();
  }

  @Get('approval')
  @May('show.approve')
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'The statement an officer signs: that the sealed list was compared with the floor.',
  })
  @ZodResponse({ status: 200, type: dto.ApprovalDraftDto })
  @ApiProblems(400, 401, 403, 404, 409, 503)
  async approvalDraft(
    @Param() { id }: dto.ShowParamDto,
    @Query() { list }: dto.ApprovalQueryDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'show.approve', await this.members.placeOf(id));
    return (await this.rooms.of(id)).approvalDraft(list);
  }

  @Post('approval')
  @May('show.approve')
  @ApiOperation({ summary: "The officer's signature over the leaf `show.approved {key, list, note}`." })
  @ZodResponse({ status: 200, type: dto.OkDto })
  @ApiProblems(400, 401, 403, 404, 409, 415, 503)
  async approve(
    @Param() { id }: dto.ShowParamDto,
    @Body() ask: dto.ApprovalAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    assertMay(member, 'show.approve', await this.members.placeOf(id));
    const room = await this.rooms.of(id);
    const answer = granted(await room.approve(member, ask));
    await this.enrolOfficer(member, ask.key, await room.nowMs());
    return answer;
  }

  /** The township's registry vouches for its officers' keys, so that a season is judged by them. */
  private async enrolOfficer(
    { role, memberId, townshipId }: SessionMember,
    key: string,
    nowMs: number,
  ): Promise<void> {
    if (role !== 'officer' || townshipId === null) return;
    await this.registry.enrolOfficer({ memberId, townshipId }, key, nowMs);
  }

  @Get('receipts/:i')
  @Public()
  @ApiOperation({
    summary: 'The receipt of any leaf; with `from`, also that the log still extends its head of that size.',
  })
  @ZodResponse({ status: 200, type: dto.ReceiptDto })
  @ApiProblems(400, 404, 503)
  async receipt(@Param() { id, i }: dto.LeafParamDto, @Query() { from }: dto.ReceiptQueryDto) {
    return (await this.rooms.of(id)).receipt(i, from);
  }
}

/** Asking again for what is so already is no mistake. */
function granted(answer: CommandAnswer): { ok: true } {
  if (answer.ok || answer.reason === 'already-decided') return { ok: true };
  throw new Refused(answer.reason, undefined, answer.errors);
}

/** Every status a refusal can have, each with the body that sockets get. */
function ApiRefusals(
  type:
    typeof dto.BidRefusedDto.Output | typeof dto.ProxyRefusedDto.Output | typeof dto.CommandRefusedDto.Output,
) {
  const statuses = [400, 401, 403, 404, 409, 429, 500, 503];
  return (target: object, key: string | symbol, descriptor: PropertyDescriptor) => {
    for (const status of statuses) {
      ApiResponse({ status, type, description: 'refused: see `reason`' })(target, key, descriptor);
    }
  };
}

function parsed<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new Refused('malformed', undefined, fieldErrors(result.error));
}

async function answered<A extends { ok: true } | Refusal>(
  name: 'bid' | 'proxy' | 'withdrawProxy' | 'answerOffer' | 'answerChance' | 'command',
  body: unknown,
  reply: FastifyReply,
  ask: () => Promise<A>,
): Promise<A | Refusal> {
  const answer = await ask().catch((error: unknown) => {
    if (error instanceof Refused) return refusalTo(name, error.reason, body, error.errors);
    throw error;
  });
  if (!answer.ok) reply.status(statusOf(answer.reason));
  return answer;
}
