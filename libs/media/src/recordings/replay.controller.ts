import { join } from 'node:path';
import {
  Body,
  Controller,
  Get,
  Header,
  Headers,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Res,
  UsePipes,
} from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  refusalOn,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type ClipsAnswer, type ReplayAnswer, type replaySetting } from '@qingpai/wire';
import { type FastifyReply } from 'fastify';
import { type z } from 'zod';
import * as dto from '../dto.js';
import { clipOf, type Cut, cutsOf, gapsOf, partsOf, type Span, spanOf } from './clips.js';
import { RECORDING_HANDS, type RecordingHands } from './hands.js';
import { RECORDINGS_FOLDER, Recordings } from './recordings.js';
import { sendFile } from './sendFile.js';

const video = {
  description: 'MP4, whole or the range that was asked for',
  schema: { type: 'string', format: 'binary' },
} as const;

/**
 * The evening, watched again. The house and the township always may; who has a paddle there, after the show, when the host
 * lets him; and a buyer always sees how his own lot was sold.
 */
@ApiTags('replay')
@Controller('api')
@UsePipes(WirePipe)
export class ReplayController {
  constructor(
    private readonly members: MembersService,
    private readonly recordings: Recordings,
    @Inject(RECORDING_HANDS) private readonly hands: RecordingHands,
    @Inject(RECORDINGS_FOLDER) private readonly folder: string,
  ) {}

  @Get('shows/:id/replay')
  @May('recording.watch')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({ summary: 'What was recorded of a show, piece by piece; between two pieces nothing was.' })
  @ApiOkResponse({ type: dto.ReplayAnswerDto.Output })
  @ApiProblems(400, 401, 403, 404, 503)
  async replay(
    @Param() { id }: dto.ShowParamDto,
    @CurrentMember() member: SessionMember,
  ): Promise<ReplayAnswer> {
    await this.assertMayWatch(id, member);
    const place = await this.members.placeOf(id);
    const pieces = await this.recordings.piecesOf(id);
    return {
      title: await this.hands.titleOf(id),
      buyersMayWatch: await this.recordings.buyersMayWatch(id),
      mayOpen: refusalOn(member, 'recording.open', place) === null,
      pieces: await Promise.all(
        pieces.map(async (piece) => {
          const { segment, fromMs, toMs, bytes, sha256, isDeleted } = piece;
          const isThere = (await this.recordings.sizeOf(piece)) === bytes;
          const state = isDeleted ? 'deleted' : isThere ? 'kept' : 'lost';
          return { segment, fromMs, toMs, bytes, sha256, state } as const;
        }),
      ),
    };
  }

  @Post('shows/:id/replay')
  @May('recording.open')
  @HttpCode(200)
  @ApiOperation({ summary: 'Whether those who have a paddle may watch the show again when it is closed.' })
  @ApiBody({ type: dto.ReplaySettingDto })
  @ApiOkResponse({ type: dto.ReplayAnswerDto.Output })
  @ApiProblems(400, 401, 403, 404, 415, 503)
  async open(
    @Param() { id }: dto.ShowParamDto,
    @Body() setting: dto.ReplaySettingDto,
    @CurrentMember() member: SessionMember,
  ): Promise<ReplayAnswer> {
    assertMay(member, 'recording.open', await this.members.placeOf(id));
    const { buyersMayWatch } = setting as z.infer<typeof replaySetting>;
    await this.recordings.letBuyersWatch(id, buyersMayWatch, member.memberId);
    return this.replay({ id }, member);
  }

  @Get('shows/:id/recordings/:segment')
  @May('recording.watch')
  @ApiOperation({ summary: 'One piece of the recording.' })
  @ApiProduces('video/mp4')
  @ApiOkResponse(video)
  @ApiProblems(400, 401, 403, 404, 503)
  async piece(
    @Param() { id, segment }: dto.PieceParamDto,
    @Headers('range') range: string | undefined,
    @CurrentMember() member: SessionMember,
    @Res() reply: FastifyReply,
  ) {
    await this.assertMayWatch(id, member);
    const piece = (await this.recordings.piecesOf(id)).find((one) => one.segment === segment);
    const path = piece && (await this.recordings.fileOf(id, piece));
    if (!path) throw new Refused('recording-gone');
    await sendFile(reply, path, range);
  }

