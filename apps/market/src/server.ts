import multipart from '@fastify/multipart';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { originsOf, SDP_BYTES_MAX } from '@qingpai/media';
import { SwaggerModule } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { openApi } from './docs/openapi.js';
import { Metrics } from './health/metrics.js';
import { CountedSockets } from './http/countedSockets.js';
import { ProblemFilter, unreadableAddress } from './http/problem.filter.js';
import { addSecurityHeaders } from './http/securityHeaders.js';
import { addStaticFiles } from './http/staticFiles.js';
import { BODY_BYTES_MAX, FILE_BYTES_MAX } from './limits.js';
import { MarketModule } from './market.module.js';
import { nestLogger } from './nestLogger.js';
import { PlainPages } from './pages/plainPages.js';
import { type MarketParts } from './parts.js';

/** The server, wired and ready to listen; nothing listens yet. */
export async function createMarket(parts: MarketParts): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    // A proxy in front stands on this machine or its private network; nobody else's X-Forwarded-For counts.
    trustProxy: parts.config.publicUrl === null ? false : ['loopback', 'linklocal', 'uniquelocal'],
    genReqId: () => randomUUID(),
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: unreadableAddress,
  });
  const app = await NestFactory.create<NestFastifyApplication>(MarketModule.forRoot(parts), adapter, {
    logger: nestLogger(parts.log),
    abortOnError: false,
    // A webhook's signature is over the bytes as they came.
    rawBody: true,
  });
  const fastify = adapter.getInstance();
  await addSecurityHeaders(fastify, {
    behindHttps: parts.config.publicUrl?.startsWith('https:') ?? false,
    mediaOrigins: originsOf(parts.config.video?.elsewhere ?? null),
  });
  // LiveKit's webhook: the bytes as they came, since its signature is over them.
  fastify.addContentTypeParser('application/webhook+json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  // Of WHIP and WHEP: texts, handed on as they are.
  fastify.addContentTypeParser(
    ['application/sdp', 'application/trickle-ice-sdpfrag'],
    { parseAs: 'string', bodyLimit: SDP_BYTES_MAX },
    (_request, body, done) => done(null, body),
  );
  await addStaticFiles(fastify, parts.webFolder);
  await fastify.register(multipart, {
    limits: { fileSize: FILE_BYTES_MAX, files: 1, fields: 8, fieldSize: 10_000, parts: 9 },
  });
  fastify.addHook('onRequest', async (request, reply) => void reply.header('x-request-id', request.id));
  app.useWebSocketAdapter(new CountedSockets(app, app.get(Metrics)));
  app.useGlobalFilters(new ProblemFilter(parts.log, app.get(PlainPages)));
  SwaggerModule.setup('docs', app, () => openApi(app, parts.version), { jsonDocumentUrl: 'docs-json' });
  return app;
}
