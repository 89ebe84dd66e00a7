import { Controller, Headers, HttpCode, Inject, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { type MediaServer, type NewsTaker } from './mediaServer.js';
import { MEDIA_OPTIONS, type MediaOptions } from './options.js';

/** Where a media server elsewhere tells what is on stage. What it signs are the bytes as they came. */
@ApiTags('stage')
@Controller('api/stage/news')
export class NewsController {
  constructor(@Inject(MEDIA_OPTIONS) private readonly options: MediaOptions) {}

  @Post()
  @Public()
  @HttpCode(204)
  @ApiOperation({
    summary:
      'For a media server elsewhere: LiveKit’s webhook, or `{show, state, video?, audio?}` with a bearer secret.',
  })
  @ApiHeader({ name: 'authorization', required: true })
  @ApiNoContentResponse({ description: 'heard' })
  @ApiProblems(400, 404, 415)
  async hear(
    @Req() { rawBody, body }: RawBodyRequest<FastifyRequest>,
    @Headers('authorization') authorization: string | undefined,
  ): Promise<void> {
    const { server } = this.options;
    if (!server || !isNewsTaker(server)) throw new Refused('not-found');
    const bytes = Buffer.isBuffer(body) ? body : rawBody;
    if (!bytes || !authorization || !(await server.hear(bytes, authorization)))
      throw new Refused('bad-signature');
  }
}

const isNewsTaker = (server: MediaServer): server is MediaServer & NewsTaker => 'hear' in server;
