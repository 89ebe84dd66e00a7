import { createHash } from 'node:crypto';
import { type Asked, type Desk } from '@qingpai/auction/testing';
import {
  type Bid,
  type BidAnswer,
  type BidderKind,
  defaultRules,
  type EventsFrame,
  type ShowRules,
} from '@qingpai/wire';
import { withFloor } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { Chance } from '../tampering/chance.js';
import { BreakableLog, fair, type Fate, fates, type Weather } from './breakableLog.js';
import { Broken, everything, Invariants, type Looking } from './invariants/index.js';
import { Network } from './network.js';
import { Buyer } from './people/buyer.js';
import { act, oneOf } from './people/host.js';
import { Watcher } from './people/watcher.js';
import { ServerProcess } from './server.js';
import { Spinning, VirtualTime } from './time.js';
import { honest, type World } from './world.js';

const START_MS = Date.UTC(2026, 10, 24, 11, 30);
/** Until then things go wrong; afterwards the weather is fair and everything must come to its end. */
const STORM_MS = 12_000;
/** Longer, where goods are sent and growers paid. */
const AFTER_SALE_STORM_MS = 10_000;
const END_MS = 180_000;
const AFTER_SALE_END_MS = 360_000;
const HASH = `${'A'.repeat(43)}=`;
/** Some of the first writes of a storm meet a fate of their own. */
const STRUCK_WRITES = 2;
const STRUCK_AMONG = 60;

const named = (name: string): string => name.padEnd(16, '-a').slice(0, 16);
const GROWER = named('grower');
/** Who is in the room, and how often he presses, ms. Nobody but buyers may. */
const people: readonly { bidder: string; kind: BidderKind; everyMs?: number }[] = [
  { bidder: named('lin'), kind: 'buyer', everyMs: 400 },
  { bidder: named('wu'), kind: 'buyer', everyMs: 300 },
  { bidder: named('chen'), kind: 'buyer', everyMs: 500 },
  { bidder: named('zhao'), kind: 'supporter', everyMs: 600 },
  { bidder: named('host'), kind: 'host', everyMs: 3_000 },
  { bidder: GROWER, kind: 'grower', everyMs: 3_000 },
  { bidder: named('hall'), kind: 'hall', everyMs: 3_000 },
];
const buyers = people.filter(({ kind }) => kind === 'buyer').map(({ bidder }) => bidder);

export interface Played {
  seed: number;
  steps: number;
  /** Of all that was stored and told: one seed, one show. */
  trace: string;
  broken: { invariant: string; how: string; step: number } | null;
  seen: Record<string, number>;
}

/** Plays one show: a house, buyers, two pages that watch, a server that fails, all from one seed. */
export async function playShow(
  seed: number,
  world: World = honest,
  looking: Looking = everything,
): Promise<Played> {
  const day = new MarketDay(seed, world, looking);
  let broken: Played['broken'] = null;
  try {
    await day.play();
  } catch (error) {
    const found = error instanceof Error ? error : new Error(String(error));
    broken = { invariant: nameOf(found), how: found.message, step: day.time.steps };
  }
  return { seed, steps: day.time.steps, trace: day.trace(), broken, seen: day.seen() };
}

const nameOf = (error: Error): string =>
  error instanceof Broken ? error.invariant : error instanceof Spinning ? 'nothing spins' : 'nothing crashes';

class MarketDay {
  readonly time = new VirtualTime(START_MS);
  private readonly chance: Chance;
  private readonly network: Network;
  private readonly rules: ShowRules;
  private readonly log: BreakableLog;
  private readonly invariants: Invariants;
  private readonly pages: Watcher[];
  private readonly servers: ServerProcess[] = [];
  private readonly buyers: Buyer[] = [];
  private readonly counts = {
    crashes: 0,
    secondOwners: 0,
    standstills: 0,
    clockJumps: 0,
    answers: 0,
    done: 0,
  };
  private readonly telling = createHash('sha256');
  private fault: unknown = null;
  private isDone = false;
  /** The house brings the show to its end. */
  private isLate = false;
  private numbers = 0;
  /** Since when no process had a desk, by the clock of the last one that had; null: one has. */
  private darkFromMs: number | null = null;
  /** How far somebody has set the machine's clock. */
  private wallAheadMs = 0;