  @Get('shows/:id/sales/:sale/clips')
  @May('recording.watch')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({
    summary: 'Which clips there are of one sale, the pieces each was cut from, and what was not filmed.',
  })
  @ApiOkResponse({ type: dto.ClipsAnswerDto.Output })
  @ApiProblems(400, 401, 403, 404, 503)
  async clips(
    @Param() { id, sale }: dto.SaleParamDto,
    @CurrentMember() member: SessionMember,
  ): Promise<ClipsAnswer> {
    const sold = await this.assertMayWatchSale(id, sale, member);
    const parts = await this.partsOf(id, sold);
    const { fromMs, toMs } = spanOf(sold);
    return {
      clips: parts.map((part, k) => ({
        part: k + 1,
        fromMs: Math.max(fromMs, part[0]!.piece.fromMs),
        toMs: Math.min(toMs, part.at(-1)!.piece.toMs),
        pieces: part.map(({ piece: { segment, sha256 } }) => ({ segment, sha256 })),
      })),
      gaps: gapsOf(parts.flat(), sold),
    };
  }

  @Get('shows/:id/sales/:sale/clip')
  @May('recording.watch')
  @ApiOperation({
    summary: 'How one lot was sold, from its call to the hammer: for its buyer, the house and the township.',
  })
  @ApiProduces('video/mp4')
  @ApiOkResponse(video)
  @ApiProblems(400, 401, 403, 404, 503)
  async clip(
    @Param() { id, sale }: dto.SaleParamDto,
    @Query() { part: nth }: dto.ClipAskDto,
    @Headers('range') range: string | undefined,
    @CurrentMember() member: SessionMember,
    @Res() reply: FastifyReply,
  ) {
    const sold = await this.assertMayWatchSale(id, sale, member);
    const part = (await this.partsOf(id, sold))[nth - 1];
    if (!part) throw new Refused('recording-gone');
    // A piece that comes later makes another clip.
    const name = `${sale}-${part.map(({ piece }) => piece.segment).join('.')}.mp4`;
    await sendFile(reply, await clipOf(part, join(this.folder, id, 'clips', name)), range);
  }

  /** Of what lies here, or is fetched back. */
  private async partsOf(id: string, sold: Span): Promise<Cut[][]> {
    const cuts: Cut[] = [];
    for (const cut of cutsOf(await this.recordings.piecesOf(id), spanOf(sold)))
      if ((await this.recordings.fileOf(id, cut.piece)) !== null) cuts.push(cut);
    return partsOf(cuts);
  }

  private async assertMayWatchSale(id: string, sale: string, member: SessionMember): Promise<Span> {
    const place = await this.members.placeOf(id);
    const sold = await this.hands.saleOf(id, sale);
    const isHouse = member.role !== 'buyer' && refusalOn(member, 'recording.watch', place) === null;
    const isHis = sold !== null && (await this.hands.bidderOf(id, member.memberId)) === sold.bidder;
    if (!isHouse && !isHis) throw new Refused('not-allowed');
    if (!sold) throw new Refused('unknown-sale');
    return sold;
  }

  @Get('recordings/disk')
  @May('recording.disk')
  @Header('cache-control', 'private, no-store')
  @ApiOperation({
    summary: 'How much room recordings take, for how many more evenings there is some, and what goes next.',
  })
  @ApiOkResponse({ type: dto.RecordingDiskDto.Output })
  @ApiProblems(401, 403, 503)
  async disk() {
    return this.recordings.disk();
  }

  private async assertMayWatch(id: string, member: SessionMember): Promise<void> {
    const place = await this.members.placeOf(id);
    if (member.role !== 'buyer') return assertMay(member, 'recording.watch', place);
    if ((await this.hands.bidderOf(id, member.memberId)) === null) throw new Refused('not-allowed');
    const isOpen = (await this.recordings.buyersMayWatch(id)) && (await this.hands.isOver(id));
    if (!isOpen) throw new Refused('replay-not-open');
  }
}
