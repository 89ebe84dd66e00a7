import { createHmac, randomBytes } from 'node:crypto';
import { type Ledger } from '@qingpai/ledger';
import {
  canonicalBytes,
  devicePseudonymOf,
  floorCommitment,
  formatVkey,
  fromBase64,
  identityCommitment,
  journalOf,
  leafBytes,
  pseudonymOf,
  toBase64,
  type VerifierKey,
} from '@qingpai/ledger/rules';
import { type KeptOfMember, type MembersService, rowsOf, type ShowPlace, type Vault } from '@qingpai/members';
import { Refused, safeInteger } from '@qingpai/platform';
import {
  type EventBody,
  type LoggedEvent,
  type Opening,
  type ShowCard,
  type ShowEnd,
  type ShowRules,
} from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { EndedShow } from '../registry/entities.js';
import { type Registry } from '../registry/registry.js';
import { bidBook, evolveBook } from '../rules/bidBook.js';
import { moneyFactsOf } from '../rules/books.js';
import { type DecidedEvent, type ProxySecret } from '../rules/command.js';
import { evolve } from '../rules/evolve.js';
import { judge } from '../rules/replay.js';
import { initialShow } from '../rules/show.js';
import { toldAgainOf } from '../rules/takenOver.js';
import { LotFloor, ProxySecretRow, Show, ShowBidder } from './entities.js';
import { eventOf, LEAF_VERSION, leafOf } from './leafFormat.js';
import { keptOf } from './keptRecords.js';
import { projectionOf, writeProjection } from './projection.js';
import { dayOf } from './showDay.js';

export interface ShowStoreParts {
  db: DataSource;
  ledger: Ledger;
  vault: Vault;
  members: Pick<MembersService, 'identityOpening'>;
  /** Every show is listed in its township's registry. */
  registry: Registry;
  /** The first part of every log's origin, e.g. market.example. */
  host: string;
  /** Who is asked to cosign: named in leaf 0 of each new log; default: nobody. */
  witnesses?: readonly VerifierKey[];
}

export interface NewShow {
  townshipId: string;
  hostId: string;
  card: Omit<ShowCard, 'showId'>;
  rules: ShowRules;
  demo: boolean;
  /** Milliseconds since 1970, UTC: the day in the show's id, the time of leaf 0. */
  nowMs: number;
  /** After a restore: the show whose log this one goes on from, and the head of it. */
  before?: { showId: string; continues: Continues };
}
type Continues = NonNullable<EventBody<'log.opened'>['continues']>;

/** Writes something in the transaction of the leaf it belongs to. */
export type Beside = (manager: EntityManager) => Promise<void>;
/** The same, for what only the leaf tells, such as the paddle's number. */
export type BesideLeaves = (manager: EntityManager, leaves: readonly LoggedEvent[]) => Promise<void>;

/** The shows of this installation, and what their logs commit to without telling it: floors and members. */
export class ShowStore {
  /** Show keys by show: 32 bytes each, asked for at every join. */
  private readonly showKeys = new Map<string, Buffer>();

  constructor(private readonly parts: ShowStoreParts) {}

  /**
   * A new show with its log, key and leaf 0 (`log.opened`), listed in its township's registry, all inside the caller's
   * transaction. The id is the day in the township (UTC+8) and the number of the day, e.g. 20261124-01.
   */
  async createShow(manager: EntityManager, show: NewShow): Promise<{ showId: string; origin: string }> {
    const { host, registry } = this.parts;
    const showId = await nextShowId(manager, show.nowMs);
    const origin = `${host}/shows/${showId}`;
    const township = await registry.open(manager, show.townshipId, show.nowMs);
    // Who bids again after a restore is the same to everybody: he keeps his paddle and what he owes.
    const key = show.before ? await this.showKeyOf(show.before.showId) : randomBytes(32);
    await manager.insert(Show, {
      showId,
      townshipId: show.townshipId,
      hostId: show.hostId,
      title: show.card.title,
      startsAt: new Date(show.card.startsAtMs),
      card: { ...show.card, showId },
      rules: show.rules,
      origin,
      showKey: this.parts.vault.seal(key, keyOwner(showId)),
      demo: show.demo,
      createdAt: new Date(show.nowMs),
    });
    await this.openLog(manager, { showId, origin, township }, show);
    const { startsAtMs } = show.card;
    await registry.register(manager, township, { showId, origin, startsAtMs }, show.nowMs);
    return { showId, origin };
  }

