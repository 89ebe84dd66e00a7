import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type FastifyReply } from 'fastify';
import { MARKET_PARTS, type MarketParts } from '../parts.js';
import { Metrics } from './metrics.js';

const RELAY_METRICS_MS_MAX = 1_000;

@ApiTags('operations')
@Controller()
export class HealthController {
  constructor(
    @Inject(MARKET_PARTS) private readonly parts: MarketParts,
    private readonly metrics: Metrics,
  ) {}

  @Get('healthz')
  @Public()
  @ApiOperation({ summary: 'The process lives and its loop turns.' })
  @ApiOkResponse({ description: 'it does' })
  healthz() {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Public()
  @ApiOperation({ summary: 'The database answers, so bids can be taken.' })
  @ApiOkResponse({ description: 'ready' })
  @ApiProblems(503)
  async readyz() {
    try {
      await this.parts.db.query('SELECT 1');
    } catch {
      throw new Refused('not-ready');
    }
    return { status: 'ready' };
  }

  @Get('metrics')
  @Public()
  @ApiOperation({ summary: 'Counters for Prometheus; nothing personal is in them.' })
  @ApiOkResponse({ description: 'Prometheus text format' })
  async counters(@Res() reply: FastifyReply) {
    const [ours, relay] = await Promise.all([this.metrics.registry.metrics(), this.ofRelay()]);
    void reply.type(this.metrics.registry.contentType).send(ours + relay);
  }

  /** The relay is reached from here alone, so its counters are shown here; nothing while it is away. */
  private async ofRelay(): Promise<string> {
    const origin = this.parts.media?.server.forwardTo;
    if (!origin) return '';
    const asked = fetch(`${origin}/metrics`, { signal: AbortSignal.timeout(RELAY_METRICS_MS_MAX) });
    return asked.then((answer) => (answer.ok ? answer.text() : '')).catch(() => '');
  }
}
