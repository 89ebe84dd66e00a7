import { generateKeyPairSync, sign } from 'node:crypto';
import { createRequire } from 'node:module';
import { setTimeout as pause } from 'node:timers/promises';
import { Histogram } from './histogram.mjs';
import { digestOf, Screen } from './oracle.mjs';
import { Wire } from './wire.mjs';

/**
 * A load client, as a process of its own: it enters rooms, bids and watches as it is told over the pipe, and says how
 * busy and how late it was itself. Moments are those of the machine's monotonic clock, one for all processes, and
 * every bid's id carries the moment it was meant for, so that another process can tell how old a frame is.
 */

const BATCH = 50;
const KNOCKS_MAX = 5;
const STEP_FEN = 100;
const SETTLED_MS_MAX = 30_000;
const DIGESTS_KEPT = 256;
const offsetMs = Number(process.hrtime.bigint()) / 1e6 - performance.now();
const nowMs = () => performance.now() + offsetMs;

const crowds = new Map();
const keys = [];
let bids = 0;

/** Whoever is in one room by way of this process. */
class Crowd {
  people = [];
  wires = [];
  screens = [];
  /** Of the lots that are open, by id: the price as it is known here, and who made it, if he sits here. */
  lots = new Map();
  deliveries = 0;
  fanout = new Histogram();
  frames = new Set();
  frameBytes = 0;
  #digests = new Map();

  /** Everybody gets the same bytes, so they are read once. */
  digest(bytes) {
    const head = bytes.toString('latin1', 0, 48);
    const known = this.#digests.get(head);
    if (known?.bytes.equals(bytes)) return known.digest;
    const frame = JSON.parse(bytes.toString('utf8'));
    const meant = frame.events.map(({ body }) => meantMs(body.bid)).filter((ms) => ms !== null);
    const digest = { ...digestOf(frame), oldestMs: meant.length > 0 ? Math.min(...meant) : null };
    this.frames.add(digest.from);
    this.frameBytes += bytes.length;
    for (const [id, fen] of digest.prices) {
      const lot = this.lots.get(id);
      if (lot && fen > lot.priceFen) lot.priceFen = fen;
    }
    this.#digests.set(head, { bytes: Buffer.from(bytes), digest });
    if (this.#digests.size > DIGESTS_KEPT) this.#digests.delete(this.#digests.keys().next().value);
    return digest;
  }

  /** What one knows who comes in. */
  knows(prices) {
    for (const [id, priceFen] of Object.entries(prices)) {
      if (!this.lots.has(id)) this.lots.set(id, { id, priceFen, leader: null });
    }
  }

  add(wire, prices) {
    const screen = new Screen(prices);
    this.wires.push(wire);
    this.screens.push(screen);
    wire.onEvents = (bytes) => {
      const digest = this.digest(bytes);
      screen.sees(digest);
      this.deliveries += 1;
      if (digest.oldestMs !== null) this.fanout.addMs(nowMs() - digest.oldestMs);
    };
    return screen;
  }

  startsCounting() {
    this.deliveries = 0;
    this.fanout = new Histogram();
    this.frames = new Set();
    this.frameBytes = 0;
  }
}

const meantMs = (bidId) => (bidId?.startsWith('b-') ? parseInt(bidId.split('-')[3], 36) / 1_000 : null);

/** What an answer says, its receipt left unread: phones do that, and it is their work, not the room's. */
function read(bytes) {
  const text = bytes.toString('utf8');
  const receipt = text.indexOf(',"receipt":{');
  return JSON.parse(receipt < 0 ? text : `${text.slice(0, receipt)}}`);
}

function busyness() {
  const [cpu, began] = [process.cpuUsage(), performance.now()];
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return (user + system) / 1_000 / (performance.now() - began);
  };
}

// ---------------------------------------------------------------- coming in

/** @param from leaves that are known already: nobody waits for a thousand snapshots; `prices` are theirs, by lot */
async function open(crowd, { port, showId, auth, origin, from, prices }) {
  const wire = await patiently(() => Wire.open({ port, auth, origin }));
  crowd.knows(prices);
  const screen = crowd.add(wire, prices);
  const answer = await wire.ask('join', { showId, from });
  if (answer === null) throw new Error('a join was not answered');
  const { ok, reason, me, since } = JSON.parse(answer.toString('utf8'));
  if (!ok) throw new Error(`join: ${reason}`);
  if (since) screen.sees(digestOf(since));
  return { wire, me };
}