  private async openLog(
    manager: EntityManager,
    { showId, origin, township }: { showId: string; origin: string; township: string },
    { demo, nowMs, before, rules }: NewShow,
  ): Promise<void> {
    const { ledger, witnesses = [] } = this.parts;
    const held = await ledger.create(manager, origin);
    const body = {
      ...{ origin, witnesses: witnesses.map(formatVkey) },
      ...(demo && { demo: true as const }),
      township,
      ...(before && { continues: before.continues }),
    };
    const opened: DecidedEvent = { type: 'log.opened', body, by: 'platform' };
    const again = before ? await toldAgainIn(manager, ledger, before.continues.origin, rules) : [];
    const begun = begin(rules, [opened, ...again], nowMs);
    const leaves = begun.events.map((event) => leafBytes(leafOf(event, origin, LEAF_VERSION)));
    await ledger.appendIn(manager, held, { leaves, tMs: nowMs });
    if (!before) return;
    await seatAgain(manager, before.showId, showId);
    // No code: nothing is sealed yet.
    await writeProjection(manager, projectionOf(showId, begun), '');
    const entries = journalOf(moneyFactsOf(begun.state, begun.events));
    if (entries.length > 0) await ledger.journal.write(manager, held.log, entries);
  }

  /** Refuses: `unknown-show`. */
  async show(showId: string): Promise<Show> {
    const show = await this.parts.db.manager.findOneBy(Show, { showId });
    if (!show) throw new Refused('unknown-show');
    return show;
  }

  /** When a desk of this show could last hear, ms UTC; 0: none has ever said so. */
  async heardAtMs(showId: string): Promise<number> {
    const [row] = await rowsOf<{ at: string }>(
      this.parts.db.manager,
      'SELECT heard_at_ms AS at FROM desk_signs WHERE show_id = $1',
      [showId],
    );
    return row ? safeInteger(row.at) : 0;
  }

  /**
   * A desk could hear at this moment, if the log is still its own. Nobody waits for the disk: what a crash of the
   * database loses of it makes a silence a little longer.
   */
  async sign(showId: string, epoch: number, atMs: number): Promise<void> {
    await this.parts.db.query(
      `WITH at_once AS MATERIALIZED (SELECT set_config('synchronous_commit', 'off', true))
       INSERT INTO desk_signs (show_id, heard_at_ms)
       SELECT show_id, $3 FROM shows JOIN logs USING (origin), at_once WHERE show_id = $1 AND epoch = $2
       ON CONFLICT (show_id) DO UPDATE SET heard_at_ms = excluded.heard_at_ms`,
      [showId, epoch, atMs],
    );
  }

  /** How its log came to take nothing more although it was not settled; null: it does. */
  async endOf(showId: string): Promise<ShowEnd | null> {
    const ended = await this.parts.db.manager.findOneBy(EndedShow, { showId });
    return ended && { how: ended.how, byShow: ended.byShow };
  }

  /** The show that this one goes on from after a restore; null: it is one of its own. */
  async before(showId: string): Promise<Show | null> {
    const { manager } = this.parts.db;
    const ended = await manager.findOneBy(EndedShow, { byShow: showId });
    return ended && manager.findOneByOrFail(Show, { showId: ended.showId });
  }

  /** For `MembersService.findShowsBy`. */
  readonly findShow = async (showId: string): Promise<ShowPlace | null> => {
    const show = await this.parts.db.manager.findOneBy(Show, { showId });
    return show && { townshipId: show.townshipId, hostId: show.hostId, roomPath: `/r/${showId}` };
  };

  // ------------------------------------------------------------ who bids