  constructor(
    seed: number,
    private readonly world: World,
    looking: Looking,
  ) {
    this.chance = new Chance(seed);
    this.rules = rulesOf(this.chance, seed);
    this.network = new Network(this.time, this.chance);
    this.network.stormy = false;
    this.log = new BreakableLog(this.time, this.chance, this.rules, () => this.secondOwner(), world.store);
    this.invariants = new Invariants(this.log, this.rules, looking);
    this.pages = [0, 1].map(
      () => new Watcher(this.rules, (from, answer) => this.catchUp(from, answer), world.isGapBlind),
    );
  }

  async play(): Promise<void> {
    this.begin();
    await this.until(START_MS + 400);
    await this.prepare();
    this.network.stormy = true;
    this.log.weather = this.weather();
    for (const { bidder, everyMs } of people) if (everyMs) this.buyers.push(this.buyer(bidder, everyMs));
    this.house();
    this.trouble();
    await this.until(START_MS + STORM_MS);
    this.isLate = true;
    // What comes after the sale comes in bad weather too.
    if (this.rules.feePercent !== undefined) await this.until(START_MS + STORM_MS + AFTER_SALE_STORM_MS);
    await this.comeToAnEnd();
  }

  private async comeToAnEnd(): Promise<void> {
    this.network.stormy = false;
    this.log.weather = fair;
    this.log.struck.clear();
    if (!this.now()) this.begin();
    const endMs = START_MS + (this.rules.feePercent === undefined ? END_MS : AFTER_SALE_END_MS);
    while (!this.isQuiet() && this.time.nowMs < endMs) await this.until(this.time.nowMs + 1_000);
    this.isDone = true;
    await this.until(this.time.nowMs + 1_000);
    for (const page of this.pages) page.heal();
    await this.until(this.time.nowMs + 500);
    const waiting = this.buyers.filter(({ waiting: bid }) => bid).length;
    const { journalOf, moneyFactsOf, certificateOf } = this.world;
    const house = {
      journal: journalOf(moneyFactsOf(this.invariants.state, this.log.leaves)),
      certificate: certificateOf(this.rules, this.log.leaves),
    };
    const state = this.now()?.desk?.state;
    this.invariants.atEnd(this.pages, state ? { state, next: state.next } : null, waiting, house);
  }

  private isQuiet(): boolean {
    const { phase } = this.invariants.state;
    return phase === 'settled' && this.buyers.every(({ waiting }) => waiting === null);
  }

  trace(): string {
    for (const leaf of this.log.leaves) this.telling.update(JSON.stringify(leaf));
    return this.telling.digest('hex').slice(0, 16);
  }

  seen(): Record<string, number> {
    const seen: Record<string, number> = { ...this.counts, ...this.log.counts, ...this.network.counts };
    for (const leaf of this.log.leaves) {
      const { type } = leaf;
      seen[type] = (seen[type] ?? 0) + 1;
      const more =
        type === 'bid.refused'
          ? leaf.body.reason
          : type === 'lot.extended' || type === 'clock.shifted'
            ? leaf.body.cause
            : null;
      if (more) seen[`${type} ${more}`] = (seen[`${type} ${more}`] ?? 0) + 1;
    }
    return seen;
  }

  private async until(ms: number): Promise<void> {
    await this.time.run(ms, () => {
      if (this.fault) throw this.fault as Error;
      this.invariants.afterStep();
    });
  }

