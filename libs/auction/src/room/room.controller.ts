import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res, UsePipes } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems, CurrentMember, May, Public, type SessionMember, WirePipe } from '@qingpai/members';
import { Refused, statusOf } from '@qingpai/platform';
import { bid, commandMessage, type Refusal } from '@qingpai/wire';
import { type FastifyReply } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { type z } from 'zod';
import { fieldErrors, refusalTo } from '../gateway/messages.js';
import * as dto from './dto.js';
import { Rooms } from './rooms.js';
import { Seats } from './seats.js';

/**
 * The second door to the same desk: what a socket can ask for, one request at a time. A refused bid or command has the
 * reason's status and the same body as on the socket.
 */
@ApiTags('room')
@ApiExtraModels(dto.BidRefusedDto.Output, dto.CommandRefusedDto.Output)
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
    @Body() _: dto.JoinShowDto,
    @CurrentMember() member: SessionMember,
  ) {
    const room = await this.rooms.of(id);
    await this.seats.take(id, member.memberId);
    return { me: await room.me(member) };
  }
}

/** Every status a refusal can have, each with the body that sockets get. */
function ApiRefusals(type: typeof dto.BidRefusedDto.Output | typeof dto.CommandRefusedDto.Output) {
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
  name: 'bid' | 'command',
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
