import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  Post,
  Req,
  Res,
  StreamableFile,
  UsePipes,
} from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import { LogTiles } from '@qingpai/ledger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { sendText, sendTile } from '../store/logFiles.js';
import {
  RegistryViewDto,
  ReportFileDto,
  SeasonBundleDto,
  SeasonVerificationDto,
  TownshipParamDto,
} from './dto.js';
import { Registrar } from './registrar.js';
import { Registry } from './registry.js';
import { Season } from './season.js';

/** A township's registry: every show it ever announced, and what became of it. For everybody. */
@ApiTags('proofs')
@Controller('api/townships/:code')
@UsePipes(WirePipe)
export class TownshipsController {
  constructor(
    private readonly registry: Registry,
    private readonly registrar: Registrar,
    private readonly season: Season,
    private readonly tiles: LogTiles,
  ) {}

  @Get('registry')
  @Public()
  @ApiOperation({ summary: 'Every show of the township, and how it stands: none can vanish.' })
  @ZodResponse({ status: 200, type: RegistryViewDto })
  @ApiProblems(400, 404)
  view(@Param() { code }: TownshipParamDto) {
    return this.registry.view(code, this.registrar.nowMs());
  }

  @Get('season')
  @Public()
  @ApiOperation({
    summary: 'The registry and the bundle of every sealed show, to judge all of them offline.',
  })
  @ApiOkResponse({ type: SeasonBundleDto.Output })
  @ApiProblems(400, 404)
  async bundle(@Param() { code }: TownshipParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    // Asked before the first byte leaves: a stream cannot be refused any more.
    await this.registry.rowOf({ code });
    reply.header('cache-control', 'no-cache');
    return new StreamableFile(Readable.from(this.season.text(code), { objectMode: false }), {
      type: 'application/json; charset=utf-8',
      disposition: `attachment; filename="${code}.season.json"`,
    });
  }

  @Get('policy')
  @Public()
  @ApiOperation({ summary: "The registry's key to pin once, as a policy file (c2sp.org/tlog-policy)." })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404)
  async policy(@Param() { code }: TownshipParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendText(await this.season.policy(code), reply);
  }

  @Get('verification')
  @Public()
  @ApiOperation({ summary: 'What the offline verifier says of the season under the policy above.' })
  @ZodResponse({ status: 200, type: SeasonVerificationDto })
  @ApiProblems(400, 404)
  verification(@Param() { code }: TownshipParamDto) {
    return this.season.verification(code);
  }

  @Get('log/checkpoint')
  @Public()
  @ApiOperation({ summary: "The newest signed note of the registry's log (c2sp.org/tlog-checkpoint)." })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404)
  async checkpoint(@Param() { code }: TownshipParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendText((await this.registry.view(code, this.registrar.nowMs())).head.note, reply);
  }

  @Get('log/tile/*')
  @Public()
  @ApiOperation({ summary: "A tile of the registry's log (c2sp.org/tlog-tiles)." })
  @ApiParam({ name: 'path', description: '`<level>/<index>` or `entries/<index>`', example: '0/000.p/1' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse({ schema: { type: 'string', format: 'binary' } })
  @ApiProblems(400, 404)
  async tile(
    @Param() { code }: TownshipParamDto,
    @Req() request: FastifyRequest<{ Params: { '*': string } }>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { origin } = await this.registry.rowOf({ code });
    return sendTile(this.tiles, { origin, path: `tile/${request.params['*']}` }, request, reply);
  }

  @Post('registry/continue')
  @May('registry.continue')
  @HttpCode(200)
  @ApiOperation({
    summary: 'After a restore: another log goes on from the head of the registry, which takes nothing more.',
    description:
      'For a database that was put back from a copy. The new log quotes the head of the one before, whose key vouches ' +
      'for the new one; a season has both. `already-decided` while the newest log holds no more than its opening.',
  })
  @ZodResponse({ status: 200, type: RegistryViewDto })
  @ApiProblems(400, 401, 403, 404, 409, 415)
  async continue(@Param() { code }: TownshipParamDto, @CurrentMember() member: SessionMember) {
    const { townshipId } = await this.registry.rowOf({ code });
    assertMay(member, 'registry.continue', { townshipId });
    await this.registry.continue(townshipId, this.registrar.nowMs());
    void this.registrar.catchUp();
    return this.registry.view(code, this.registrar.nowMs());
  }

  @Post('reports')
  @May('report.file')
  @HttpCode(204)
  @ApiOperation({
    summary:
      'Put the hash of a document into the registry for good: a complaint, or a correction after a settlement.',
  })
  @ApiNoContentResponse({ description: 'filed' })
  @ApiProblems(400, 401, 403, 404, 415)
  async file(
    @Param() { code }: TownshipParamDto,
    @Body() { hash }: ReportFileDto,
    @CurrentMember() member: SessionMember,
  ) {
    const { townshipId } = await this.registry.rowOf({ code });
    assertMay(member, 'report.file', { townshipId });
    await this.registry.fileReport(townshipId, hash, this.registrar.nowMs());
  }
}