  /** What is found wrong inside a promise must not be swallowed there. */
  private look(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.fault ??= error;
    }
  }
  private tell(what: unknown): void {
    this.telling.update(`${this.time.nowMs} ${JSON.stringify(what)}\n`);
  }

  // ---------------------------------------------------------------- the server and what befalls it

  private now(): ServerProcess | undefined {
    return this.servers.findLast(({ isAlive }) => isAlive);
  }

  private begin(): void {
    const machine = { wallMs: () => this.time.nowMs + this.wallAheadMs };
    const on = {
      frame: (frame: EventsFrame, from: Desk) => this.handleFrame(frame, from),
      death: (desk: Desk | null) => this.handleDeath(desk),
      opened: (desk: Desk) => this.handleOpened(desk),
      standstill: (desk: Desk, forMs: number) => {
        // Of an older process nobody asks anything: the newest is heard.
        if (this.now()?.desk !== desk) return;
        this.invariants.silent({ fromMs: desk.nowMs() - forMs, toMs: desk.nowMs() });
      },
      error: (error: Error) => void (this.fault ??= error),
    };
    this.servers.push(new ServerProcess(this.time, this.log, machine, this.world, on));
  }

  /** Somebody starts it again, unless another one runs. */
  private handleDeath(desk: Desk | null): void {
    if (desk && !this.servers.some((one) => one.isAlive && one.desk)) this.darkFromMs ??= desk.nowMs();
    this.log.handleCrash();
    this.time.later(() => this.now() ?? this.begin(), 100 + this.chance.below(800));
  }

  private handleOpened(desk: Desk): void {
    if (this.darkFromMs !== null) this.invariants.silent({ fromMs: this.darkFromMs, toMs: desk.nowMs() });
    this.darkFromMs = null;
  }

  private async prepare(): Promise<void> {
    const { desk } = this.now()!;
    if (!desk) throw new Error('bug: no desk was opened in fair weather');
    const lots = (this.rules.timed ? [1, 2, 3, 4, 5] : [1, 2, 3]).map((k) =>
      this.describe(`L${k}`, 1, `00${k}`),
    );
    const seats = people.map(({ bidder, kind }) => desk.register({ bidder, id: HASH, kind }));
    await this.granted(desk, lots);
    await Promise.all(seats);
    await this.granted(desk, [{ by: 'host', name: 'seal' }]);
    await this.granted(desk, [{ by: 'host', name: 'open', reason: 'none-configured' }]);
  }
  private async granted(desk: Desk, asked: Asked[]): Promise<void> {
    const answer = desk.command(asked, async () => this.keepFloors(asked));
    await this.until(this.time.nowMs + 100);
    const told = await answer;
    if (!told.ok) throw new Error(`bug: ${asked[0]!.name} was refused in fair weather: ${told.reason}`);
  }

  /** A lot, in any way that can be sealed. */
  private describe(lot: string, list: number, number: string): Asked {
    const { chance } = this;
    const isClock = chance.maybe(0.3);
    const startFen = isClock ? 3_000 : chance.one([0, 1_000, 1_000, 2_800]);
    const floorFen = startFen === 0 ? 0 : chance.one([0, 0, 2_000, 2_050]);
    const described = {
      ...{ list, lot, number, title: '绣球', grower: GROWER, unit: '盆', startFen },
      ...{
        units: isClock ? 3 : chance.one([1, 1, 2]),
        format: isClock ? ('dutch' as const) : ('english' as const),
      },
      ...(!isClock && chance.maybe(0.3) && { capFen: startFen === 2_800 ? 3_800 : 3_000 }),
      ...(!isClock && chance.maybe(0.2) && { buyNowFen: startFen === 2_800 ? 3_600 : 2_400 }),
    };
    const floor = floorFen > 0 ? withFloor(lot, { floorFen }).floor! : null;
    return { by: 'host', name: 'catalogue', floorFen, lot: { ...described, floor } };
  }
  private keepFloors(asked: readonly Asked[]): void {
    for (const one of asked) {
      if (one.name !== 'catalogue' && one.name !== 'amend') continue;
      this.log.floors.delete(one.lot.lot);
      if (one.floorFen > 0) this.log.floors.set(one.lot.lot, one.floorFen);
    }
  }

  private weather(): Weather {
    const { chance, log } = this;
    for (let n = 0; n < STRUCK_WRITES; n += 1) {
      log.struck.set(log.counts.appends + 1 + chance.below(STRUCK_AMONG), chance.one<Fate>(fates));
    }
    const often = chance.one([0, 0.01, 0.04]);
    return {
      ...{ lost: often, lostAfter: often, refused: often / 2 },
      ...{ diedBefore: often / 8, diedAfter: often / 8, overtaken: often / 8, cutOff: often / 8 },
      away: chance.one([0, 0.2]),
    };
  }

  /** A crash, a second owner beside the first, a process that stands still, a clock that is set. */
  private trouble(): void {
    const { chance } = this;
    this.time.later(
      () => {
        if (!this.network.stormy) return;
        const dice = chance.next();
        if (dice < 0.3) this.crash();
        else if (dice < 0.5) this.secondOwner();
        else if (dice < 0.75) {
          this.counts.standstills += 1;
          this.now()?.standStill(chance.one([100, 400, 1_500]));
        } else if (dice < 0.9) {
          this.counts.clockJumps += 1;
          this.wallAheadMs += chance.one([-40_000, -3_000, 3_000, 40_000]);
        }
        this.trouble();
      },
      300 + chance.below(2_500),
    );
  }

  private crash(): void {
    this.counts.crashes += 1;
    for (const server of this.servers) server.die();
  }

  /** Both take themselves for the owner; the first one's writes must be refused. */
  private secondOwner(): void {
    this.counts.secondOwners += 1;
    const first = this.now();
    this.begin();
    this.time.later(() => first?.die(), 200 + this.chance.below(1_500));
  }

  // ---------------------------------------------------------------- what is told, and what is asked

  private handleFrame(frame: EventsFrame, from: Desk): void {
    this.tell([frame.from, frame.to]);
    this.look(() => this.invariants.announced(frame, from));
    for (const page of this.pages) this.network.send(() => this.look(() => page.handle(frame)));
  }

  private catchUp(from: number, answer: (frame: EventsFrame) => void): void {
    this.network.send(() =>
      this.now()?.hear((desk) => {
        const { since } = desk.since(from);
        this.look(() => this.invariants.announced(since));
        this.network.send(() => this.look(() => answer(since)));
      }),
    );
  }

  private buyer(bidder: string, everyMs: number): Buyer {
    const { chance, time } = this;
    const page = chance.one(this.pages);
    const port = {
      chance,
      later: (run: () => void, afterMs: number) => void time.later(run, afterMs),
      state: () => page.state,
      nowMs: () => time.nowMs,
      isOver: () =>
        this.isDone ||
        page.state.phase === 'settled' ||
        (page.state.phase === 'closed' && !this.rules.secondChance),
      ask: (bid: Bid, who: string, answer: (answer: BidAnswer) => void) => this.askBid(bid, who, answer),
      most: (lot: string, maxFen: number, who: string) => this.askMost(lot, maxFen, who),
      answerOffer: (offer: string, accept: boolean, who: string) => this.answerOffer(offer, accept, who),
      answerChance: (sale: string, accept: boolean, who: string) => this.answerChance(sale, accept, who),
    };
    return new Buyer(bidder, port, everyMs);
  }

  private askBid(bid: Bid, bidder: string, answer: (answer: BidAnswer) => void): void {
    this.network.send(() => {
      const server = this.servers.findLast(({ isAlive, desk }) => isAlive && desk);
      if (!server) return;
      const heard = { atMs: server.desk!.nowMs(), by: this.servers.length };
      server.hear((desk) => {
        void desk.bid(bid, { bidder }).then(
          (told) => {
            this.counts.answers += 1;
            this.tell(told);
            // With another process come in meanwhile, it is not this one that was late.
            const atSocketMs = heard.by === this.servers.length ? heard.atMs : Infinity;
            this.look(() => this.invariants.answered(bidder, told, atSocketMs));
            this.network.send(() => answer(told));
          },
          (error: unknown) => (this.fault ??= error),
        );
      });
    });
  }

  private askMost(lot: string, maxFen: number, bidder: string): void {
    this.network.send(() =>
      this.now()?.hear((desk) => {
        const bidId = `most-${(this.numbers += 1)}-aaaa`;
        const ask = { bidId, lot, maxFen, secret: createHash('sha256').update(bidId).digest('base64') };
        void desk
          .proxy(ask, bidder, (secret) => async () => void this.log.proxies.set(bidId, secret))
          .catch((error: unknown) => (this.fault ??= error));
      }),
    );
  }

  private answerOffer(offer: string, accept: boolean, bidder: string): void {
    this.network.send(() =>
      this.now()?.hear((desk) => {
        void desk.answerOffer({ offer, accept }, bidder).then(
          (told) => this.tell([offer, told.ok]),
          (error: unknown) => (this.fault ??= error),
        );
      }),
    );
  }

  private answerChance(sale: string, accept: boolean, bidder: string): void {
    this.network.send(() =>
      this.now()?.hear((desk) => {
        void desk.answerChance({ sale, accept }, bidder).then(
          (told) => this.tell([sale, told.ok]),
          (error: unknown) => (this.fault ??= error),
        );
      }),
    );
  }

  private house(): void {
    const { chance, time } = this;
    const page = this.pages[0]!;
    time.later(
      () => {
        if (this.isDone) return;
        const { state } = page;
        const open = oneOf(chance, state.open);
        const lot = open === null ? null : state.lots[open]!;
        const asked = act({
          ...{ state, chance, lot, buyers, nowMs: time.nowMs, isLate: this.isLate },
          offering: lot?.offerings.at(-1) ?? null,
          nth: () => (this.numbers += 1),
          describe: (id, list, number) => this.describe(id, list, number),
        });
        if (asked) this.askCommand(asked);
        // A page that missed its frames asks.
        if (chance.maybe(0.2)) for (const one of this.pages) one.heal();
        this.house();
      },
      100 + chance.below(this.network.stormy ? 700 : 300),
    );
  }

  private askCommand(asked: Asked | Asked[]): void {
    const id = `house-${(this.numbers += 1)}`;
    this.network.send(() =>
      this.now()?.hear((desk) => {
        void desk
          .command(asked, async () => this.keepFloors([asked].flat()), id)
          .then(
            (told) => {
              if (told.ok) this.counts.done += 1;
              this.tell([[asked].flat()[0]!.name, told.ok]);
              this.look(() => this.invariants.commanded(told));
            },
            (error: unknown) => (this.fault ??= error),
          );
      }),
    );
  }
}

