import { randomBytes } from 'node:crypto';
import { inTransaction, type Ledger, type SignedHead } from '@qingpai/ledger';
import { formatVkey, pseudonymOf, rootOf, toBase64 } from '@qingpai/ledger/rules';
import { Township, type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Reason, type RegistryView } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import {
  DUE_AFTER_MS,
  type RegisteredShow,
  type RegistryFault,
  type RegistryState,
  vouchedBytes,
} from '../rules/index.js';
import { Ahead } from '../witness/ahead.js';
import { RegistryRow } from './entities.js';
import {
  appendToRegistry,
  foldRegistry,
  registriesBefore,
  RegistryRefused,
  RegistryWentOn,
  type WishesOf,
} from './registryLog.js';

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
  /** Filled by who asks the witnesses. */
  readonly ahead = new Ahead();
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
    const known = await newestOf(manager, { townshipId });
    if (known) return known.origin;
    // Of two first shows at once, the second waits here and finds what the first has opened.
    await waitInLine(manager, townshipId);
    const opened = await newestOf(manager, { townshipId });
    return opened?.origin ?? this.openNew(manager, townshipId, nowMs);
  }

  private async openNew(manager: EntityManager, townshipId: string, nowMs: number): Promise<string> {
    const { ledger, vault, host } = this.parts;
    const township = await manager.findOneBy(Township, { id: townshipId });
    if (!township) throw new Error(`bug: no township ${townshipId}`);
    const { code } = township;
    const origin = `${host}/township/${code}`;
    const registryKey = vault.seal(randomBytes(32), keyOwner(code));
    await manager.insert(RegistryRow, { townshipId, nth: 1, code, origin, registryKey });
    await ledger.create(manager, origin);
    const opening = { type: 'registry.opened', body: { origin, township: code } } as const;
    await appendToRegistry(ledger, manager, origin, () => [opening], nowMs);
    return origin;
  }

  /**
   * Another log that goes on from the head of the township's registry, which takes nothing more; its key vouches for the
   * new one. For a database that was put back from a copy: what the copy does not hold has been signed already, so that
   * log must not grow (LEDGER §5). Refuses: `not-found`, `already-decided` while the newest holds no more than its opening.
   */
  async continue(townshipId: string, nowMs: number): Promise<void> {
    const origin = await inTransaction(this.parts.db, async (manager) => {
      await waitInLine(manager, townshipId);
      return this.openNext(manager, townshipId, nowMs);
    });
    this.tell(origin);
  }

  private async openNext(manager: EntityManager, townshipId: string, nowMs: number): Promise<string> {
    const { ledger, host } = this.parts;
    const before = await newestOf(manager, { townshipId });
    if (!before) throw new Refused('not-found');
    const held = await ledger.takeOver(before.origin, manager);
    const { size } = held.frontier;
    if (before.nth > 1 && size === 1 && !this.isBehind(before.origin)) throw new Refused('already-decided');
    const { code, registryKey } = before;
    const nth = before.nth + 1;
    const origin = `${host}/township/${code}/${nth}`;
    await manager.insert(RegistryRow, { townshipId, nth, code, origin, registryKey });
    const next = await ledger.create(manager, origin);
    const vkey = formatVkey(next.signer.key);
    const quoted = { origin: before.origin, size, root: toBase64(rootOf(held.frontier)), vkey };
    const vouched = toBase64(held.signer.sign(vouchedBytes(quoted)));
    const body = { origin, township: code, continues: { ...quoted, vouched } };
    await appendToRegistry(ledger, manager, origin, () => [{ type: 'registry.opened', body }], nowMs);
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
    if (this.isBehind(origin)) throw new Refused('registry-behind');
    return (await refusing(appendToRegistry(ledger, manager, origin, wishesOf, nowMs))).length;
  }

  /**
   * The same in a transaction of its own. Refuses: `already-decided`, `show-cancelled`, `wrong-phase`, `unknown-show`, and
   * `registry-behind` while a witness holds more of it than we do.
   */
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
    const row = await newestOf(this.parts.db.manager, which);
    if (!row) throw new Refused('not-found');
    return row;
  }

  /** Folded from its leaves up to its newest head, and from those that it goes on from. */
  async stateOf(origin: string): Promise<RegistryState> {
    const { db, ledger } = this.parts;
    const row = await db.manager.findOneByOrFail(RegistryRow, { origin });
    return foldRegistry(ledger, db.manager, row);
  }

  /** The registries that this one goes on from, the nearest first. */
  before(row: RegistryRow): Promise<RegistryRow[]> {
    return registriesBefore(this.parts.db.manager, row);
  }

  /** A witness holds more of it than we do: it must not grow. */
  isBehind(origin: string): boolean {
    return this.ahead.has(origin);
  }

  /** Its newest head. */
  async headOf(origin: string): Promise<SignedHead> {
    const head = await this.parts.ledger.headOf(origin);
    if (!head) throw new Error(`bug: the registry ${origin} was never opened`);
    return head;
  }

  /** As everybody may see it. Refuses: `not-found`. */
  async view(code: string, nowMs: number): Promise<RegistryView> {
    const { ledger } = this.parts;
    const row = await this.rowOf({ code });
    const { origin } = row;
    const head = await this.headOf(origin);
    const before = await Promise.all(
      (await this.before(row)).map(async (log) => ({
        origin: log.origin,
        size: (await this.headOf(log.origin)).size,
      })),
    );
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
      before,
      isBehind: this.isBehind(origin),
      shows: [...state.shows.values()].map((show) => ({
        ...{ show: show.show, origin: show.origin, i: show.i, log: show.log, startsAtMs: show.startsAt },
        standing: standingOf(show, nowMs),
      })),
    };
  }
}

/** The one that grows; null before the township's first show. */
const newestOf = (
  manager: EntityManager,
  which: { townshipId: string } | { code: string },
): Promise<RegistryRow | null> => manager.findOne(RegistryRow, { where: which, order: { nth: 'DESC' } });

/** Whoever opens a registry for this township does it alone, to the end of his transaction. */
const waitInLine = (manager: EntityManager, townshipId: string): Promise<unknown> =>
  manager.query(`SELECT pg_advisory_xact_lock(hashtext('registry-of-' || $1))`, [townshipId]);

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
    if (error instanceof RegistryWentOn) throw new Refused('registry-behind');
    if (!(error instanceof RegistryRefused)) throw error;
    const reason = reasonFor[error.fault];
    throw reason ? new Refused(reason) : new Error(`bug: ${error.message}`);
  });
}
