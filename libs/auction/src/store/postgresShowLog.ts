import { Fenced, type HeldLog, type LeafBatch, type Ledger, OutcomeUnknown } from '@qingpai/ledger';
import { leafBytes, rootOf, rootOfLeaves, shortCode, toBase64 } from '@qingpai/ledger/rules';
import { type Leaf, type LoggedEvent } from '@qingpai/wire';
import { bidBook, evolve, evolveBook, initialShow } from '../rules/index.js';
import { isEmpty, type Projection, projectionOf, writeProjection } from './projection.js';
import { type Batch, type ShowHead, type ShowLog, type TakenShow } from './showLog.js';
import { type ShowStore } from './showStore.js';

/** The desk's log in Postgres: each batch is one transaction of leaves, head, projections and checkpoint. */
export class PostgresShowLog implements ShowLog {
  /** What this process holds; gone after any doubt, so that nothing is built on it. */
  private readonly held = new Map<string, HeldLog>();

  constructor(
    private readonly ledger: Ledger,
    private readonly shows: ShowStore,
  ) {}

  async takeOver(showId: string): Promise<TakenShow> {
    const { origin, rules } = await this.shows.show(showId);
    const held = await this.ledger.takeOver(origin);
    this.held.set(showId, held);
    const [state, book, events] = [initialShow(rules), bidBook(), [] as LoggedEvent[]];
    await this.ledger.replay(held, (bytes) => {
      const event = eventOf(bytes);
      evolve(state, event);
      evolveBook(book, event);
      events.push(event);
    });
    const head = await this.ledger.headOf(origin);
    if (head?.size !== held.frontier.size) throw new Error(`bug: the head of ${origin} is not signed`);
    const floors = await this.shows.floorsOf(showId);
    return {
      showId,
      origin,
      state,
      book,
      events,
      head: { size: head.size, root: toBase64(rootOf(held.frontier)), note: head.note },
      secrets: { floors: new Map([...floors].map(([lot, { floorFen }]) => [lot, floorFen])) },
      epoch: held.epoch,
    };
  }

  async append(
    show: Pick<TakenShow, 'showId' | 'origin' | 'epoch' | 'head'>,
    batch: Batch,
  ): Promise<ShowHead> {
    const held = this.heldBy(show);
    if (batch.events[0]?.i !== held.frontier.size)
      throw new Error(`bug: the batch does not begin at the head`);
    const beside = besideOf(projectionOf(show.showId, batch), [...batch.beside]);
    const leaves = batch.events.map((event) => leafBytes(leafOf(event, show.origin)));
    try {
      const tMs = batch.events.at(-1)!.t;
      const appended = await this.ledger.append(held, { leaves, tMs, ...(beside && { beside }) });
      this.held.set(show.showId, appended.held);
      return { size: appended.held.frontier.size, root: toBase64(appended.root), note: appended.note };
    } catch (error) {
      if (this.held.get(show.showId) === held) this.forgetIfDoubtful(show.showId, error);
      throw error;
    }
  }

  async catalogueRoot(showId: string, leaves: readonly number[]): Promise<string> {
    const { origin } = await this.shows.show(showId);
    return toBase64(rootOfLeaves(await this.ledger.hashesAt(origin, leaves)));
  }

  private heldBy({ showId, epoch, head }: Pick<TakenShow, 'showId' | 'epoch' | 'head'>): HeldLog {
    const held = this.held.get(showId);
    if (held?.epoch !== epoch) throw new Fenced(`${showId} is no longer held under epoch ${epoch}`);
    if (held.frontier.size !== head.size) {
      throw new Error(`bug: ${showId} appends at ${head.size}, but its log stands at ${held.frontier.size}`);
    }
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

/** What our own log holds was checked before it was written, and `replay` hashes it: no schema is asked again. */
export function eventOf(bytes: Buffer): LoggedEvent {
  const { i, t, by, type, body } = JSON.parse(bytes.toString('utf8')) as Leaf;
  return { i, t, by, type, body } as LoggedEvent;
}

/** Field by field: whatever else an object carries never reaches the log. */
export const leafOf = ({ type, body, by, i, t }: LoggedEvent, origin: string): Leaf =>
  ({ type, body, by, i, t, show: origin, v: 1 }) as Leaf;
