import {
  appendAll,
  emptyFrontier,
  type Frontier,
  type Hash,
  leafBytes,
  leafHash,
  rootOf as rootOfFrontier,
  rootOfLeaves,
  toBase64,
  treeOf,
} from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import { type AuctionEvent, type LoggedEvent, type Reason, type ShowRules } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { bidBook, evolve, evolveBook, initialShow, type ProxySecret } from '../rules/index.js';
import {
  type Appended,
  Away,
  type Batch,
  Fenced,
  OutcomeUnknown,
  type ShowHead,
  type ShowLog,
  type TakenShow,
} from '../store/showLog.js';
import { leafOf } from '../store/leafFormat.js';

/**
 * What becomes of the next append. `lost`: the client sees an error and it did not happen; `lostAfter`: the same
 * error, but it happened; `refused`: the database says no; `full`: it has no room; `fenced`: another owner has taken the log over.
 */
export type Fate = 'lost' | 'lostAfter' | 'refused' | 'fenced' | 'full';

interface Kept {
  origin: string;
  rules: ShowRules;
  leaves: LoggedEvent[];
  heads: ShowHead[];
  /** Of the leaves, in order. */
  hashes: Hash[];
  frontier: Frontier;
  floors: Map<string, number>;
  /** Kept by who placed them: nothing is written beside this log. */
  proxies: Map<string, ProxySecret>;
  epoch: number;
  heardAtMs: number;
  ended: Reason | null;
}

/** A log in memory that keeps the promises of the real one, and breaks them when told to. */
export class MemoryShowLog implements ShowLog {
  private readonly shows = new Map<string, Kept>();
  /** Taken one by one by the next appends. */
  readonly fates: (Fate | 'happens')[] = [];
  /** Sizes of the batches that happened. */
  readonly batches: number[] = [];
  /** While true nothing answers: takeovers and appends fail. */
  away = false;
  takeOvers = 0;
  private gate: Promise<void> = Promise.resolve();

  /** @param turn what each call waits for: a turn of the loop, or nothing where time is virtual */
  constructor(private readonly turn: () => Promise<void> = turnOfTheLoop) {}

  create(showId: string, rules: ShowRules, nowMs = 0): void {
    const origin = `market.example/shows/${showId}`;
    const opened: AuctionEvent = { type: 'log.opened', body: { origin, witnesses: [] } };
    const leaf: LoggedEvent = { ...opened, i: 0, t: nowMs, by: 'platform' };
    const kept: Kept = {
      origin,
      rules,
      leaves: [leaf],
      heads: [],
      hashes: [],
      frontier: emptyFrontier,
      floors: new Map(),
      proxies: new Map(),
      epoch: 0,
      heardAtMs: 0,
      ended: null,
    };
    kept.heads.push(headOf(kept));
    this.shows.set(showId, kept);
  }

  leavesOf(showId: string): readonly LoggedEvent[] {
    return this.kept(showId).leaves;
  }
  headsOf(showId: string): readonly ShowHead[] {
    return this.kept(showId).heads;
  }

  heardAtMs(showId: string): number {
    return this.kept(showId).heardAtMs;
  }

  /** As a disk does that was not asked to sync: what lay beyond is gone. */
  forgetFrom(showId: string, size: number): void {
    const kept = this.kept(showId);
    kept.leaves.length = size;
    kept.hashes.length = size;
    kept.heads = kept.heads.filter((head) => head.size <= size);
    kept.frontier = appendAll(emptyFrontier, kept.hashes);
  }

  /** Commits wait until the answer is called. */
  hold(): () => void {
    let release = () => {};
    this.gate = new Promise((resolve) => (release = resolve));
    return release;
  }

  /** As when somebody cancels or continues the show: he takes its log over, and nobody appends to it any more. */
  end(showId: string, reason: Reason): void {
    const kept = this.shows.get(showId)!;
    kept.epoch += 1;
    kept.ended = reason;
  }

