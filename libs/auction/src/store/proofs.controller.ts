import { Readable } from 'node:stream';
import { Controller, Get, Param, Req, Res, StreamableFile, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { BundleDto, CertificateDto, ShowParamDto, VerificationDto } from './dto.js';
import { sendText } from './logFiles.js';
import { Proofs } from './proofs.js';

/** What a show proves, for everybody; only the floors' openings are the officer's. */
@ApiTags('proofs')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class ProofsController {
  constructor(
    private readonly proofs: Proofs,
    private readonly members: MembersService,
  ) {}

  @Get('certificate')
  @Public()
  @ApiOperation({ summary: 'The Clearance Certificate, as far as the show has come.' })
  @ZodResponse({ status: 200, type: CertificateDto })
  @ApiProblems(400, 404)
  async certificate(@Param() { id }: ShowParamDto) {
    return this.proofs.certificate(id);
  }

  @Get('bundle')
  @Public()
  @ApiOperation({
    summary: 'All leaves, checkpoints and rules: what a stranger needs to judge the show offline.',
  })
  @ApiOkResponse({ type: BundleDto.Output })
  @ApiProblems(400, 404)
  async bundle(
    @Param() { id }: ShowParamDto,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    reply.header('cache-control', 'no-cache');
    return this.file(id, false, request, reply);
  }

  @Get('bundle/officer')
  @May('bundle.openings')
  @ApiOperation({ summary: 'The same with the floors of the lots that have met their end.' })
  @ApiOkResponse({ type: BundleDto.Output })
  @ApiProblems(400, 401, 403, 404)
  async officersBundle(
    @Param() { id }: ShowParamDto,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    assertMay(member, 'bundle.openings', await this.members.placeOf(id));
    reply.header('cache-control', 'private, no-cache');
    return this.file(id, true, request, reply);
  }

  @Get('policy')
  @Public()
  @ApiOperation({ summary: 'The key to pin, as a policy file (c2sp.org/tlog-policy).' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404)
  async policy(@Param() { id }: ShowParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendText(await this.proofs.policy(id), reply);
  }

  @Get('checkpoint')
  @Public()
  @ApiOperation({ summary: 'The newest signed note of the log (c2sp.org/tlog-checkpoint).' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404)
  async checkpoint(@Param() { id }: ShowParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendText(await this.proofs.checkpoint(id), reply);
  }

  @Get('verification')
  @Public()
  @ApiOperation({ summary: 'What the offline verifier says of the public bundle under the policy above.' })
  @ZodResponse({ status: 200, type: VerificationDto })
  @ApiProblems(400, 404)
  verification(@Param() { id }: ShowParamDto) {
    return this.proofs.verification(id);
  }

  /** Nothing is sent again that the client has. */
  private async file(
    id: string,
    openings: boolean,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const { tag, text } = await this.proofs.bundle(id, openings);
    reply.header('etag', tag);
    if (request.headers['if-none-match'] === tag) {
      reply.code(304);
      return undefined;
    }
    return new StreamableFile(Readable.from(text(), { objectMode: false }), {
      type: 'application/json; charset=utf-8',
      disposition: `attachment; filename="${id}${openings ? '.officer' : ''}.bundle.json"`,
    });
  }
}
