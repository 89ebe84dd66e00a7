import { Controller, Headers, HttpCode, Post, type RawBodyRequest, Req } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type FastifyRequest } from 'fastify';
import { ZodResponse } from 'nestjs-zod';
import { HookAnswerDto } from '../dto.js';
import { Knocks } from './knocks.js';

/** Where the provider knocks. Its signature is over the bytes as they came, so they are read before any parser's. */
@ApiTags('payments')
@Controller('api/stripe/webhook')
export class HookController {
  constructor(private readonly knocks: Knocks) {}

  @Post()
  @Public()
  @HttpCode(200)
  @ApiOperation({
    summary:
      'For Stripe: signed events. What is about an order that is not known is refused with 500, to come again.',
  })
  @ApiHeader({ name: 'stripe-signature', required: true })
  @ZodResponse({ status: 200, type: HookAnswerDto })
  @ApiProblems(400, 415, 500, 503)
  async hear(
    @Req() { rawBody }: RawBodyRequest<FastifyRequest>,
    @Headers('stripe-signature') signature: string | undefined,
  ) {
    if (!rawBody || typeof signature !== 'string') throw new Refused('bad-signature');
    return { received: await this.knocks.hear(rawBody, signature) };
  }
}
