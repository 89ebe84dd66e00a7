import { Histogram } from './histogram.mjs';
import { wrong } from './oracle.mjs';
import { startProcess } from './processes.mjs';

/** A client that needs this much of a core measures itself. */
const CLIENT_CPU_MAX = 0.9;
/** Sent later than this and by more than half of what is reported: the lateness is what was measured. */
const LATE_MS_MAX = 5;
/** Of each run: one broken thing may be found a hundred thousand times. */
const FAULTS_TOLD_MAX = 100;
/** Refusals that mean that the bench was slowed down in place of being served. */
const SLOWED = ['slow-down', 'too-busy', 'not-ready', 'internal'];

/** The house, the processes that bid and watch, and everything that the oracle found. */
export class Rig {
  runs = 0;
  answers = 0;
  faults = [];
  bidders = startProcess('./clientProcess.mjs');
  watchers = startProcess('./clientProcess.mjs');
  #rooms = [];

  constructor(house) {
    this.house = house;
  }

  async close() {
    await Promise.all([this.bidders.stop(), this.watchers.stop()]);
    await Promise.all(this.#rooms.map((room) => room.close()));
  }

  #named(room) {
    this.#rooms.push(room);
    room.crowd = `room ${this.#rooms.length}`;
    return room;
  }

  /** A show of its own, its bidders at the real server's sockets. */
  async room({ people, signs = false, ...show }) {
    const { house } = this;
    const showId = await house.openShow(show);
    const room = this.#named(new Room(this, showId));
    const keys = signs ? await this.bidders.ask('makeKeys', { count: people }) : [];
    const tokens = await house.seat(showId, people, keys);
    const where = await room.where();
    await this.bidders.ask('enter', { ...where, tokens, signs, log: room.origin });
    return room;
  }

  /** @param kind of `peerProcess.mjs` */
  async peer(kind, people, { lots = 1 } = {}) {
    const peer = this.#named(new Peer(this, kind, lots));
    await peer.start();
    const tokens = Array.from({ length: people }, (_, n) => `nobody-${n}`);
    await this.bidders.ask('enter', { ...peer.where(), tokens });
    return peer;
  }

  /** So many at a bare `ws` server, which is told to tell them. */
  async bareWs(count) {
    const peer = this.#named(new Peer(this, 'ws'));
    await peer.start();
    await this.watchers.ask('watch', { ...peer.where(), count });
    return peer;
  }

  /** One run: figures, what the oracle says, and why it is void, if it is. */
  async run(place, how) {
    if (place.watching > 0) await this.watchers.ask('beginWatch', { crowd: place.crowd });
    const cpuBefore = await place.cpuUs();
    const { told, latency, lateness, fanout, ...run } = await this.bidders.ask('bidding', {
      ...{ crowd: place.crowd },
      ...how,
    });
    const serverUs = (await place.cpuUs()) - cpuBefore;
    const watchCpu = place.watching > 0 ? await this.watchers.ask('watchCpu') : 0;
    const judged = await place.judge(told);
    const watched = place.watching > 0 ? await this.watchers.ask('endWatch', { crowd: place.crowd }) : null;
    this.runs += 1;
    this.answers += run.answered;
    this.faults.push(...judged.faults.slice(0, FAULTS_TOLD_MAX));
    const figures = {
      ...run,
      ...{ serverUs, leavesPerCommit: judged.leavesPerCommit },
      ...{
        latency: new Histogram(latency),
        lateness: new Histogram(lateness),
        fanout: new Histogram(fanout),
      },
      watched: watched && { ...watched, cpu: watchCpu, fanout: new Histogram(watched.fanout) },
      acceptedPerSecond: run.accepted / run.seconds,
      verdictsPerSecond: run.answered / run.seconds,
      serverUsPerVerdict: serverUs / Math.max(1, run.answered),
    };
    const isVoid = voidBecause(figures);
    return { ...figures, void: isVoid, voidTimes: isVoid ?? lateBecause(figures) };
  }
}

export const isSaturated = (cpu) => cpu >= CLIENT_CPU_MAX;

function voidBecause({ cpu, watched, reasons, sent, answered }) {
  if (isSaturated(cpu) || isSaturated(watched?.cpu ?? 0)) return 'client saturated';
  if (SLOWED.some((reason) => reasons[reason] > 0)) return 'slowed down';
  return answered < sent ? 'unanswered' : null;
}

