import { Controller, Get, HttpCode, Param, Post, Query, Req, Res, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { NOTE_BYTES_MAX } from '@qingpai/ledger/rules';
import {
  ApiFile,
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { uploadOf } from '@qingpai/platform';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { ShowParamDto, WitnessRequestQueryDto, WitnessStateDto } from './dto.js';
import { Witnessing } from './witnessing.js';

/** How far a show is witnessed, and the way of a USB stick to a witness without a network (docs/witness.md). */
@ApiTags('proofs')
@Controller('api/shows/:id/witness')
@UsePipes(WirePipe)
export class WitnessController {
  constructor(
    private readonly witnessing: Witnessing,
    private readonly members: MembersService,
  ) {}

  @Get()
  @Public()
  @ApiOperation({ summary: 'How far independent witnesses have cosigned the log.' })
  @ZodResponse({ status: 200, type: WitnessStateDto })
  @ApiProblems(400, 404)
  state(@Param() { id }: ShowParamDto) {
    return this.witnessing.stateOf(id);
  }

  @Get('request')
  @Public()
  @ApiOperation({
    summary: 'What to carry to a witness by file: the body of `add-checkpoint` (c2sp.org/tlog-witness).',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404, 409)
  async request(
    @Param() { id }: ShowParamDto,
    @Query() { witness, old }: WitnessRequestQueryDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const text = await this.witnessing.requestOf(id, witness, old);
    reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${id}.witness-request.txt"`)
      .type('text/plain; charset=utf-8');
    return text;
  }

  @Post('cosignatures')
  @May('witness.bring')
  @HttpCode(200)
  @ApiOperation({
    summary:
      'What a witness answered by file: its signature lines, or the whole note. Verified before it is kept.',
  })
  @ApiFile()
  @ZodResponse({ status: 200, type: WitnessStateDto })
  @ApiProblems(400, 401, 403, 404, 413, 415)
  async bring(
    @Param() { id }: ShowParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
  ) {
    assertMay(member, 'witness.bring', await this.members.placeOf(id));
    const file = await uploadOf(request, NOTE_BYTES_MAX);
    return this.witnessing.add(id, file.toString('utf8'));
  }
}