  /** How this member is called in this show (LEDGER §2, privacy). */
  async pseudonymOf(showId: string, memberId: string): Promise<string> {
    return pseudonymOf(await this.showKeyOf(showId), memberId);
  }

  /** How this browser (the number in its cookie) is called in this show: two accounts on it show the same. */
  async deviceOf(showId: string, device: string): Promise<string> {
    return devicePseudonymOf(await this.showKeyOf(showId), device);
  }

  /** What registering a member puts into the log: the pseudonym, and the commitment to the identity (base64). */
  async newcomer(showId: string, memberId: string): Promise<{ bidder: string; id: string }> {
    const { salt, identity } = await this.parts.members.identityOpening(memberId);
    return { bidder: await this.pseudonymOf(showId, memberId), id: identityCommitment(salt, identity) };
  }

  /** Somebody in the hall or on the telephone, the n-th: nobody who signs in, and nothing to be known of him. */
  async hallPerson(showId: string, n: number): Promise<{ bidder: string; id: string }> {
    const bidder = await this.pseudonymOf(showId, `hall/${n}`);
    return { bidder, id: identityCommitment(randomBytes(32), { hall: n }) };
  }

  /** Six digits that change with every take-over: whoever reads them off the host's page may command the show. */
  async takeOverCode(showId: string, times: number): Promise<string> {
    const digest = createHmac('sha256', await this.showKeyOf(showId))
      .update(`take-over/${times}`)
      .digest();
    return String(digest.readUInt32BE(0) % 1_000_000).padStart(6, '0');
  }

  /** Writes who took a paddle, beside the leaf that gave it out. */
  seat(showId: string, memberId: string): BesideLeaves {
    return async (manager, leaves) => {
      for (const { type, body } of leaves) {
        if (type !== 'bidder.registered') continue;
        await manager.insert(ShowBidder, { showId, memberId, bidder: body.bidder, paddle: body.paddle });
      }
    };
  }

  /** The member's seat in this show; null: none yet. */
  bidderOf(showId: string, memberId: string): Promise<ShowBidder | null> {
    return this.parts.db.manager.findOneBy(ShowBidder, { showId, memberId });
  }

  /** Members behind pseudonyms, by pseudonym. */
  async membersOf(showId: string): Promise<Map<string, ShowBidder>> {
    const seats = await this.parts.db.manager.findBy(ShowBidder, { showId });
    return new Map(seats.map((seat) => [seat.bidder, seat]));
  }

  /** For `MembersService.findKeptBy`: the auctions he took part in or held, and what he bought. */
  readonly keptOf = (memberId: string): Promise<KeptOfMember> => keptOf(this.parts.db.manager, memberId);

  private async showKeyOf(showId: string): Promise<Buffer> {
    const known = this.showKeys.get(showId);
    if (known) return known;
    const { showKey } = await this.show(showId);
    const key = this.parts.vault.open(showKey, keyOwner(showId));
    this.showKeys.set(showId, key);
    return key;
  }

  // ------------------------------------------------------------ floors

  /**
   * Commits to a floor with a fresh salt: the commitment goes into the lot's leaf (null: no floor), `beside` keeps
   * the opening, sealed, in the same transaction. For `lot.catalogued` and `lot.amended` alike.
   * @param floorFen per unit; 0: no floor
   */
  sealFloor(showId: string, lot: string, floorFen: number): { commitment: string | null; beside: Beside } {
    if (floorFen === 0) {
      const beside: Beside = async (manager) => void (await manager.delete(LotFloor, { showId, lot }));
      return { commitment: null, beside };
    }
    const opening: Opening = { lot, floorFen, salt: toBase64(randomBytes(32)) };
    const sealed = this.parts.vault.seal(Buffer.from(canonicalBytes(opening)), floorOwner(showId, lot));
    return {
      commitment: floorCommitment(fromBase64(opening.salt)!, { floorFen, lot }),
      beside: async (manager) =>
        void (await manager.upsert(LotFloor, { showId, lot, sealed }, ['showId', 'lot'])),
    };
  }

