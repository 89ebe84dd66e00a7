import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/** Desks in this process, on the log of a house whose server is gone: the desk is measured without sockets. */
export async function ground(root, { dataDir, postgres }) {
  const from = (path) => require(join(root, 'dist', path));
  const { openDatabase } = from('libs/platform/src/index.js');
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
  return { postgres, ledger, openDesk, close: () => db.destroy() };
}