/** What voids times, and leaves counts and CPU alone. */
function lateBecause({ lateness, latency }) {
  const late = lateness.ms(0.99);
  return late > LATE_MS_MAX && late > latency.ms(0.99) / 2 ? 'client late' : null;
}

const tolds = (told) =>
  told.map(([bidId, lot, bidder, answer]) => ({
    ...{ bid: { bidId, lot }, bidder },
    answer: answer ?? undefined,
  }));

const pricesOf = (lots) =>
  Object.fromEntries(Object.entries(lots).map(([lot, { priceFen }]) => [lot, priceFen]));

/** A show of the real server. */
class Room {
  watching = 0;
  told = [];
  #leaves = [];
  #next = 0;

  constructor(rig, showId) {
    Object.assign(this, { rig, showId });
  }

  /** Where one comes in, and what one knows already. */
  async where() {
    const { crowd, showId } = this;
    const { port } = this.rig.house;
    const { lots, origin, next } = await this.rig.house.lots(showId);
    this.origin = origin;
    return { crowd, showId, port, from: next, prices: pricesOf(lots) };
  }

  async watch(count, crowd = this.crowd) {
    const { server } = this.rig.house;
    await this.rig.watchers.ask('watch', { ...(await this.where()), crowd, count, origin: server.address });
    if (crowd === this.crowd) this.watching += count;
  }

  async cpuUs() {
    return (await this.rig.house.metrics()).cpuUs;
  }

  async judge(told) {
    const { house, bidders, watchers } = this.rig;
    const before = this.#next;
    const { leaves, next } = await house.bidLeaves(this.origin, before);
    const { lots } = await house.lots(this.showId);
    const commits = await house.commits(this.origin, before, next);
    this.#next = next;
    for (const leaf of leaves) this.#leaves.push(leaf);
    for (const one of tolds(told)) this.told.push(one);
    const asked = { crowd: this.crowd, prices: pricesOf(lots) };
    const screens = await bidders.ask('screens', asked);
    if (this.watching > 0) screens.push(...(await watchers.ask('screens', asked)));
    const faults = wrong({ told: this.told, leaves: this.#leaves, lots, screens });
    return { faults, leavesPerCommit: (next - before) / Math.max(1, commits) };
  }

  /** Everybody goes home; what was told stays. */
  async leave() {
    await this.rig.bidders.ask('leave', { crowd: this.crowd });
    if (this.watching > 0) await this.rig.watchers.ask('leave', { crowd: this.crowd });
    this.watching = 0;
  }
  async close() {}
}

/** A server to be compared with, in a process of its own. */
class Peer {
  watching = 0;
  told = [];
  #process;

  constructor(rig, kind, lots) {
    Object.assign(this, { rig, kind, lots });
  }

  async start() {
    const { house } = this.rig;
    this.schema = this.#isStored ? await house.peerSchema(this.lots) : '';
    this.#process = startProcess('./peerProcess.mjs', [this.kind, house.postgres.ownerUrl, this.schema]);
    this.port = await this.#process.ask('port');
  }
  get #isStored() {
    return this.kind === 'rowLock' || this.kind === 'entities';
  }

  where() {
    const prices = Object.fromEntries(Array.from({ length: this.lots ?? 1 }, (_, n) => [`L${n + 1}`, 0]));
    return { crowd: this.crowd, showId: 'peer', port: this.port, from: 0, prices };
  }
  cpuUs() {
    return this.#process.ask('cpuUs');
  }
  broadcast(how) {
    return this.#process.ask('broadcast', how);
  }

  async judge(told) {
    if (!this.#isStored) return { faults: [], leavesPerCommit: 1 };
    for (const one of tolds(told)) this.told.push(one);
    const { leaves, lots } = await this.rig.house.peerLots(this.schema);
    const screens = await this.rig.bidders.ask('screens', { crowd: this.crowd, prices: pricesOf(lots) });
    const faults = wrong({ told: this.told, leaves, lots, screens });
    return { faults: faults.map((fault) => `${this.kind}: ${fault}`), leavesPerCommit: 1 };
  }

  async close() {
    await this.#process.stop();
  }
}