  /** The openings of all floors of a show, by lot; lots without a floor are not in it. */
  async floorsOf(showId: string): Promise<Map<string, Opening>> {
    const rows = await this.parts.db.manager.findBy(LotFloor, { showId });
    return new Map(
      rows.map(({ lot, sealed }) => {
        const opening = this.parts.vault.open(sealed, floorOwner(showId, lot));
        return [lot, JSON.parse(opening.toString('utf8')) as Opening];
      }),
    );
  }

  // ------------------------------------------------------------ maximum bids

  /** Keeps what a maximum bid goes up to, sealed, beside its leaf: after a restart it goes on bidding. */
  sealProxy(showId: string, bid: string, { maxFen, secret }: ProxySecret): Beside {
    const opening = Buffer.from(JSON.stringify({ maxFen, secret: toBase64(secret) }));
    const sealed = this.parts.vault.seal(opening, proxyOwner(showId, bid));
    return async (manager) => void (await manager.insert(ProxySecretRow, { showId, bid, sealed }));
  }

  /** All of a show, by the id of the bid. */
  async proxiesOf(showId: string): Promise<Map<string, ProxySecret>> {
    const rows = await this.parts.db.manager.findBy(ProxySecretRow, { showId });
    return new Map(
      rows.map(({ bid, sealed }) => {
        const opening = this.parts.vault.open(sealed, proxyOwner(showId, bid)).toString('utf8');
        const { maxFen, secret } = JSON.parse(opening) as { maxFen: number; secret: string };
        return [bid, { maxFen, secret: fromBase64(secret)! }];
      }),
    );
  }
}

/** What a log that goes on from this one tells again. */
async function toldAgainIn(
  manager: EntityManager,
  ledger: Ledger,
  origin: string,
  rules: ShowRules,
): Promise<DecidedEvent[]> {
  const head = await ledger.headOf(origin);
  if (!head) throw new Error(`bug: ${origin} has no leaf`);
  const [state, events] = [initialShow(rules), [] as LoggedEvent[]];
  for await (const page of ledger.pages(origin, head.size, manager)) {
    for (const bytes of page) {
      events.push(eventOf(bytes));
      evolve(state, events.at(-1)!);
    }
  }
  return toldAgainOf(state, events);
}

/** The first leaves of a log, all at one moment; each must be what the rules allow. */
function begin(rules: ShowRules, decided: readonly DecidedEvent[], t: number) {
  const [state, book] = [initialShow(rules), bidBook()];
  const events = decided.map((event, i) => ({ ...event, i, t }) as LoggedEvent);
  for (const event of events) {
    const wrong = judge(state, book, event);
    if (wrong) throw new Error(`bug: leaf ${event.i} (${event.type}) of a new log: ${wrong.en}`);
    evolve(state, event);
    evolveBook(book, event);
  }
  return { state, events };
}

/** Everybody keeps his paddle. */
const seatAgain = (manager: EntityManager, from: string, to: string): Promise<unknown> =>
  manager.query(
    `INSERT INTO show_bidders (show_id, bidder, member_id, paddle)
     SELECT $2, bidder, member_id, paddle FROM show_bidders WHERE show_id = $1`,
    [from, to],
  );

const proxyOwner = (showId: string, bid: string): string => `proxy/${showId}/${bid}`;
const keyOwner = (showId: string): string => `show-key/${showId}`;
const floorOwner = (showId: string, lot: string): string => `floor/${showId}/${lot}`;

/** Two shows made at once wait for each other; the lock ends with the caller's transaction. */
async function nextShowId(manager: EntityManager, nowMs: number): Promise<string> {
  const day = dayOf(nowMs);
  await manager.query(`SELECT pg_advisory_xact_lock(hashtext('show-of-' || $1))`, [day]);
  const [row] = await rowsOf<{ last: number | null }>(
    manager,
    `SELECT max(split_part(show_id, '-', 2)::int) AS last FROM shows WHERE show_id LIKE $1 || '-%'`,
    [day],
  );
  return `${day}-${String((row?.last ?? 0) + 1).padStart(2, '0')}`;
}
