import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import { type Log, problemOf, Refused } from '@qingpai/platform';
import { type Reason } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { languageOf } from '../pages/language.js';
import { type PlainPages } from '../pages/plainPages.js';

/** What a framework's own error means in our words; its message may tell of our insides and is not passed on. */
const reasonsByStatus: Partial<Record<number, Reason>> = {
  401: 'not-signed-in',
  403: 'not-allowed',
  404: 'not-found',
  413: 'too-large',
  414: 'too-large',
  429: 'slow-down',
  503: 'not-ready',
};

/**
 * Everything thrown on the way of a request becomes one shape: a problem (RFC 9457), or a page with the same words
 * for a person who opened an address. What nobody expected is `internal`, and its cause stands in the log only.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly pages: PlainPages,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const refused = refusedOf(error);
    if (refused.status >= 500 && refused !== error) {
      this.log.error({ err: error, requestId: request.id, method: request.method }, 'a request failed');
    }
    if (reply.sent || reply.raw.headersSent) return;
    if (!wantsPage(request)) return sendProblem(refused, request, reply);
    const problem = problemOf(refused, String(request.id));
    const language = languageOf(request.query, request.headers['accept-language']);
    void reply.status(refused.status).header('cache-control', 'no-store');
    void reply.type('text/html; charset=utf-8').send(this.pages.problem(problem, language));
  }
}

/** Of an address that no route could read: Fastify asks this before Nest has seen the request. */
export const unreadableAddress = (error: Error, request: FastifyRequest, reply: FastifyReply): void =>
  sendProblem(refusedOf(error), request, reply);

function sendProblem(refused: Refused, request: FastifyRequest, reply: FastifyReply): void {
  void reply.status(refused.status).header('cache-control', 'no-store');
  const problem = problemOf(refused, String(request.id));
  void reply.type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}

/** Exported for its test. */
export function refusedOf(error: unknown): Refused {
  if (error instanceof Refused) return error;
  const status = statusIn(error);
  if (status === undefined || status >= 500) {
    return new Refused(status === 503 ? 'not-ready' : 'internal');
  }
  return new Refused(reasonsByStatus[status] ?? 'malformed', status);
}

/** Of Nest's exceptions and of Fastify's errors (`statusCode`); anything else has none. */
function statusIn(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 ? statusCode : undefined;
}

/** A browser that opens an address says text/html; a script's fetch does not. */
function wantsPage({ method, headers, url }: FastifyRequest): boolean {
  const isPage = !/^\/(api|photos|docs-json|asyncapi|healthz|readyz|metrics)\b/.test(url);
  return isPage && ['GET', 'HEAD', 'POST'].includes(method) && (headers.accept ?? '').includes('text/html');
}