/** On a busy machine a socket may have to knock twice. */
async function patiently(work) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === KNOCKS_MAX) throw error;
      await pause(500);
    }
  }
}

async function inBatches(count, work) {
  for (let from = 0; from < count; from += BATCH) {
    await Promise.all(Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => work(from + n)));
  }
}

function crowdOf(name) {
  if (!crowds.has(name)) crowds.set(name, new Crowd());
  return crowds.get(name);
}

/** @param log its origin, which is signed along */
async function enter({ crowd: name, tokens, signs = false, log, ...where }) {
  const crowd = crowdOf(name);
  crowd.log = log;
  await inBatches(tokens.length, async (n) => {
    const { wire, me } = await open(crowd, { ...where, auth: { token: tokens[n] } });
    const key = signs ? keys[n] : null;
    crowd.people.push({ wire, key, bidder: me?.bidder ?? `peer-${n}`, nth: me?.nth ?? 1 });
  });
}

async function watch({ crowd: name, count, ...where }) {
  await inBatches(count, () => open(crowdOf(name), where));
}

// ---------------------------------------------------------------- bidding

/** Sends one bid; the promise is kept when it is answered or given up. */
async function bid(crowd, run, person, lot, amountFen, dueMs) {
  bids += 1;
  const bidId = `b-${process.pid.toString(36)}-${bids.toString(36)}-${Math.round(dueMs * 1_000).toString(36)}`;
  let sent = { bidId, lot: lot.id, offering: 1, amountFen, confirmed: true };
  if (person.key) sent = signed(crowd, person, sent);
  const answered = person.wire.ask('bid', sent);
  run.sent += 1;
  const bytes = await answered;
  run.latency.addMs(nowMs() - dueMs);
  const answer = bytes === null ? null : read(bytes);
  note(run, person, lot, sent, answer);
  return answer;
}

function note(run, person, lot, { bidId, amountFen }, answer) {
  const said = answer && { ok: answer.ok, i: answer.i, reason: answer.reason };
  run.told.push([bidId, lot.id, person.bidder, said]);
  if (answer === null) return;
  run.answered += 1;
  if (answer.nth !== undefined) person.nth = answer.nth;
  if (answer.ok) {
    run.accepted += 1;
    if (amountFen > lot.priceFen) [lot.priceFen, lot.leader] = [amountFen, person];
    return;
  }
  run.reasons[answer.reason] = (run.reasons[answer.reason] ?? 0) + 1;
  if (answer.leastFen > lot.priceFen + STEP_FEN) lot.priceFen = answer.leastFen - STEP_FEN;
}

function signed(crowd, { key, bidder, nth }, sent) {
  const body = rules().signedBid({ ...sent, nth }, bidder, nth, false);
  return {
    ...sent,
    nth,
    sig: sign(null, rules().bidMessage(body, crowd.log), key.privateKey).toString('base64'),
  };
}
let loadedRules = null;
const rules = () =>
  (loadedRules ??= createRequire(import.meta.url)('../../dist/libs/auction/src/rules/index.js'));

/** Amounts that only rise on each lot, so that whoever is not overtaken on the way is accepted. */
function rising({ lots }) {
  const fen = new Map([...lots.values()].map((lot) => [lot, lot.priceFen]));
  return (lot) => {
    fen.set(lot, fen.get(lot) + STEP_FEN);
    return fen.get(lot);
  };
}

/** Everybody goes from lot to lot, each from another one on: nobody finds himself leading. */
function walk({ lots }, from) {
  const all = [...lots.values()];
  let at = from;
  return () => all[at++ % all.length];
}

