import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import { type FastifyInstance } from 'fastify';

/**
 * The built scripts and styles: their names carry a hash of their content, so a browser keeps them for good; and
 * each lies there compressed already, so the server never compresses while a lot is open.
 */
export async function addStaticFiles(app: FastifyInstance, webFolder: string): Promise<void> {
  const root = join(webFolder, 'assets');
  if (!existsSync(root)) return; // not built: the pages say so
  await app.register(fastifyStatic, {
    root,
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    index: false,
    decorateReply: false,
  });
}
