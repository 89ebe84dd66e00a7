import { createHash } from 'node:crypto';
import { defaultRules, type BidAnswer, type EventsFrame, type ShowRules } from '@qingpai/wire';
import { Chance } from '../tampering/chance.js';
import { BreakableLog, fair, type Weather } from './breakableLog.js';
import { Broken, Invariants } from './invariants.js';
import { Buyer, hostWish, isOver, Watcher } from './people.js';
import { ServerProcess } from './server.js';
import { Spinning, VirtualTime } from './time.js';
import { type DeskClass, honest } from './world.js';

const START_MS = Date.UTC(2026, 10, 24, 11, 30);
/** Until then things go wrong; afterwards the weather is fair and everything must come to its end. */
const STORM_MS = 12_000;
const END_MS = 120_000;
const HASH = `${'A'.repeat(43)}=`;
const GROWER = 'grower-aaaaaaaaa';

export interface Played {
  seed: number;
  steps: number;
  /** Of the stored log: one seed, one show. */
  trace: string;
  broken: { invariant: string; how: string; step: number } | null;
  seen: Record<string, number>;
}

/** Plays one show: a host, four buyers, two pages that watch, a server that fails, all from one seed. */
export async function playShow(seed: number, DeskOf = honest, isUnfenced = false): Promise<Played> {
  const day = new MarketDay(seed, DeskOf, isUnfenced);
  let broken: Played['broken'] = null;
  try {
    await day.play();
  } catch (error) {
    const invariant =
      error instanceof Broken
        ? error.invariant
        : error instanceof Spinning
          ? 'nothing spins'
          : 'nothing crashes';
    broken = { invariant, how: String((error as Error).message), step: day.time.steps };
  }
  return { seed, steps: day.time.steps, trace: day.trace(), broken, seen: day.seen() };
}

class MarketDay {
  readonly time = new VirtualTime(START_MS);
  private readonly chance: Chance;
  private readonly rules: ShowRules;
  private readonly log: BreakableLog;
  private readonly invariants: Invariants;
  private readonly watchers: Watcher[];
  private readonly servers: ServerProcess[] = [];
  private readonly buyers: Buyer[] = [];
  private readonly counts = { crashes: 0, takeovers: 0, pauses: 0, dropped: 0, doubled: 0, answers: 0 };
  private fault: unknown = null;
  private stormy = true;
  private isDone = false;
  private commands = 0;

  constructor(
    seed: number,
    private readonly DeskOf: DeskClass,
    isUnfenced: boolean,
  ) {
    this.chance = new Chance(seed);
    const { chance } = this;
    this.rules = {
      ...defaultRules,
      ...{ openForMs: 2_500, windowMs: 700, extensionMs: 700, hardEndMs: 4_000, lastCallMs: 400 },
      suddenDeath: chance.maybe(0.1),
      refusalsLoggedMax: chance.one([3, 20]),
      furtherOfferings: chance.below(3),
      clock: { ...defaultRules.clock, tickMs: 150, manyTakers: chance.maybe(0.7) },
      ...(chance.maybe(0.3) && { ladder: { pauseMs: 500, atLast: chance.one(['pass', 'carry'] as const) } }),
    };
    this.log = new BreakableLog(this.time, chance, this.rules, isUnfenced);
    this.invariants = new Invariants(this.log, this.rules);
    this.watchers = [0, 1].map(() => new Watcher(this.rules, (from, answer) => this.catchUp(from, answer)));
  }

  async play(): Promise<void> {
    this.begin();
    await this.until(START_MS + 400);
    await this.prepare();
    this.log.weather = this.weather();
    for (const name of ['lin', 'wu', 'chen', 'zhao'])
      this.buyers.push(this.buyer(`${name}${'-a'.repeat(8)}`.slice(0, 16)));
    this.host();
    this.trouble();
    await this.until(START_MS + STORM_MS);
    this.stormy = false;
    this.log.weather = fair;
    if (!this.now()) this.begin();
    while (!this.isQuiet() && this.time.nowMs < START_MS + END_MS) await this.until(this.time.nowMs + 2_000);
    this.isDone = true;
    await this.until(this.time.nowMs + 2_000);
    for (const watcher of this.watchers) watcher.heal();
    await this.until(this.time.nowMs + 1_000);
    this.invariants.atEnd(this.watchers, this.buyers.filter(({ waiting }) => waiting).length);
  }

  private isQuiet(): boolean {
    return isOver(this.invariants.state) && this.buyers.every(({ waiting }) => waiting === null);
  }

  trace(): string {
    const hash = createHash('sha256');
    for (const leaf of this.log.leaves) hash.update(JSON.stringify(leaf));
    return hash.digest('hex').slice(0, 16);
  }

