import { Fenced, OutcomeUnknown } from '@qingpai/ledger';
import { type ProxySecret } from '@qingpai/auction/rules';
import { type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { type Batch, MemoryShowLog, type ShowLog, type TakenShow } from '@qingpai/auction/testing';
import { type Chance } from '../tampering/chance.js';
import { type VirtualTime } from './time.js';

export const SHOW = '20261124-01';

/** How often what goes wrong. */
export interface Weather {
  lost: number;
  lostAfter: number;
  refused: number;
  away: number;
}
export const fair: Weather = { lost: 0, lostAfter: 0, refused: 0, away: 0 };

/**
 * The database as a desk sees it: it takes its time, and each write may fail in both ways: it failed and did not
 * happen, it failed and had happened. What is stored is kept by a log in memory.
 */
export class BreakableLog {
  readonly memory = new MemoryShowLog();
  readonly floors = new Map<string, number>();
  /** Written beside the leaves, in the same transaction. */
  readonly proxies = new Map<string, ProxySecret>();
  weather: Weather = fair;
  readonly counts = { appends: 0, lost: 0, lostAfter: 0, refused: 0, fenced: 0, takeOvers: 0, away: 0 };
  private readonly epochs: number[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
    rules: ShowRules,
    /** As a store without a fencing epoch would: whoever writes, writes. */
    private readonly isUnfenced = false,
  ) {
    this.memory.create(SHOW, rules, time.nowMs);
  }

  get leaves(): readonly LoggedEvent[] {
    return this.memory.leavesOf(SHOW);
  }
  /** Epochs in the order in which they were given out. */
  get givenEpochs(): readonly number[] {
    return this.epochs;
  }

  /** As one process holds it; when that has died, nothing it asked for is answered any more. */
  heldBy(isAlive: () => boolean): ShowLog {
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!isAlive()) return new Promise(() => {});
      try {
        const result = await work();
        return isAlive() ? result : await new Promise<T>(() => {});
      } catch (error) {
        if (!isAlive()) return new Promise(() => {});
        throw error;
      }
    };
    return {
      takeOver: (showId) => alive(() => this.takeOver(showId)),
      append: (show, batch) => alive(() => this.append(show, batch)),
      catalogueRoot: (showId, leaves) => alive(() => this.memory.catalogueRoot(showId, leaves)),
    };
  }

  private async takeOver(showId: string): Promise<TakenShow> {
    await this.time.sleep(1 + this.chance.below(20));
    this.counts.takeOvers += 1;
    if (this.chance.maybe(this.weather.away)) {
      this.counts.away += 1;
      throw new Error('connection refused');
    }
    const taken = await this.memory.takeOver(showId);
    this.epochs.push(taken.epoch);
    return { ...taken, secrets: { floors: new Map(this.floors), proxies: new Map(this.proxies) } };
  }

  private async append(show: Parameters<ShowLog['append']>[0], batch: Batch) {
    const { chance, weather, counts } = this;
    counts.appends += 1;
    await this.time.sleep(1 + chance.below(8));
    const dice = chance.next();
    if (dice < weather.lost) {
      counts.lost += 1;
      throw new OutcomeUnknown('the line was cut before');
    }
    if (dice < weather.lost + weather.refused) {
      counts.refused += 1;
      throw new Error('violates a constraint');
    }
    try {
      const { epoch = show.epoch } = this.isUnfenced ? { epoch: this.epochs.at(-1) } : {};
      const appended = await this.memory.append({ ...show, epoch }, batch);
      await this.time.sleep(1 + chance.below(4));
      if (chance.maybe(weather.lostAfter)) {
        counts.lostAfter += 1;
        throw new OutcomeUnknown('the line was cut after');
      }
      return appended;
    } catch (error) {
      if (error instanceof Fenced) counts.fenced += 1;
      throw error;
    }
  }
}