/** Every fourth show is a timed one, by dice of its own: the other seeds play what they always played. */
const TIMED_EVERY = 4;
function timedOf(dice: Chance): Pick<ShowRules, 'timed'> {
  return { timed: { openMax: dice.one([2, 3]), staggerMs: dice.one([0, 1_200, 2_400]) } };
}

/** In every third a default gives a second chance, by dice of its own too. */
const SECOND_CHANCE_EVERY = 3;
function secondChanceOf(dice: Chance): Pick<ShowRules, 'secondChance'> {
  const atLast = dice.one(['carry', 'carry', 'wait'] as const);
  return { secondChance: { answerWithinMs: 10_000, perSaleMax: dice.one([1, 2, 3]), atLast } };
}

/** In every fifth who bids needs a deposit, by dice of its own too. */
const DEPOSIT_EVERY = 5;
function depositOf(dice: Chance): Pick<ShowRules, 'deposit'> {
  const abovePriceFen = dice.one([0, 0, 1_500]);
  return { deposit: { amountFen: dice.one([800, 2_000]), ...(abovePriceFen > 0 && { abovePriceFen }) } };
}

/** In every seventh goods are sent, claims answered and growers paid from the books, by dice of its own too. */
export const AFTER_SALE_EVERY = 7;
function afterSaleOf(dice: Chance): Pick<ShowRules, 'feePercent' | 'growerDues' | 'afterSale'> {
  const goods = { claimWithinMs: 1_500, answerWithinMs: 2_000, returnWithinMs: 1_500, lapseAfterMs: 1_500 };
  return {
    ...{ feePercent: dice.one([0, 5, 7]), growerDues: 'settled' },
    afterSale: { ...goods, grantAloneMaxFen: dice.one([800, 2_000]) },
  };
}

