import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { api, signInByCode } from '../../scripts/demo/people.mjs';
import { startServer } from '../../scripts/demo/server.mjs';

const require = createRequire(import.meta.url);

/** Open for long, so that nothing closes while it is measured; a bid of any height needs no second word. */
const LONG_MS = 86_400_000;

/**
 * A durable Postgres of its own, and in it a show that the real server has made, sealed and opened. The server is gone
 * then: the desk is measured in this process, on the same log.
 */
export async function ground(root) {
  const from = (path) => require(join(root, 'dist', path));
  const { startEmbeddedPostgres, openDatabase } = from('libs/platform/src/index.js');
  const { Ledger } = from('libs/ledger/src/index.js');
  const { Vault } = from('libs/members/src/index.js');
  const { ShowStore } = from('libs/auction/src/store/showStore.js');
  const { PostgresShowLog } = from('libs/auction/src/store/postgresShowLog.js');
  const { Registry } = from('libs/auction/src/registry/registry.js');
  const { Desk } = from('libs/auction/src/desk/desk.js');
  const { LoopWatch } = from('libs/auction/src/desk/loopWatch.js');
  const { processTimers } = from('libs/auction/src/desk/timers.js');
  const { nodeSignatures } = from('libs/auction/src/desk/signatures.js');
  const { anchoredClock } = from('libs/platform/src/index.js');
  const { marketEntities, marketMigrations } = from('apps/market/src/entities.js');
  const rules = from('libs/auction/src/rules/index.js');

  const dataDir = join(root, '.data/bench');
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(dataDir, 'postgres') });
  const urls = { DATABASE_URL: postgres.url, DATABASE_OWNER_URL: postgres.ownerUrl };

  const shows = [];
  const server = await startServer(root, dataDir, urls);
  const http = api(server.address);
  const host = await signInByCode(http, server, '13800000001');
  for (let n = 0; n < 2; n += 1) shows.push(await makeShow(http, host));
  await server.stop();

  const db = await openDatabase({ ...postgres, entities: marketEntities, migrations: marketMigrations });
  const vault = new Vault(Buffer.from(readFileSync(join(dataDir, 'vault.key'), 'utf8').trim(), 'base64'));
  const ledger = new Ledger(db, vault);
  const name = 'qingpai.localhost';
  const registry = new Registry({ db, ledger, vault, host: name });
  const store = new ShowStore({ db, ledger, vault, members: {}, registry, host: name });
  const clock = anchoredClock();
  const openDesk = (showId) => {
    const log = new PostgresShowLog(ledger, store);
    const batches = [];
    log.onAppended((_, { events }) => batches.push(events.length));
    const watch = new LoopWatch(clock);
    const ports = { log, clock, timers: processTimers, watch, signatures: nodeSignatures, warn: () => {} };
    return Desk.open(showId, ports).then((desk) => ({ desk, batches }));
  };
  return {
    ...{ postgres, db, ledger, rules, shows, openDesk },
    close: async () => {
      await db.destroy();
      await postgres.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function makeShow(http, host) {
  const rules = { openForMs: LONG_MS, hardEndMs: LONG_MS, slipSteps: 100, refusalsLoggedMax: 1_000 };
  const { showId } = await http.post('/api/shows', { title: '测速', rules }, host);
  for (let n = 0; n < 2; n += 1) {
    const lot = { title: `绣球 ${n}`, growerName: '郑', village: '泗桥村', grade: 'A', unit: '盆', units: 1 };
    await http.post(
      `/api/shows/${showId}/lots`,
      { ...lot, startFen: 0, floorFen: 0, stepFen: 100, format: 'english', source: '人工培植' },
      host,
    );
  }
  let n = 0;
  const command = (body) =>
    http.post(`/api/shows/${showId}/commands`, { commandId: `bench-${(n += 1)}-aaaa`, command: body }, host);
  await command({ name: 'seal' });
  await command({ name: 'open', reason: 'witness-off' });
  await command({ name: 'offer', lot: 'L1' });
  return showId;
}
