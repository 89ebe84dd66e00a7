import { Controller, Get, Headers, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@qingpai/members';
import { type FastifyReply } from 'fastify';
import { MARKET_PARTS, type MarketParts } from '../parts.js';
import { asyncApi } from './asyncapi.js';

const JSON_TYPE = 'application/vnd.aai.asyncapi+json;version=3.0.0';
const YAML_TYPE = 'application/vnd.aai.asyncapi+yaml;version=3.0.0';

@ApiTags('documents')
@Controller()
export class DocsController {
  private made: string | null = null;

  constructor(@Inject(MARKET_PARTS) private readonly parts: MarketParts) {}

  /** JSON is YAML too (YAML 1.2), so both tools read the same bytes. */
  @Get(['asyncapi', 'asyncapi.json'])
  @Public()
  @ApiOperation({ summary: 'The socket, described: AsyncAPI 3 with worked examples.' })
  @ApiOkResponse({ description: 'the document, as JSON (which YAML tools read as well)' })
  socket(@Headers('accept') accept: string | undefined, @Res() reply: FastifyReply) {
    const wanted = accept ?? '';
    const type = wanted.includes('yaml')
      ? YAML_TYPE
      : wanted.includes('asyncapi')
        ? JSON_TYPE
        : 'application/json';
    void reply.type(`${type}${type === 'application/json' ? '; charset=utf-8' : ''}`).send(this.document());
  }

  private document(): string {
    const { version, origins } = this.parts;
    this.made ??= JSON.stringify(asyncApi({ version, origins }), null, 2);
    return this.made;
  }
}
