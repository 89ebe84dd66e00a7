import { All, Controller, Get, Inject, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Public } from '@qingpai/members';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { isIPv4 } from 'node:net';
import { RELAY_ANSWER_MS_MAX } from './limits.js';
import { MEDIA_OPTIONS, type MediaOptions } from './options.js';

const passedOn = ['authorization', 'content-type'];
const passedBack = [
  'content-type',
  'location',
  'etag',
  'retry-after',
  'accept-post',
  'allow',
  'www-authenticate',
];

/** Null: no door of the relay for others, whatever the dots of a path lead to. */
function doorAt(origin: string, path: string): URL | null {
  const url = new URL(origin + path);
  return /^\/(whip|whep|hls)\//.test(url.pathname) ? url : null;
}

/**
 * WHIP and WHEP at the market's own address, handed on to the relay: pages need no second origin, and no certificate of
 * its own. The bearer token is asked for there. Offers and answers pass here, never a packet.
 */
@ApiExcludeController()
@Controller()
export class ForwardController {
  constructor(@Inject(MEDIA_OPTIONS) private readonly options: MediaOptions) {}

  @All([
    'whip/:show',
    'whip/:show/:session',
    'whep/:show',
    'whep/:show/:session',
    'whep/:show/:session/layer',
  ])
  @Public()
  async forward(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { server } = this.options;
    const url = server?.forwardTo ? doorAt(server.forwardTo, request.url.split('?')[0]!) : null;
    const answer = url === null ? null : await this.ask(url, request).catch(() => null);
    // Being started anew, or not there: the client comes again by itself.
    if (!answer) return void reply.code(503).header('retry-after', '2').send();
    for (const name of passedBack) {
      const value = answer.headers.get(name);
      if (value !== null) reply.header(name, value);
    }
    void reply
      .header('cache-control', 'no-store')
      .code(answer.status)
      .send(await answer.text());
  }

  /** The picture a little behind, for who can receive neither UDP nor our TCP; the token stands in the path. */
  @Get('hls/:show/:token/:file')
  @Public()
  async delayed(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { server } = this.options;
    // With a query it asks for a part that is only being made (RFC 8216bis §6.2.5.2).
    const url = server?.forwardTo ? doorAt(server.forwardTo, request.url) : null;
    const signal = AbortSignal.timeout(RELAY_ANSWER_MS_MAX);
    const answer = url === null ? null : await fetch(url, { redirect: 'error', signal }).catch(() => null);
    if (!answer) return void reply.code(503).header('retry-after', '2').send();
    void reply
      .code(answer.status)
      .header('cache-control', 'no-store')
      .type(answer.headers.get('content-type') ?? 'application/octet-stream')
      .send(Buffer.from(await answer.arrayBuffer()));
  }

  private ask(url: URL, request: FastifyRequest): Promise<Response> {
    const headers = Object.fromEntries(
      passedOn.flatMap((name) => {
        const value = request.headers[name];
        return typeof value === 'string' ? [[name, value]] : [];
      }),
    );
    const body =
      typeof request.body === 'string' ? request.body : request.body ? JSON.stringify(request.body) : null;
    return fetch(url, {
      method: request.method,
      headers: { ...headers, ...this.announced(request) },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(RELAY_ANSWER_MS_MAX),
    });
  }

  /** Packets go where the request went, unless a proxy or a NAT stands in between. */
  private announced({ socket }: FastifyRequest): Record<string, string> {
    const { server, behindProxy } = this.options;
    const came = behindProxy ? undefined : socket.localAddress?.replace(/^::ffff:/, '');
    const address = server?.publicIp ?? came;
    return address !== undefined && isIPv4(address) ? { 'x-media-address': address } : {};
  }
}
