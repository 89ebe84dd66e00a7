import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import pg from 'pg';
import { Server } from 'socket.io';
import { DataSource, EntitySchema } from 'typeorm';

/**
 * What a room is compared with, each as a process of its own behind the same kind of socket: a bare echo; a row lock
 * for each bid, by plain SQL or by TypeORM's entities; and a bare WebSocket server that tells many the same.
 * `node peerProcess.mjs echo | rowLock | entities | ws [database url] [schema]`
 */

const [kind, databaseUrl, schema] = process.argv.slice(2);
/** As many connections as pools usually have. */
const POOL = 10;
const inSchema = `-c search_path=${schema}`;
const TELL_EVERY_MS = 40;

/** As the room's own server is set up. */
const socketOptions = { transports: ['websocket'], serveClient: false, perMessageDeflate: false };

// ---------------------------------------------------------------- deciding

const echo = { place: (bid) => bid, tells: false };
const idOf = (lot) => Number(lot.slice(1));

async function rowLock() {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: POOL, options: inSchema });
  const within = async (work) => {
    const client = await pool.connect();
    try {
      await client.query('BEGIN');
      const answer = await work(client);
      await client.query('COMMIT');
      return answer;
    } finally {
      client.release();
    }
  };
  const place = ({ bidId, lot, amountFen }, bidder) =>
    within(async (client) => {
      const id = idOf(lot);
      const { rows } = await client.query('SELECT price_fen FROM lot WHERE id = $1 FOR UPDATE', [id]);
      if (amountFen <= Number(rows[0].price_fen)) return { ok: false, bidId, reason: 'not-above-price' };
      await client.query('UPDATE lot SET price_fen = $2, leader = $3 WHERE id = $1', [id, amountFen, bidder]);
      const { rows: made } = await client.query(
        'INSERT INTO bids (lot, bid, bidder, amount_fen) VALUES ($1, $2, $3, $4) RETURNING i',
        [id, bidId, bidder, amountFen],
      );
      return { ok: true, bidId, lot, i: Number(made[0].i), amountFen };
    });
  return { place, tells: true };
}

async function entities() {
  const Lot = new EntitySchema({
    name: 'PeerLot',
    tableName: 'lot',
    columns: {
      id: { type: 'int', primary: true },
      priceFen: { type: 'bigint', name: 'price_fen' },
      leader: { type: 'text', nullable: true },
    },
  });
  const Bid = new EntitySchema({
    name: 'PeerBid',
    tableName: 'bids',
    columns: {
      i: { type: 'bigint', primary: true, generated: 'identity' },
      lot: { type: 'int' },
      bid: { type: 'text' },
      bidder: { type: 'text' },
      amountFen: { type: 'bigint', name: 'amount_fen' },
    },
  });
  const pool = { poolSize: POOL, extra: { options: inSchema } };
  const db = new DataSource({ type: 'postgres', url: databaseUrl, entities: [Lot, Bid], ...pool });
  await db.initialize();
  const place = ({ bidId, lot: name, amountFen }, bidder) =>
    db.transaction(async (manager) => {
      const id = idOf(name);
      const lot = await manager.findOne(Lot, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (amountFen <= Number(lot.priceFen)) return { ok: false, bidId, reason: 'not-above-price' };
      const made = await manager.save(Bid, { lot: id, bid: bidId, bidder, amountFen });
      await manager.save(Lot, { ...lot, priceFen: amountFen, leader: bidder });
      return { ok: true, bidId, lot: name, i: Number(made.i), amountFen };
    });
  return { place, tells: true };
}

// ---------------------------------------------------------------- telling

/** Kinder than most are: the newest prices alone, at most one frame per tick, and only after the commit. */
function teller(io) {
  const newest = new Map();
  let told = 0;
  setInterval(() => {
    const events = [...newest.values()];
    newest.clear();
    if (events.length === 0) return;
    const to = Math.max(told + 1, ...events.map(({ i }) => i));
    io.emit('events', { from: told + 1, to, events });
    told = to;
  }, TELL_EVERY_MS);
  const prices = new Map();
  return ({ i, bidId, lot, amountFen }, bidder) => {
    if (amountFen <= (prices.get(lot) ?? 0)) return;
    prices.set(lot, amountFen);
    newest.set(lot, { i, type: 'bid.accepted', body: { bid: bidId, bidder, lot, amountFen } });
  };
}

async function overSockets() {
  const { place, tells } = await { echo: () => echo, rowLock, entities }[kind]();
  const http = createServer();
  const io = new Server(http, socketOptions);
  const tell = tells ? teller(io) : null;
  let people = 0;
  io.on('connection', (socket) => {
    const bidder = `peer-${(people += 1)}`;
    socket.on('join', (_, ack) => ack({ ok: true, me: { bidder } }));
    socket.on('bid', async (bid, ack) => {
      const answer = await place(bid, bidder);
      ack(answer);
      if (tell && answer.ok) tell(answer, bidder);
    });
  });
  return { http, acts: {} };
}

/** `ws`, the very one that socket.io stands on. */
async function overBareWs() {
  const ofSocketIo = createRequire(createRequire(import.meta.url).resolve('socket.io'));
  const { WebSocketServer } = createRequire(ofSocketIo.resolve('engine.io'))('ws');
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  server.on('connection', (socket) => {
    socket.send('0{}');
    socket.on('message', (data) => {
      const text = data.toString();
      if (text.startsWith('40')) socket.send('40{"sid":"bare"}');
      else socket.send(`43${/^42(\d+)/.exec(text)[1]}[{"ok":true}]`);
    });
  });
  /** The same bytes to everybody, so often; the CPU that it took. */
  const broadcast = async ({ frameBytes, perSecond, forMs }) => {
    const cpu = process.cpuUsage();
    let [deliveries, from] = [0, 0];
    const untilMs = performance.now() + forMs;
    for (let dueMs = performance.now(); dueMs < untilMs; dueMs += 1_000 / perSecond) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
      from += 1;
      const head = `42["events",{"from":${from},"to":${from},"events":[],"pad":"`;
      const frame = Buffer.from(`${head}${'x'.repeat(Math.max(0, frameBytes - head.length - 3))}"}]`);
      for (const client of server.clients) client.send(frame, { binary: false });
      deliveries += server.clients.size;
    }
    // What still waits to leave is theirs as well.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const { user, system } = process.cpuUsage(cpu);
    return { deliveries, cpuUs: user + system };
  };
  return { http, acts: { broadcast } };
}

const { http, acts } = await (kind === 'ws' ? overBareWs() : overSockets());
await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
const all = {
  port: () => http.address().port,
  cpuUs: () => {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  ...acts,
};
process.on('message', async ({ id, act, args }) => {
  try {
    process.send({ id, result: await all[act](args) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
