import { Ledger, ledgerEntities, ledgerMigrations } from '@qingpai/ledger';
import { grow } from '@qingpai/ledger/rules';
import { membersEntities, membersMigrations, type MembersService, Vault } from '@qingpai/members';
import { seedSiqiao, serviceOn, vaultKey } from '@qingpai/members/testing';
import { testDatabase } from '@qingpai/platform/testing';
import { type Bid, defaultRules, type LoggedEvent, type ShowCard, type ShowRules } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { auctionEntities, auctionMigrations } from '../database.js';
import {
  catalogueLeaves,
  type Command,
  decide,
  decideDue,
  dueAtMs,
  evolve,
  evolveBook,
  nextNth,
} from '../rules/index.js';
import { Registry } from '../registry/registry.js';
import { PostgresShowLog } from '../store/postgresShowLog.js';
import { type Batch, type ShowHead, type TakenShow } from '../store/showLog.js';
import { type Beside, ShowStore } from '../store/showStore.js';

export const startMs = Date.UTC(2026, 10, 24, 11, 30);

export const siqiaoCard: Omit<ShowCard, 'showId'> = {
  title: '泗桥花卉专场',
  township: '泗桥乡',
  hostTitle: '驻村干部',
  seller: {
    name: '泗桥花卉合作社',
    statement: '自产农副产品',
    address: '福建省宁德市周宁县泗桥乡',
    contact: '0593-5000000',
    legalMode: 'seller-priced',
    licence: null,
  },
  startsAtMs: startMs,
  freight: '满 199 元包邮',
  payBy: '次日中午前付款',
};

/** A township with its people and an empty store on a real Postgres. */
export async function storedTownship() {
  const database = await testDatabase({
    entities: [...membersEntities, ...ledgerEntities, ...auctionEntities],
    migrations: [...membersMigrations, ...ledgerMigrations, ...auctionMigrations],
  });
  const { members, clock } = serviceOn(database);
  const { townshipId, host, officer } = await seedSiqiao(members);
  const { store, log, ledger, registry } = storeOn(database.dataSource, members);
  members.findShowsBy(store.findShow);
  members.findKeptBy(store.keptOf);
  const newShow = async (rules: ShowRules = defaultRules, demo = false) => {
    const wanted = { townshipId, hostId: host.memberId, card: siqiaoCard, rules, demo, nowMs: startMs };
    const { showId } = await database.dataSource.transaction((manager) => store.createShow(manager, wanted));
    return showId;
  };
  const buyer = async (nickname: string, showId: string) =>
    (await members.waitFor(nickname, showId)).memberId;
  return {
    ...{ database, members, clock, townshipId, host, officer },
    ...{ store, log, ledger, registry, newShow, buyer },
  };
}
export type StoredTownship = Awaited<ReturnType<typeof storedTownship>>;

/** Ledger, store and show log on this database: a second one is a second server. */
export function storeOn(db: DataSource, members: MembersService) {
  const vault = new Vault(vaultKey);
  const ledger = new Ledger(db, vault);
  const host = 'market.example';
  const registry = new Registry({ db, ledger, vault, host });
  const store = new ShowStore({ db, ledger, vault, members, registry, host });
  return { ledger, registry, store, log: new PostgresShowLog(ledger, store) };
}

/** Plays commands by the rules and appends what they decide, as a desk does, one batch at a time. */
export class StoredShow {
  head: ShowHead;

  private constructor(
    readonly taken: TakenShow,
    private readonly township: Pick<StoredTownship, 'store' | 'log'>,
  ) {
    this.head = taken.head;
  }

  static async takeOver(
    township: Pick<StoredTownship, 'store' | 'log'>,
    showId: string,
  ): Promise<StoredShow> {
    return new StoredShow(await township.log.takeOver(showId), township);
  }

  /** Decides these at `t`, after what is due by then; throws what is refused. Nothing is stored yet. */
  decide(t: number, ...commands: Command[]): LoggedEvent[] {
    const events: LoggedEvent[] = [];
    const { state, book, secrets } = this.taken;
    const fold = (decided: ReturnType<typeof decideDue>, atMs: number) => {
      for (const event of decided) {
        const logged: LoggedEvent = { ...event, i: state.next, t: atMs };
        evolve(state, logged);
        evolveBook(book, logged);
        events.push(logged);
      }
    };
    for (let dueMs = dueAtMs(state, secrets); dueMs !== null && dueMs <= t; dueMs = dueAtMs(state, secrets)) {
      const atMs = Math.max(state.t, dueMs);
      fold(decideDue(state, atMs, secrets), atMs);
    }
    for (const command of commands) {
      const decision = decide(state, command, t, secrets);
      if (!decision.ok && decision.events.length === 0)
        throw new Error(`${command.name}: ${decision.reason}`);
      fold(decision.events, t);
    }
    return events;
  }

  async append(events: LoggedEvent[], beside: Beside[] = []): Promise<ShowHead> {
    const batch: Batch = { events, state: this.taken.state, beside };
    const { head, hashes } = await this.township.log.append({ ...this.taken, head: this.head }, batch);
    this.head = head;
    this.taken.heads.push(head);
    for (const hash of hashes) grow(this.taken.tree, hash);
    this.taken.events.push(...events);
    return this.head;
  }

  async play(t: number, ...commands: Command[]): Promise<LoggedEvent[]> {
    const events = this.decide(t, ...commands);
    await this.append(events);
    return events;
  }

  /** Catalogues a rising lot of `units` with its floor sealed beside the leaf. */
  async catalogue(
    t: number,
    n: number,
    { units = 1, floorFen = 0, startFen = 0, format = 'english' as 'english' | 'dutch' } = {},
  ): Promise<void> {
    const lot = `L${n}`;
    const { commitment, beside } = this.township.store.sealFloor(this.taken.showId, lot, floorFen);
    const number = String(n).padStart(3, '0');
    const described = { list: 1, lot, number, title: `兰花 ${n}`, grower: 'growerAAAAAAAAAA', unit: '盆' };
    const command: Command = {
      by: 'host',
      name: 'catalogue',
      floorFen,
      lot: { ...described, units, format, startFen, floor: commitment },
    };
    const events = this.decide(t, command);
    if (floorFen > 0) this.taken.secrets.floors.set(lot, floorFen);
    await this.append(events, [beside]);
  }

  async seal(t: number): Promise<void> {
    const leaves = catalogueLeaves(this.taken.state, 1);
    const catalogue = await this.township.log.catalogueRoot(this.taken.showId, leaves);
    await this.play(t, { by: 'host', name: 'seal', catalogue });
  }

  async register(t: number, memberId: string): Promise<string> {
    const { store } = this.township;
    const { showId } = this.taken;
    const { bidder, id } = await store.newcomer(showId, memberId);
    const events = this.decide(t, { by: 'platform', name: 'register', bidder, id, kind: 'buyer' });
    const seat = store.seat(showId, memberId);
    await this.append(events, [(manager) => seat(manager, events)]);
    return bidder;
  }

  bidOf(bidder: string, lot: string, amountFen: number, more: Partial<Bid> = {}): Command {
    const offering = this.taken.state.lots[lot]!.offerings.length;
    const nth = nextNth(this.taken.book, bidder);
    const bidId = `bid-${bidder}-${lot}-${offering}-${nth}`.slice(0, 64);
    return {
      by: bidder,
      name: 'bid',
      bidder,
      nth,
      bid: { bidId, lot, offering, amountFen, confirmed: true, ...more },
    };
  }
}
