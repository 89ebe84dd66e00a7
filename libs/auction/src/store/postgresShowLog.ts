import {
  type Appended as Grown,
  Fenced,
  type HeldLog,
  type LeafBatch,
  type Ledger,
  OutcomeUnknown,
  type SignedHead,
} from '@qingpai/ledger';
import {
  type Books,
  emptyBooks,
  enterAll,
  grow,
  type JournalEntry,
  leafBytes,
  rootOfLeaves,
  shortCode,
  toBase64,
  treeOf,
} from '@qingpai/ledger/rules';
import { type LeafVersion, type LoggedEvent } from '@qingpai/wire';
import { bidBook, evolve, evolveBook, initialShow, moneyFactsOf } from '../rules/index.js';
import { eventOf, leafOf, versionOf } from './leafFormat.js';
import { isEmpty, type Projection, projectionOf, writeProjection } from './projection.js';
import { type Appended, type Batch, type ShowHead, type ShowLog, type TakenShow } from './showLog.js';
import { reasonOfEnd } from '../registry/entities.js';
import { type ShowStore } from './showStore.js';

interface Held {
  log: HeldLog;
  version: LeafVersion;
  isEnded: boolean;
  books: Books;
}

const showHead = ({ size, root, note }: Pick<SignedHead, 'size' | 'root' | 'note'>): ShowHead => ({
  ...{ size, note },
  root: toBase64(root),
});

/** Told of every batch after its commit, on the way to the answers: it must not throw, nor take long. */
export type AppendListener = (show: Pick<TakenShow, 'showId' | 'origin'>, batch: Batch) => void;

/** The desk's log in Postgres: each batch is one transaction of leaves, head, projections, books and checkpoint. */
export class PostgresShowLog implements ShowLog {
  /** What this process holds; gone after any doubt, so that nothing is built on it. */
  private readonly held = new Map<string, Held>();
  private readonly listeners = new Set<AppendListener>();

  constructor(
    private readonly ledger: Ledger,
    private readonly shows: ShowStore,
  ) {}

  onAppended(listener: AppendListener): void {
    this.listeners.add(listener);
  }

  async takeOver(showId: string): Promise<TakenShow> {
    const { origin, rules } = await this.shows.show(showId);
    const log = await this.ledger.takeOver(origin);
    const [state, book, events, tree] = [initialShow(rules), bidBook(), [] as LoggedEvent[], treeOf([])];
    let version: LeafVersion = 2;
    await this.ledger.replay(log, (bytes, hash) => {
      if (events.length === 0) version = versionOf(bytes);
      const event = eventOf(bytes);
      evolve(state, event);
      evolveBook(book, event);
      events.push(event);
      grow(tree, hash);
    });
    const heads = (await this.ledger.headsUpTo(origin, log.frontier.size)).map(showHead);
    const head = heads.at(-1);
    if (head?.size !== log.frontier.size) throw new Error(`bug: the head of ${origin} is not signed`);
    const { books, entries } = enterAll(emptyBooks, moneyFactsOf(state, events));
    if (entries.length > 0) await this.ledger.journal.fill(log.log, entries);
    const floors = await this.shows.floorsOf(showId);
    const proxies = await this.shows.proxiesOf(showId);
    // After the epoch was bumped: whoever ends a show does so while he holds its log.
    const ended = await this.shows.endOf(showId);
    const heardAtMs = await this.shows.heardAtMs(showId);
    this.held.set(showId, { log, version, isEnded: ended !== null, books });
    return {
      showId,
      origin,
      state,
      book,
      events,
      ...{ head, heads, tree, version },
      secrets: { floors: new Map([...floors].map(([lot, { floorFen }]) => [lot, floorFen])), proxies },
      ended: ended && reasonOfEnd(ended),
      epoch: log.epoch,
      heardAtMs,
    };
  }

  async append(
    show: Pick<TakenShow, 'showId' | 'origin' | 'epoch' | 'head'>,
    batch: Batch,
  ): Promise<Appended> {
    const held = this.heldBy(show);
    const { log, version } = held;
    if (batch.events[0]?.i !== log.frontier.size)
      throw new Error(`bug: the batch does not begin at the head`);
    const { books, entries } = enterAll(held.books, moneyFactsOf(batch.state, batch.events));
    const beside = besideOf(projectionOf(show.showId, batch), [
      ...batch.beside,
      ...(entries.length > 0 ? [this.booking(log, entries)] : []),
    ]);
    const leaves = batch.events.map((event) => leafBytes(leafOf(event, show.origin, version)));
    const appended = await this.appendTo({ ...held, books }, show.showId, {
      ...{ leaves, tMs: batch.events.at(-1)!.t },
      ...(beside && { beside }),
    });
    for (const tell of this.listeners) tell(show, batch);
    const { root, note, hashes } = appended;
    return { head: showHead({ size: appended.held.frontier.size, root, note }), leaves, hashes };
  }

  private booking(log: HeldLog, entries: readonly JournalEntry[]): Batch['beside'][number] {
    return (manager) => this.ledger.journal.write(manager, log.log, entries);
  }

  private async appendTo(held: Held, showId: string, batch: LeafBatch): Promise<Grown> {
    try {
      const appended = await this.ledger.append(held.log, batch);
      this.held.set(showId, { ...held, log: appended.held });
      return appended;
    } catch (error) {
      if (this.held.get(showId)?.log === held.log) this.forgetIfDoubtful(showId, error);
      throw error;
    }
  }

  async confirm({ showId, origin, epoch }: Pick<TakenShow, 'showId' | 'origin' | 'epoch'>): Promise<void> {
    try {
      await this.ledger.confirm(origin, epoch);
    } catch (error) {
      this.forgetIfDoubtful(showId, error);
      throw error;
    }
  }

  async catalogueRoot(showId: string, leaves: readonly number[]): Promise<string> {
    const { origin } = await this.shows.show(showId);
    return toBase64(rootOfLeaves(await this.ledger.hashesAt(origin, leaves)));
  }

  sign({ showId, epoch }: Pick<TakenShow, 'showId' | 'epoch'>, atMs: number): Promise<void> {
    return this.shows.sign(showId, epoch, atMs);
  }

  private heldBy({ showId, epoch, head }: Pick<TakenShow, 'showId' | 'epoch' | 'head'>): Held {
    const held = this.held.get(showId);
    if (held?.log.epoch !== epoch) throw new Fenced(`${showId} is no longer held under epoch ${epoch}`);
    if (held.isEnded) throw new Error(`bug: the log of ${showId} has ended`);
    const { size } = held.log.frontier;
    if (size !== head.size)
      throw new Error(`bug: ${showId} appends at ${head.size}, its log stands at ${size}`);
    return held;
  }

  /** After a plain refusal nothing happened and the owner may go on; after a fence or in doubt he may not. */
  private forgetIfDoubtful(showId: string, error: unknown): void {
    if (error instanceof Fenced || error instanceof OutcomeUnknown) this.held.delete(showId);
  }
}

/** Undefined when there is nothing to write beside the leaves, as with most bids. */
function besideOf(projection: Projection, besides: Batch['beside']): LeafBatch['beside'] {
  if (besides.length === 0 && isEmpty(projection)) return undefined;
  return async (manager, root) => {
    for (const beside of besides) await beside(manager);
    await writeProjection(manager, projection, shortCode(root));
  };
}
