import { randomBytes } from 'node:crypto';
import { inTransaction, type Ledger } from '@qingpai/ledger';
import { pseudonymOf, toBase64 } from '@qingpai/ledger/rules';
import { Township, type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Reason, type RegistryView } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import {
  DUE_AFTER_MS,
  emptyRegistry,
  evolveRegistry,
  type RegisteredShow,
  type RegistryFault,
  type RegistryState,
} from '../rules/index.js';
import { RegistryRow } from './entities.js';
import { appendToRegistry, registryEvent, RegistryRefused, type WishesOf } from './registryLog.js';

export interface RegistryParts {
  db: DataSource;
  ledger: Ledger;
  vault: Vault;
  /** The first part of every log's origin, e.g. market.example. */
  host: string;
}

type Listener = (origin: string) => void;

/** The registries of the townships: one log each, that lists every show, so that a bad one cannot vanish (LEDGER §1.4). */
export class Registry {
  private readonly listeners = new Set<Listener>();

  constructor(private readonly parts: RegistryParts) {}

  /** Told after a registry has grown, when that is committed. */
  onAppended(listener: Listener): void {
    this.listeners.add(listener);
  }

  /**
   * The origin of the township's registry, in the caller's transaction; the log is opened with its first show. Throws
   * `bug: …` on a township that is none.
   */
  async open(manager: EntityManager, townshipId: string, nowMs: number): Promise<string> {
    const known = await manager.findOneBy(RegistryRow, { townshipId });
    if (known) return known.origin;
    // Of two first shows at once, the second waits here and finds what the first has opened.
    await manager.query(`SELECT pg_advisory_xact_lock(hashtext('registry-of-' || $1))`, [townshipId]);
    const opened = await manager.findOneBy(RegistryRow, { townshipId });
    return opened?.origin ?? this.openNew(manager, townshipId, nowMs);
  }

  private async openNew(manager: EntityManager, townshipId: string, nowMs: number): Promise<string> {
    const { ledger, vault, host } = this.parts;
    const township = await manager.findOneBy(Township, { id: townshipId });
    if (!township) throw new Error(`bug: no township ${townshipId}`);
    const { code } = township;
    const origin = `${host}/township/${code}`;
    const registryKey = vault.seal(randomBytes(32), keyOwner(code));
    await manager.insert(RegistryRow, { townshipId, code, origin, registryKey });
    await ledger.create(manager, origin);
    const opening = { type: 'registry.opened', body: { origin, township: code } } as const;
    await appendToRegistry(ledger, manager, origin, () => [opening], nowMs);
    return origin;
  }

  /** Registers a show in the transaction that creates it. */
  async register(
    manager: EntityManager,
    registry: string,
    { showId, origin, startsAtMs }: { showId: string; origin: string; startsAtMs: number },
    nowMs: number,
  ): Promise<void> {
    const vkey = await this.parts.ledger.vkeyOf(origin, manager);
    const body = { show: showId, origin, vkey, startsAt: startsAtMs };
    await this.appendIn(manager, registry, () => [{ type: 'show.registered', body }], nowMs);
  }

  /** Logs what is wished in the caller's transaction, which tells of it (`tell`) when it has committed. */
  async appendIn(manager: EntityManager, origin: string, wishesOf: WishesOf, nowMs: number): Promise<number> {
    const { ledger } = this.parts;
    return (await refusing(appendToRegistry(ledger, manager, origin, wishesOf, nowMs))).length;
  }

  /** The same in a transaction of its own. Refuses: `already-decided`, `show-cancelled`, `wrong-phase`, `unknown-show`. */
  async append(origin: string, wishesOf: WishesOf, nowMs: number): Promise<void> {
    const count = await inTransaction(this.parts.db, (manager) =>
      this.appendIn(manager, origin, wishesOf, nowMs),
    );
    if (count > 0) this.tell(origin);
  }

  tell(origin: string): void {
    for (const listener of this.listeners) listener(origin);
  }

  // ------------------------------------------------------------ what is not about one show

  /** An officer's own key, by which catalogues may be approved; he brings the same one to every show. Refuses: `not-found`. */
  async enrolOfficer(
    officer: { memberId: string; townshipId: string },
    key: string,
    nowMs: number,
  ): Promise<void> {
    const { code, origin, registryKey } = await this.rowOf({ townshipId: officer.townshipId });
    const person = pseudonymOf(this.parts.vault.open(registryKey, keyOwner(code)), officer.memberId);
    const enrolled = { type: 'officer.enrolled', body: { person, key } } as const;
    await this.append(origin, ({ officers }) => (officers.has(key) ? [] : [enrolled]), nowMs);
  }

  /**
   * Puts the hash of something that stands outside into the registry, for good: a complaint, or a correction to a show
   * that is settled. @param hash SHA-256, base64
   */
  async fileReport(townshipId: string, hash: string, nowMs: number): Promise<void> {
    const { origin } = await this.rowOf({ townshipId });
    await this.append(origin, () => [{ type: 'report.filed', body: { hash } }], nowMs);
  }

  // ------------------------------------------------------------ what is known

  /** Refuses: `not-found` before the township's first show. */
  async rowOf(which: { townshipId: string } | { code: string }): Promise<RegistryRow> {
    const row = await this.parts.db.manager.findOneBy(RegistryRow, which);
    if (!row) throw new Refused('not-found');
    return row;
  }

  /** Folded from its leaves up to its newest head. */
  async stateOf(origin: string): Promise<RegistryState> {
    const { ledger } = this.parts;
    const state = emptyRegistry();
    const size = (await ledger.headOf(origin))?.size ?? 0;
    for await (const page of ledger.pages(origin, size)) {
      for (const bytes of page) evolveRegistry(state, registryEvent(bytes));
    }
    return state;
  }

  /** As everybody may see it. Refuses: `not-found`. */
  async view(code: string, nowMs: number): Promise<RegistryView> {
    const { ledger } = this.parts;
    const { origin } = await this.rowOf({ code });
    const head = await ledger.headOf(origin);
    if (!head) throw new Error(`bug: the registry ${origin} was never opened`);
    const state = await this.stateOf(origin);
    return {
      origin,
      vkey: await ledger.vkeyOf(origin),
      head: {
        size: head.size,
        root: toBase64(head.root),
        note: await ledger.cosignedNote(origin, head.size),
      },
      officers: [...state.officers],
      shows: [...state.shows.values()].map((show) => ({
        ...{ show: show.show, origin: show.origin, i: show.i, startsAtMs: show.startsAt },
        standing: standingOf(show, nowMs),
      })),
    };
  }
}

function standingOf(show: RegisteredShow, nowMs: number): RegistryView['shows'][number]['standing'] {
  if (show.isCancelled) return 'cancelled';
  if (show.closed !== null) return 'closed';
  if (show.sealed !== null) return 'sealed';
  return nowMs >= show.startsAt + DUE_AFTER_MS ? 'overdue' : 'toCome';
}

const keyOwner = (code: string): string => `registry-key/${code}`;

const reasonFor: Partial<Record<RegistryFault, Reason>> = {
  'enrolled-twice': 'already-decided',
  'already-cancelled': 'show-cancelled',
  'already-sealed': 'wrong-phase',
  'not-registered': 'unknown-show',
};

/** What a person may run into is refused; the rest we should not have wished. */
async function refusing<T>(work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    if (!(error instanceof RegistryRefused)) throw error;
    const reason = reasonFor[error.fault];
    throw reason ? new Refused(reason) : new Error(`bug: ${error.message}`);
  });
}
