import { Fenced, OutcomeUnknown } from '@qingpai/ledger';
import { type ProxySecret } from '@qingpai/auction/rules';
import {
  type Batch,
  heardUntilMs,
  MemoryShowLog,
  type ShowLog,
  type TakenShow,
} from '@qingpai/auction/testing';
import { type LoggedEvent, type ShowRules } from '@qingpai/wire';
import { type Chance } from '../tampering/chance.js';
import { type Store, type StoreFlaw } from './planted/stores.js';
import { type VirtualTime } from './time.js';

export const SHOW = '20261124-01';

/**
 * What may become of a write. `lost`: it failed and did not happen; `lostAfter`: it failed and had happened; `refused`:
 * the database says no; `diedBefore`, `diedAfter`: the process died in the middle; `overtaken`: between the decision
 * and the write another owner has taken the log; `cutOff`: it failed, and before its owner can look, another one writes.
 */
export const fates = [
  'lost',
  'lostAfter',
  'refused',
  'diedBefore',
  'diedAfter',
  'overtaken',
  'cutOff',
] as const;
export type Fate = (typeof fates)[number];
export type Weather = Partial<Record<Fate | 'away', number>>;
export const fair: Weather = {};

/** A process as its database sees it. */
export interface Client {
  isAlive: boolean;
  /** What its clock shows. */
  nowMs(): number;
  die(): void;
}
interface Hold {
  client: Client;
  epoch: number;
  /** How far the log was ahead of its clock. */
  aheadMs: number;
}
/** How a write got in. */
export interface Written {
  size: number;
  epoch: number;
  newestEpoch: number;
  /** What the clock of who wrote it showed, carried on from the log where that was ahead. */
  clockMs: number;
  lastMs: number;
}

/**
 * The database as a desk sees it: it takes its time, and each write may fail in every way. What is stored is kept by
 * a log in memory.
 */
export class BreakableLog implements Store {
  readonly memory = new MemoryShowLog(() => Promise.resolve());
  readonly floors = new Map<string, number>();
  /** Written beside the leaves, in the same transaction. */
  readonly proxies = new Map<string, ProxySecret>();
  weather: Weather = fair;
  /** Fates of single writes, by their number from 1, whatever the weather. */
  readonly struck = new Map<number, Fate>();
  readonly counts = {
    ...{ appends: 0, takeOvers: 0, fenced: 0, away: 0, signs: 0 },
    ...{ lost: 0, lostAfter: 0, refused: 0, diedBefore: 0, diedAfter: 0, overtaken: 0, cutOff: 0 },
  };
  /** In the order in which they were given out. */
  readonly epochs: number[] = [];
  readonly written: Written[] = [];
  /** When each leaf was stored, virtual time. */
  readonly storedAtMs: number[] = [];

  constructor(
    private readonly time: VirtualTime,
    private readonly chance: Chance,
    rules: ShowRules,
    private readonly handleOvertaken: () => void,
    private readonly flaw: StoreFlaw = {},
  ) {
    this.memory.create(SHOW, rules, time.nowMs);
    this.storedAtMs.push(time.nowMs);
  }

  get leaves(): readonly LoggedEvent[] {
    return this.memory.leavesOf(SHOW);
  }

  /** The last sign of life of a desk. */
  get heardAtMs(): number {
    return this.memory.heardAtMs(SHOW);
  }

  /** As one process holds it; when that has died, nothing it asked for is answered any more. */
  heldBy(client: Client): ShowLog {
    const never = () => new Promise<never>(() => {});
    const alive = async <T>(work: () => Promise<T>): Promise<T> => {
      if (!client.isAlive) return never();
      try {
        const result = await work();
        return client.isAlive ? result : await never();
      } catch (error) {
        if (!client.isAlive) return never();
        throw error;
      }
    };
    const hold: Hold = { client, epoch: 0, aheadMs: 0 };
    return {
      takeOver: (showId) =>
        alive(async () => {
          const taken = await this.takeOver(showId);
          hold.epoch = taken.epoch;
          hold.aheadMs = Math.max(hold.aheadMs, heardUntilMs(taken) - client.nowMs());
          return taken;
        }),
      append: (show, batch) => alive(() => this.append(show, batch, hold)),
      sign: (show, atMs) => alive(() => this.sign(show, atMs)),
      // With a flaw in what it is told of epochs, it sees none that is not its own.
      confirm: (show) =>
        alive(async () => {
          if (!this.flaw.epoch && !this.flaw.append) await this.memory.confirm(show);
        }),
      catalogueRoot: (showId, leaves) => alive(() => this.memory.catalogueRoot(showId, leaves)),
    };
  }

