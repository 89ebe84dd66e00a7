import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { anchoredClock, createLog } from '@qingpai/platform';
import { testDatabase } from '@qingpai/platform/testing';
import { type Environment, readConfig } from '../config.js';
import { marketEntities, marketMigrations } from '../entities.js';
import { type MarketParts } from '../parts.js';
import { createMarket } from '../server.js';

export const origin = 'http://localhost:8020';

export interface TestMarket {
  app: NestFastifyApplication;
  parts: MarketParts;
  /** What the log was told, one object per line. */
  logged: Record<string, unknown>[];
  close(): Promise<void>;
}

/** The real server on a real database, asked without a port; pages as `npm run build:web` would leave them. */
export async function testMarket(environment: Environment = {}): Promise<TestMarket> {
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-market-'));
  const database = await testDatabase({ entities: marketEntities, migrations: marketMigrations });
  const logged: Record<string, unknown>[] = [];
  const parts: MarketParts = {
    config: readConfig({ DATA_DIR: join(folder, 'data'), ...environment }),
    db: database.dataSource,
    vaultKey: Buffer.alloc(32, 7),
    origins: [origin],
    witnesses: [],
    media: null,
    clock: anchoredClock(),
    log: createLog('info', {
      write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>),
    }),
    webFolder: builtPagesIn(join(folder, 'web')),
    version: '0.1.0',
  };
  const app = await createMarket(parts);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const close = async () => {
    await app.close();
    await database.close();
    rmSync(folder, { recursive: true });
  };
  return { app, parts, logged, close };
}

function builtPagesIn(folder: string): string {
  mkdirSync(join(folder, 'assets'), { recursive: true });
  const page = (name: string, html: string) => writeFileSync(join(folder, `${name}.html`), html);
  page(
    'room',
    '<div id="app"><!--room:static--></div><script id="boot" type="application/json"><!--room:boot--></script>',
  );
  page('plain', '<html lang="<!--plain:lang-->"><title><!--plain:title--></title><!--plain:body--></html>');
  for (const name of ['host', 'camera', 'township', 'certificate', 'pay', 'consent', 'hall'])
    page(name, `<p>the page ${name}</p>`);
  const script = `export const room = '${'拍'.repeat(1_000)}';`;
  writeFileSync(join(folder, 'assets', 'room-abc123.js'), script);
  writeFileSync(join(folder, 'assets', 'room-abc123.js.br'), brotliCompressSync(script));
  return folder;
}