const ways = {
  /** Closed loops, each with one bid in flight: as fast as answers come. */
  async race(crowd, run, { people, untilMs }) {
    const nextFen = rising(crowd);
    await Promise.all(
      people.map(async (person, n) => {
        const nextLot = walk(crowd, n);
        while (nowMs() < untilMs && person.wire.isOpen) {
          const lot = nextLot();
          await bid(crowd, run, person, lot, nextFen(lot), nowMs());
        }
      }),
    );
  },
  /** Everybody wants the next step, and one gets it. */
  async scramble(crowd, run, { people, untilMs }) {
    const [lot] = crowd.lots.values();
    await Promise.all(
      people.map(async (person) => {
        while (nowMs() < untilMs && person.wire.isOpen) {
          if (lot.leader === person) await pause(1);
          else await bid(crowd, run, person, lot, lot.priceFen + STEP_FEN, nowMs());
        }
      }),
    );
  },
  /** One at a time. */
  async idle(crowd, run, { people, untilMs }) {
    const nextFen = rising(crowd);
    const [lot] = crowd.lots.values();
    for (let n = 0; nowMs() < untilMs; n += 1)
      await bid(crowd, run, people[n % 2], lot, nextFen(lot), nowMs());
  },
  /** Open loop: a bid goes out when its moment has come, however long the answers to others take. */
  async open(crowd, run, { people, untilMs, perSecond }) {
    const nextFen = rising(crowd);
    const nextLot = walk(crowd, 0);
    const flying = new Set();
    const everyMs = 1_000 / perSecond;
    let [dueMs, n] = [nowMs(), 0];
    while (dueMs < untilMs) {
      for (let now = nowMs(); dueMs <= now && dueMs < untilMs; now = nowMs(), n += 1, dueMs += everyMs) {
        run.lateness.addMs(now - dueMs);
        const lot = nextLot();
        const one = bid(crowd, run, people[n % people.length], lot, nextFen(lot), dueMs).finally(() =>
          flying.delete(one),
        );
        flying.add(one);
      }
      await pause(Math.max(1, Math.min(dueMs, untilMs) - nowMs()));
    }
    await Promise.all(flying);
  },
};

async function bidding({ crowd: name, way, forMs, perSecond, count = Infinity }) {
  const crowd = crowdOf(name);
  const run = {
    sent: 0,
    answered: 0,
    accepted: 0,
    reasons: {},
    told: [],
    latency: new Histogram(),
    lateness: new Histogram(),
  };
  crowd.startsCounting();
  const busy = busyness();
  const sweeper = setInterval(() => crowd.people.forEach(({ wire }) => wire.sweep(performance.now())), 1_000);
  const beganMs = nowMs();
  const people = crowd.people.slice(0, count);
  await ways[way](crowd, run, { people, perSecond, untilMs: beganMs + forMs });
  clearInterval(sweeper);
  const seconds = (nowMs() - beganMs) / 1_000;
  return {
    ...run,
    ...counted(crowd),
    seconds,
    cpu: busy(),
    latency: run.latency.counts,
    lateness: run.lateness.counts,
  };
}

// ---------------------------------------------------------------- watching

const counted = ({ deliveries, frames, frameBytes, fanout }) => ({
  ...{ deliveries, frames: frames.size, frameBytes },
  fanout: fanout.counts,
});

let watching = null;
const acts = {
  enter,
  watch,
  bidding,
  /** Public halves of so many keys, made here: what signs stays in this process. */
  makeKeys({ count }) {
    while (keys.length < count) keys.push(generateKeyPairSync('ed25519'));
    return keys
      .slice(0, count)
      .map(({ publicKey }) =>
        Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64'),
      );
  },
  beginWatch({ crowd }) {
    crowdOf(crowd).startsCounting();
    watching = busyness();
  },
  /** Share of a core since then. */
  watchCpu: () => watching(),
  endWatch: ({ crowd }) => counted(crowdOf(crowd)),
  /** Waits until every screen shows these prices, or long enough, and tells how they stand. */
  async screens({ crowd: name, prices: wanted }) {
    const { screens } = crowdOf(name);
    const untilMs = nowMs() + SETTLED_MS_MAX;
    const isBehind = ({ prices }) => Object.keys(wanted).some((lot) => (prices[lot] ?? 0) !== wanted[lot]);
    while (nowMs() < untilMs && screens.some(isBehind)) await pause(20);
    const kinds = new Map();
    for (const { prices, fell } of screens) {
      const kind = `${JSON.stringify(prices)}/${fell}`;
      kinds.set(kind, { prices, fell, count: (kinds.get(kind)?.count ?? 0) + 1 });
    }
    return [...kinds.values()];
  },
  stall({ crowd }) {
    for (const wire of crowdOf(crowd).wires) wire.stall();
  },
  leave({ crowd }) {
    for (const wire of crowdOf(crowd).wires) wire.close();
    crowds.delete(crowd);
  },
};

process.on('message', async ({ id, act, args }) => {
  try {
    process.send({ id, result: await acts[act](args) });
  } catch (error) {
    process.send({ id, error: error.stack });
  }
});
process.on('disconnect', () => process.exit(0));
