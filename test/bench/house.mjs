import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import pg from 'pg';
import { api, signInByCode } from '../../scripts/demo/people.mjs';
import { startServer } from '../../scripts/demo/server.mjs';

/**
 * A durable Postgres of the bench's own and the real server on it, as `npm start` runs it; rates are so wide that
 * nobody is slowed down, but they are counted, so that their cost is in every figure.
 */

/** Open for long, so that nothing closes while it is measured; a bid of any height needs no second word. */
const LONG_MS = 86_400_000;
const RATE_TIMES = '10000';
const SLIPS = 100;
const AT_ONCE = 20;
const HOST_PHONE = '13800000001';

/** @param folder of its own under `.data` */
export async function openHouse(root, { folder = 'bench', environment = {} } = {}) {
  const { startEmbeddedPostgres } = createRequire(import.meta.url)(
    join(root, 'dist/libs/platform/src/index.js'),
  );
  const dataDir = join(root, '.data', folder);
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dataDir, { recursive: true });
  const postgres = await startEmbeddedPostgres({ dataDirectory: join(dataDir, 'postgres') });
  const house = new House(root, dataDir, postgres, environment);
  await house.start();
  return house;
}

class House {
  tokens = [];
  #commands = 0;
  #peers = 0;

  constructor(root, dataDir, postgres, environment) {
    Object.assign(this, { root, dataDir, postgres, environment });
    this.database = new pg.Client({ connectionString: postgres.superuserUrl });
  }

  async start() {
    await this.database.connect();
    const { url, ownerUrl } = this.postgres;
    this.server = await startServer(this.root, this.dataDir, {
      ...{ DATABASE_URL: url, DATABASE_OWNER_URL: ownerUrl },
      ...{ RATE_TIMES, OWN_WITNESS: 'no', ...this.environment },
    });
    this.http = api(this.server.address);
    this.port = Number(new URL(this.server.address).port);
    this.host = await signInByCode(this.http, this.server, HOST_PHONE);
  }

