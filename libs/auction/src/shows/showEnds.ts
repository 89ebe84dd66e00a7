import { inTransaction, type Ledger } from '@qingpai/ledger';
import { toBase64 } from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import { type DataSource, type EntityManager } from 'typeorm';
import { type Carried } from '../catalogue/carried.js';
import { type Desks } from '../desk/desks.js';
import { EndedShow, reasonOfEnd } from '../registry/entities.js';
import { type Registry } from '../registry/registry.js';
import { Show } from '../store/entities.js';
import { type ShowStore } from '../store/showStore.js';

export interface ShowEndsParts {
  db: DataSource;
  ledger: Ledger;
  store: ShowStore;
  desks: Desks;
  registry: Registry;
  carried: Carried;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/**
 * The two ways in which a show ends without a close: called off before it was sealed, or continued by another log after
 * a restore. Either takes the log over and never gives it back: who held it is fenced, and nothing is appended again.
 */
export class ShowEnds {
  constructor(private readonly parts: ShowEndsParts) {}

  /** Called off: the registry says so. Refuses: `wrong-phase` once it is sealed, `show-cancelled`, `show-continued`. */
  async cancel(showId: string): Promise<void> {
    const { db, desks, registry, nowMs } = this.parts;
    const origin = await inTransaction(db, async (manager) => {
      const show = await this.takeFor(manager, showId);
      if (show.phase !== 'draft') throw new Refused('wrong-phase');
      await manager.insert(EndedShow, { showId, how: 'cancelled', byShow: null, endedAt: new Date(nowMs()) });
      const { origin: listed } = await registry.rowOf({ townshipId: show.townshipId });
      await registry.appendIn(
        manager,
        listed,
        () => [{ type: 'show.cancelled', body: { show: showId } }],
        nowMs(),
      );
      return listed;
    });
    await desks.retire(showId);
    registry.tell(origin);
  }

  /**
   * A new show that goes on from the head of this one, with its people and sales as they stand, and with all units that
   * have no end yet and the floors they had: its list is sealed and compared again. For a database that was put back from a copy: what the copy does not hold may
   * have been promised already, so its log must not grow (LEDGER §5). A closed show goes
   * on for its sales alone. Refuses: `wrong-phase` for what is not sealed or is settled, `show-continued`,
   * `show-cancelled`.
   */
  async continue(showId: string): Promise<string> {
    const { db, store, desks, carried, registry, nowMs } = this.parts;
    const { next, listed } = await inTransaction(db, async (manager) => {
      const show = await this.takeFor(manager, showId);
      if (!['sealed', 'open', 'closed'].includes(show.phase)) throw new Refused('wrong-phase');
      const { townshipId, hostId, card, rules, demo, origin } = show;
      const head = await this.parts.ledger.headOf(origin);
      if (!head) throw new Error(`bug: ${origin} has no leaf`);
      const continues = { origin, size: head.size, root: toBase64(head.root) };
      const again = { ...card, startsAtMs: nowMs() };
      const before = { showId, continues };
      const made = { townshipId, hostId, card: again, rules, demo, nowMs: nowMs(), before };
      const { showId: byShow } = await store.createShow(manager, made);
      await manager.insert(EndedShow, { showId, how: 'continued', byShow, endedAt: new Date(nowMs()) });
      return { next: byShow, listed: (await registry.rowOf({ townshipId })).origin };
    });
    await desks.retire(showId);
    registry.tell(listed);
    // Should this stop half way, the rest waits in the list of carried lots.
    for (const { show, lot } of await carried.listFor(next)) {
      if (show === showId) await carried.takeUp(next, { show, lot, floorStands: true });
    }
    return next;
  }

  /** From here to the end of the transaction, and when it holds for good, nobody else appends. */
  private async takeFor(manager: EntityManager, showId: string): Promise<Show> {
    const { store, ledger } = this.parts;
    const ended = await store.endOf(showId);
    if (ended) throw new Refused(reasonOfEnd(ended));
    const { origin } = await store.show(showId);
    await ledger.takeOver(origin, manager);
    // Read only now: whoever held the log has written his last by then.
    return manager.findOneByOrFail(Show, { showId });
  }
}