  seen(): Record<string, number> {
    const seen: Record<string, number> = { ...this.counts, ...this.log.counts };
    for (const { type } of this.log.leaves) seen[type] = (seen[type] ?? 0) + 1;
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

  // ---------------------------------------------------------------- the server and what befalls it

  private now(): ServerProcess | undefined {
    return this.servers.findLast(({ isAlive }) => isAlive);
  }

  private begin(): void {
    const server = new ServerProcess(this.time, this.log, (frame) => this.handleFrame(frame), this.DeskOf);
    this.servers.push(server);
  }

  private async prepare(): Promise<void> {
    const { desk } = this.now()!;
    if (!desk) throw new Error('bug: no desk was opened in fair weather');
    const lots = ['L1', 'L2', 'L3'].map((lot, k) => this.lot(lot, k));
    const asked = [
      desk.command(lots),
      ...['lin', 'wu', 'chen', 'zhao'].map((name) =>
        desk.register({ bidder: `${name}${'-a'.repeat(8)}`.slice(0, 16), id: HASH, kind: 'buyer' }),
      ),
    ];
    await this.until(this.time.nowMs + 200);
    await Promise.all(asked);
    const sealed = desk.command({ by: 'host', name: 'seal' });
    await this.until(this.time.nowMs + 100);
    await sealed;
    const opened = desk.command({ by: 'host', name: 'open' });
    await this.until(this.time.nowMs + 100);
    await opened;
  }

  private lot(lot: string, k: number) {
    const { chance } = this;
    const isClock = chance.maybe(0.3);
    const floorFen = chance.one([0, 0, 2_000]);
    if (floorFen > 0) this.log.floors.set(lot, floorFen);
    const described = {
      ...{ list: 1, lot, number: `00${k + 1}`, title: '绣球', grower: GROWER, unit: '盆' },
      ...{ units: isClock ? 3 : 1, format: isClock ? ('dutch' as const) : ('english' as const) },
      ...{ startFen: isClock ? 3_000 : 1_000, floor: floorFen > 0 ? HASH : null },
      ...(!isClock && chance.maybe(0.3) && { capFen: 3_000 }),
    };
    return { by: 'host' as const, name: 'catalogue' as const, lot: described, floorFen };
  }

  private weather(): Weather {
    const { chance } = this;
    const often = chance.one([0, 0.01, 0.04]);
    return { lost: often, lostAfter: often, refused: often / 2, away: chance.one([0, 0.2]) };
  }

  /** Crash, a second owner beside the first, a process that stands still. */
  private trouble(): void {
    const { chance } = this;
    this.time.later(
      () => {
        if (!this.stormy) return;
        const dice = chance.next();
        if (dice < 0.35) this.crash();
        else if (dice < 0.55) this.secondOwner();
        else if (dice < 0.85) {
          this.counts.pauses += 1;
          this.now()?.standStill(chance.one([100, 400, 1_500]));
        }
        this.trouble();
      },
      300 + chance.below(2_500),
    );
  }

  private crash(): void {
    this.counts.crashes += 1;
    for (const server of this.servers) server.die();
    this.time.later(() => this.now() ?? this.begin(), 100 + this.chance.below(800));
  }

  /** Both take themselves for the owner; the first one's writes must be refused. */
  private secondOwner(): void {
    this.counts.takeovers += 1;
    const first = this.now();
    this.begin();
    this.time.later(() => first?.die(), 200 + this.chance.below(1_500));
  }

  // ---------------------------------------------------------------- the network

  private send(deliver: () => void): void {
    const { chance } = this;
    if (this.stormy && chance.maybe(0.05)) {
      this.counts.dropped += 1;
      return;
    }
    this.time.later(deliver, 1 + chance.below(this.stormy ? 120 : 20));
    if (this.stormy && chance.maybe(0.05)) {
      this.counts.doubled += 1;
      this.time.later(deliver, 1 + chance.below(300));
    }
  }

  private handleFrame(frame: EventsFrame): void {
    this.look(() => this.invariants.announced(frame));
    for (const watcher of this.watchers) this.send(() => this.look(() => watcher.handle(frame)));
  }

  private catchUp(from: number, answer: (frame: EventsFrame) => void): void {
    this.send(() =>
      this.now()?.hear((desk) => {
        const { since } = desk.since(from);
        this.look(() => this.invariants.announced(since));
        this.send(() => this.look(() => answer(since)));
      }),
    );
  }

  // ---------------------------------------------------------------- people

  private buyer(bidder: string): Buyer {
    const { chance, time } = this;
    const view = chance.one(this.watchers);
    return new Buyer(bidder, {
      chance,
      later: (run, afterMs) => void time.later(run, afterMs),
      state: () => view.state,
      nowMs: () => time.nowMs,
      isOver: () => this.isDone || isOver(view.state),
      ask: (bid, who, answer) =>
        this.send(() => {
          const heard = { atMs: time.nowMs, by: this.servers.length };
          this.servers
            .findLast(({ isAlive, desk }) => isAlive && desk)
            ?.hear((desk) => {
              void desk.bid(bid, { bidder: who }).then(
                (told: BidAnswer) => {
                  this.counts.answers += 1;
                  // With another process come in meanwhile, it is not this one that was late.
                  const atSocketMs = heard.by === this.servers.length ? heard.atMs : Infinity;
                  this.look(() => this.invariants.answered(who, told, atSocketMs));
                  this.send(() => answer(told));
                },
                (error: unknown) => (this.fault ??= error),
              );
            });
        }),
      most: (lot, maxFen, who) =>
        this.send(() =>
          this.now()?.hear((desk) => {
            const bidId = `most-${(this.commands += 1)}-aaaa`;
            const ask = { bidId, lot, maxFen, secret: createHash('sha256').update(bidId).digest('base64') };
            void desk
              .proxy(ask, who, (secret) => async () => void this.log.proxies.set(bidId, secret))
              .catch((error: unknown) => (this.fault ??= error));
          }),
        ),
    });
  }

  private host(): void {
    const { chance } = this;
    const view = this.watchers[0]!;
    this.time.later(
      () => {
        if (this.isDone) return;
        const wish = hostWish(view.state, chance);
        if (wish) {
          const command = wish as Parameters<NonNullable<ServerProcess['desk']>['command']>[0];
          const id = `host-${(this.commands += 1)}`;
          this.send(() =>
            this.now()?.hear((desk) => {
              const asked = { ...command, by: 'host' as const } as typeof command;
              void desk.command(asked, undefined, id).catch((error: unknown) => (this.fault ??= error));
            }),
          );
        }
        // A page that missed its frames asks.
        if (chance.maybe(0.2)) for (const watcher of this.watchers) watcher.heal();
        this.host();
      },
      200 + chance.below(900),
    );
  }
}