  /** The server alone: what comes then is measured on its log, in another process. */
  async stopServer() {
    await this.server.stop();
  }
  async close() {
    await this.server.stop();
    await this.database.end();
    await this.postgres.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  // ---------------------------------------------------------------- shows and people

  /** One that is open, its first lot on the block; a timed one with all of its lots. */
  async openShow({ lots = 1, timed = false } = {}) {
    const long = { openForMs: LONG_MS, hardEndMs: LONG_MS, slipSteps: 100, refusalsLoggedMax: 1_000 };
    const rules = { ...long, ...(timed && { timed: { openMax: lots, staggerMs: 1_000 } }) };
    const ids = Array.from({ length: lots }, (_, n) => `L${n + 1}`);
    const { showId } = await this.http.post('/api/shows', { title: '测速', rules }, this.host);
    for (let n = 1; n <= lots; n += 1) {
      const lot = {
        title: `绣球 ${n}`,
        growerName: '郑',
        village: '泗桥村',
        grade: 'A',
        unit: '盆',
        units: 1,
      };
      const terms = { startFen: 0, floorFen: 0, stepFen: 100, format: 'english', source: '人工培植' };
      await this.http.post(`/api/shows/${showId}/lots`, { ...lot, ...terms }, this.host);
    }
    for (const command of [
      { name: 'seal', withoutConsent: 'on-paper' },
      { name: 'open', reason: 'witness-off' },
      timed ? { name: 'offerAll', lots: ids } : { name: 'offer', lot: 'L1' },
    ]) {
      this.#commands += 1;
      const asked = { commandId: `bench-${this.#commands}-aaaa`, command };
      await this.http.post(`/api/shows/${showId}/commands`, asked, this.host);
    }
    return showId;
  }

  /** Session tokens of so many buyers, who came in by printed slips. */
  async people(count, showId) {
    while (this.tokens.length < count) {
      const asked = { count: Math.min(SLIPS, count - this.tokens.length) };
      const { slips } = await this.http.post(`/api/shows/${showId}/slips`, asked, this.host);
      const signIn = async ({ token }, n) => {
        const body = { token, nickname: `买家${this.tokens.length + n}` };
        return (await this.http.post('/api/sign-in/slip', body)).token;
      };
      this.tokens.push(...(await atOnce(slips, signIn)));
    }
    return this.tokens.slice(0, count);
  }

  /** Takes paddles for them; with keys, their bids are signed from then on. */
  async seat(showId, count, keys = []) {
    const tokens = await this.people(count, showId);
    await atOnce(tokens, (token, n) =>
      this.http.post(`/api/shows/${showId}/join`, { ...(keys[n] && { key: keys[n] }) }, token),
    );
    return tokens;
  }

  // ---------------------------------------------------------------- what became of it

  /** Bids' leaves from an index on, past the server; and how many leaves there are. */
  async bidLeaves(origin, from) {
    const { rows } = await this.database.query(
      `SELECT convert_from(bytes, 'UTF8') AS text FROM leaves JOIN logs USING (log)
       WHERE origin = $1 AND i >= $2 ORDER BY i`,
      [origin, from],
    );
    const leaves = rows.map(({ text }) => JSON.parse(text));
    return { leaves: leaves.filter(({ type }) => type === 'bid.accepted'), next: from + rows.length };
  }

  /** How many signed heads lie between two sizes: one for each commit. */
  async commits(origin, from, to) {
    const { rows } = await this.database.query(
      `SELECT count(*)::int AS commits FROM checkpoints JOIN logs USING (log)
       WHERE origin = $1 AND checkpoints.size > $2 AND checkpoints.size <= $3`,
      [origin, from, to],
    );
    return rows[0].commits;
  }

  /** Price and leader of every lot that has been offered; how far the log goes. */
  async lots(showId) {
    const { state } = await this.http.get(`/api/shows/${showId}`);
    const lots = {};
    for (const [id, { offerings }] of Object.entries(state.lots)) {
      const newest = offerings.at(-1);
      if (newest) lots[id] = { priceFen: newest.priceFen ?? 0, leader: newest.leader };
    }
    return { lots, origin: state.origin, next: state.next };
  }

  // ---------------------------------------------------------------- what it is compared with

  /** For a peer that stores bids: a schema with lots and their bids. */
  async peerSchema(lots) {
    this.#peers += 1;
    const schema = `peer_${this.#peers}`;
    await this.database.query(`
      CREATE SCHEMA ${schema};
      CREATE TABLE ${schema}.lot (id int PRIMARY KEY, price_fen bigint NOT NULL, leader text);
      CREATE TABLE ${schema}.bids (i bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        lot int NOT NULL, bid text NOT NULL, bidder text NOT NULL, amount_fen bigint NOT NULL);
      INSERT INTO ${schema}.lot SELECT n, 0, NULL FROM generate_series(1, ${lots}) AS n;
      GRANT ALL ON SCHEMA ${schema} TO PUBLIC;
      GRANT ALL ON ALL TABLES IN SCHEMA ${schema} TO PUBLIC`);
    return schema;
  }

  async peerLots(schema) {
    const { rows } = await this.database.query(`SELECT * FROM ${schema}.bids ORDER BY i`);
    const leaves = rows.map(({ i, lot, bid, bidder, amount_fen }) => ({
      ...{ i: Number(i), type: 'bid.accepted' },
      body: { bid, bidder, lot: `L${lot}`, amountFen: Number(amount_fen) },
    }));
    const stored = (await this.database.query(`SELECT * FROM ${schema}.lot`)).rows;
    const lots = stored.map(({ id, price_fen, leader }) => [
      `L${id}`,
      { priceFen: Number(price_fen), leader },
    ]);
    return { leaves, lots: Object.fromEntries(lots) };
  }

  /** What the server says of itself to any operator: CPU in µs, memory in bytes, open sockets. */
  async metrics() {
    const text = await this.http.get('/metrics');
    const of = (name) => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)[1]);
    return {
      cpuUs: of('process_cpu_seconds_total') * 1e6,
      rssBytes: of('process_resident_memory_bytes'),
      heapBytes: of('nodejs_heap_size_used_bytes') + of('nodejs_external_memory_bytes'),
      sockets: of('qingpai_sockets'),
    };
  }
}

/** In order, a few at a time. */
async function atOnce(all, work) {
  const done = [];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    done.push(...(await Promise.all(all.slice(from, from + AT_ONCE).map((one, n) => work(one, from + n)))));
  }
  return done;
}