/** Settings of a show, with windows short enough for a virtual quarter of a minute. */
const rulesOf = (chance: Chance, seed: number): ShowRules => ({
  ...defaultRules,
  ...{ openForMs: 2_500, windowMs: 700, extensionMs: 700, hardEndMs: 4_000, lastCallMs: 400 },
  ...{ payWithinMs: 1_500, complaintMs: 2_500 },
  suddenDeath: chance.maybe(0.1),
  refusalsLoggedMax: chance.one([3, 20]),
  furtherOfferings: chance.below(3),
  clock: { ...defaultRules.clock, tickMs: 150, manyTakers: chance.maybe(0.7) },
  ...(chance.maybe(0.2) && { bidLimitFen: 4_000 }),
  ...(chance.maybe(0.2) && { hallLimitFen: 2_500 }),
  ...(chance.maybe(0.3) && {
    ladder: {
      pauseMs: 500,
      atLast: chance.one(['pass', 'carry'] as const),
      ...(chance.maybe(0.6) && { offers: { answerWithinMs: 10_000, perLotMax: chance.one([1, 2, 3]) } }),
    },
  }),
  ...(seed % TIMED_EVERY === 0 && timedOf(new Chance(seed))),
  ...(seed % SECOND_CHANCE_EVERY === 0 && secondChanceOf(new Chance(seed))),
  ...(seed % DEPOSIT_EVERY === 0 && depositOf(new Chance(seed))),
  ...(seed % AFTER_SALE_EVERY === 0 && afterSaleOf(new Chance(seed))),
});