  private async takeOver(showId: string): Promise<TakenShow> {
    await this.time.sleep(1 + this.chance.below(20));
    this.counts.takeOvers += 1;
    if (this.chance.maybe(this.weather.away ?? 0)) {
      this.counts.away += 1;
      throw new Error('connection refused');
    }
    const read = await this.memory.takeOver(showId);
    const taken = { ...read, epoch: this.flaw.epoch?.(read.epoch) ?? read.epoch };
    this.epochs.push(taken.epoch);
    return { ...taken, secrets: { floors: new Map(this.floors), proxies: new Map(this.proxies) } };
  }

  private async append(show: Parameters<ShowLog['append']>[0], batch: Batch, hold: Hold) {
    const { client } = hold;
    const { time, chance, counts } = this;
    counts.appends += 1;
    const fate = this.fateOf(counts.appends);
    if (fate) counts[fate] += 1;
    await time.sleep(1 + chance.below(8));
    if (fate === 'diedBefore') client.die();
    if (!client.isAlive) return new Promise<never>(() => {});
    if (fate === 'lost') {
      await this.flaw.lost?.(this, batch);
      throw new OutcomeUnknown('the line was cut before');
    }
    if (fate === 'refused') throw new Error('violates a constraint');
    if (fate === 'overtaken') await this.overtaken(40);
    if (fate === 'cutOff') {
      await this.overtaken(250);
      throw new OutcomeUnknown('the line was cut for a while');
    }
    try {
      const sent = this.flaw.batch?.(batch) ?? batch;
      const append = this.flaw.append ?? ((store, asked) => store.memory.append(asked, sent));
      const appended = await append(this, show, sent);
      this.note(hold);
      if (fate === 'diedAfter') client.die();
      await time.sleep(1 + chance.below(4));
      if (fate === 'lostAfter') throw new OutcomeUnknown('the line was cut after');
      return appended;
    } catch (error) {
      if (error instanceof Fenced) counts.fenced += 1;
      throw error;
    }
  }

  private async sign(show: Parameters<ShowLog['sign']>[0], atMs: number): Promise<void> {
    await this.time.sleep(1 + this.chance.below(8));
    if (this.chance.maybe(this.weather.lost ?? 0)) throw new OutcomeUnknown('the line was cut before');
    await this.memory.sign(show, atMs);
    this.counts.signs += 1;
  }

  private fateOf(nth: number): Fate | undefined {
    const { struck, weather, chance } = this;
    let dice = chance.next();
    return struck.get(nth) ?? fates.find((fate) => (dice -= weather[fate] ?? 0) < 0);
  }

  /** The other's takeover comes before this write, and with more time his writes do. */
  private async overtaken(forMs: number): Promise<void> {
    this.handleOvertaken();
    await this.time.sleep(forMs);
  }

  private note({ client, epoch, aheadMs }: Hold): void {
    const { leaves, time, storedAtMs } = this;
    while (storedAtMs.length < leaves.length) storedAtMs.push(time.nowMs);
    this.written.push({
      ...{ size: leaves.length, epoch, newestEpoch: this.epochs.at(-1)! },
      ...{ clockMs: client.nowMs() + aheadMs, lastMs: leaves.at(-1)!.t },
    });
  }

  /** Every process died at once: what was not on the disk is gone. */
  handleCrash(): void {
    const unsynced = this.flaw.unsyncedMs ?? 0;
    if (unsynced === 0) return;
    const size = this.storedAtMs.filter((atMs) => atMs <= this.time.nowMs - unsynced).length;
    this.memory.forgetFrom(SHOW, size);
    this.storedAtMs.length = size;
  }
}
