import helmet from '@fastify/helmet';
import { type FastifyInstance } from 'fastify';
import { type IncomingMessage } from 'node:http';

/**
 * What browsers may do with our pages: our own files and sockets, nothing inline, nothing foreign. Over plain http
 * on a village's network nothing may insist on https, or the pages stay blank.
 *
 * @param behindHttps a proxy with a real certificate serves us: only then HSTS, and only then upgraded requests.
 * @param mediaOrigins where live video is asked for, when it is not here
 */
export async function addSecurityHeaders(
  app: FastifyInstance,
  { behindHttps, mediaOrigins }: { behindHttps: boolean; mediaOrigins: readonly string[] },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: directives(behindHttps, mediaOrigins) },
    strictTransportSecurity: behindHttps ? { maxAge: 31_536_000 } : false,
    // Ignored with a warning where there is no https.
    crossOriginOpenerPolicy: behindHttps,
    // 'no-referrer' would make browsers send `Origin: null` with the plain form, and the form would be refused.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onSend', async (request, reply) => {
    reply.header('permissions-policy', 'camera=(self), microphone=(self), geolocation=()');
    if (isDocs(request.url)) reply.header('content-security-policy', docsPolicy);
  });
}

function directives(behindHttps: boolean, mediaOrigins: readonly string[]) {
  return {
    'default-src': ["'self'"],
    // data: drawn flowers; blob: a photo on the host's phone before it is sent.
    'img-src': ["'self'", 'data:', 'blob:'],
    'media-src': ["'self'", 'blob:'],
    'font-src': ["'self'", 'data:'],
    // Old Safari does not count our own sockets as 'self'.
    'connect-src': ["'self'", socketSource, ...mediaOrigins],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
    ...(behindHttps && { 'upgrade-insecure-requests': [] }),
  };
}

/** ws://host:port or wss://…, as the page was asked for. */
function socketSource(request: IncomingMessage): string {
  const host = request.headers.host ?? '';
  if (!/^[\w.:[\]-]+$/.test(host)) return "'self'";
  return `ws://${host} wss://${host}`;
}

const isDocs = (url: string) => /^\/docs([/?]|$)/.test(url);
/** Swagger's page brings inline styles and a drawn logo. */
const docsPolicy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";