  async takeOver(showId: string): Promise<TakenShow> {
    this.takeOvers += 1;
    await this.turn();
    if (this.away) throw new Error('connection refused');
    const kept = this.kept(showId);
    kept.epoch += 1;
    const state = initialShow(kept.rules);
    const book = bidBook();
    const events = structuredClone(kept.leaves);
    for (const leaf of events) {
      evolve(state, leaf);
      evolveBook(book, leaf);
    }
    const { origin, epoch, heads } = kept;
    const secrets = { floors: new Map(kept.floors), proxies: kept.proxies };
    return {
      showId,
      origin,
      state,
      book,
      events,
      head: heads.at(-1)!,
      heads: [...heads],
      tree: treeOf(kept.hashes),
      version: 2,
      secrets,
      ended: kept.ended,
      epoch,
      heardAtMs: kept.heardAtMs,
    };
  }

  async append(
    { showId, epoch }: Pick<TakenShow, 'showId' | 'epoch'>,
    { events, beside }: Batch,
  ): Promise<Appended> {
    await this.gate;
    await this.turn();
    const fate = this.fates.shift() ?? 'happens';
    if (this.away || fate === 'lost') throw new OutcomeUnknown('the reply was lost');
    if (fate === 'fenced') throw new Fenced('taken over');
    if (fate === 'full') throw new Away('no space left on device');
    if (fate === 'refused') throw new Error('violates a constraint');
    const kept = this.kept(showId);
    if (epoch !== kept.epoch) throw new Fenced('taken over');
    if (events[0]?.i !== kept.leaves.length) throw new Error('bug: a gap in the log');
    for (const write of beside) await write({} as EntityManager);
    kept.leaves.push(...structuredClone(events));
    this.batches.push(events.length);
    kept.heads.push(headOf(kept));
    if (fate === 'lostAfter') throw new OutcomeUnknown('the reply was lost');
    return {
      head: kept.heads.at(-1)!,
      leaves: events.map((event) => leafBytes(leafOf(event, kept.origin, 2))),
      hashes: kept.hashes.slice(kept.hashes.length - events.length),
    };
  }

  async confirm({ showId, epoch }: Pick<TakenShow, 'showId' | 'epoch'>): Promise<void> {
    if (this.away) throw new Away('connection refused');
    if (epoch !== this.kept(showId).epoch) throw new Fenced('taken over');
  }

  async catalogueRoot(showId: string, leaves: readonly number[]): Promise<string> {
    const kept = this.kept(showId);
    return rootOf(
      kept,
      leaves.map((i) => kept.leaves[i]!),
    );
  }

  async sign({ showId, epoch }: Pick<TakenShow, 'showId' | 'epoch'>, atMs: number): Promise<void> {
    await this.turn();
    if (this.away) throw new Error('connection refused');
    const kept = this.kept(showId);
    if (epoch === kept.epoch) kept.heardAtMs = atMs;
  }

  private kept(showId: string): Kept {
    const kept = this.shows.get(showId);
    if (!kept) throw new Refused('unknown-show');
    return kept;
  }
}

const turnOfTheLoop = () => new Promise<void>((resolve) => setImmediate(resolve));
const hashesOf = ({ origin }: Kept, leaves: readonly LoggedEvent[]) =>
  leaves.map((leaf) => leafHash(leafBytes(leafOf(leaf, origin, 2))));
const rootOf = (kept: Kept, leaves: readonly LoggedEvent[]): string =>
  toBase64(rootOfLeaves(hashesOf(kept, leaves)));
/** Signed by nobody, but of the right root. */
function headOf(kept: Kept): ShowHead {
  const fresh = hashesOf(kept, kept.leaves.slice(kept.frontier.size));
  kept.hashes.push(...fresh);
  kept.frontier = appendAll(kept.frontier, fresh);
  const root = toBase64(rootOfFrontier(kept.frontier));
  return { size: kept.leaves.length, root, note: `${kept.origin}\n${kept.leaves.length}\n${root}\n` };
}
