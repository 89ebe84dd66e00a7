import { Controller, Get, Param, Req, Res, StreamableFile, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import { LogTiles } from '@qingpai/ledger';
import { ApiProblems, Public, WirePipe } from '@qingpai/members';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { ShowParamDto } from './dto.js';
import { Export } from './export.js';
import { sendText, sendTile } from './logFiles.js';
import { Proofs } from './proofs.js';
import { ShowStore } from './showStore.js';

const bytes = { schema: { type: 'string', format: 'binary' } } as const;

/** A show's log as static files (c2sp.org/tlog-tiles), for tools that are not ours; and all of it in one archive. */
@ApiTags('proofs')
@Controller('api/shows/:id')
@UsePipes(WirePipe)
export class LogFilesController {
  constructor(
    private readonly proofs: Proofs,
    private readonly shows: ShowStore,
    private readonly tiles: LogTiles,
    private readonly exports: Export,
  ) {}

  @Get('log/checkpoint')
  @Public()
  @ApiOperation({ summary: 'The newest signed note, where readers of tiled logs look for it.' })
  @ApiProduces('text/plain')
  @ApiOkResponse({ schema: { type: 'string' } })
  @ApiProblems(400, 404)
  async checkpoint(@Param() { id }: ShowParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    return sendText(await this.proofs.checkpoint(id), reply);
  }

  @Get('log/tile/*')
  @Public()
  @ApiOperation({
    summary: 'A tile: 256 hashes of one level, or 256 leaves; `.p/<width>` at the end names a narrower one.',
  })
  @ApiParam({ name: 'path', description: '`<level>/<index>` or `entries/<index>`', example: '0/000.p/1' })
  @ApiProduces('application/octet-stream')
  @ApiOkResponse(bytes)
  @ApiProblems(400, 404)
  async tile(
    @Param() { id }: ShowParamDto,
    @Req() request: FastifyRequest<{ Params: { '*': string } }>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const { origin } = await this.shows.show(id);
    return sendTile(this.tiles, { origin, path: `tile/${request.params['*']}` }, request, reply);
  }

  @Get('export.tar')
  @Public()
  @ApiOperation({
    summary: 'Everything to judge the show offline: bundle, policy, checkpoint, tiles, the verifier, how to.',
  })
  @ApiProduces('application/x-tar')
  @ApiOkResponse(bytes)
  @ApiProblems(400, 404)
  async export(@Param() { id }: ShowParamDto, @Res({ passthrough: true }) reply: FastifyReply) {
    const archive = await this.exports.archive(id);
    reply.header('cache-control', 'no-cache');
    return new StreamableFile(archive, {
      type: 'application/x-tar',
      disposition: `attachment; filename="${id}.tar"`,
    });
  }
}
