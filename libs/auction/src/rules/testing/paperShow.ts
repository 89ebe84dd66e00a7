import { sha256 } from '@noble/hashes/sha2.js';
import { publicKeyOf, signEd25519, toBase64, utf8 } from '@qingpai/ledger/rules';
import {
  type BidderKind,
  defaultRules,
  type EventBody,
  type EventType,
  type LoggedEvent,
  type LotState,
  type Office,
  type OfferingState,
  type Reason,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import {
  actMessage,
  approvalNote,
  approvalStatement,
  type BidBook,
  bidBook,
  bidMessage,
  type Command,
  decide,
  type DecidedEvent,
  decideDue,
  type Decision,
  dueAtMs,
  evolve,
  evolveBook,
  initialShow,
  judge,
  keysToSign,
  nextNth,
  proxyCommitment,
  type ProxySecret,
  stepsOfFen,
  signedBidOf,
  toldAgainOf,
} from '../index.js';
import { commandsOf } from '../commandsOf.js';
import { present } from '../press.js';

/** A hash where the test does not care which. */
export const HASH = `${'A'.repeat(43)}=`;
export const GROWER = 'grower-aaaaaaaaa';
export const LIN = 'lin-aaaaaaaaaaaa';
export const WU = 'wu-aaaaaaaaaaaaa';
export const CHEN = 'chen-aaaaaaaaaaa';
export const HALL = 'hall-aaaaaaaaaaa';
export const HOST = 'host-aaaaaaaaaaa';
export const OFFICER = 'officer-aaaaaaaa';

/** A key that anybody on paper can make again from the name. */
export interface PaperKey {
  /** Base64. */
  key: string;
  sign(message: Uint8Array): string;
}
export function paperKey(name: string): PaperKey {
  const seed = sha256(utf8(name));
  return {
    key: toBase64(publicKeyOf(seed)),
    sign: (message) => toBase64(signEd25519(seed, message)),
  };
}

/** A lot in a test: what differs from a pot of hydrangea at ¥36 without a floor. */
export type PaperLot = Partial<EventBody<'lot.catalogued'>> & { floorFen?: number };

const pot = (lot: string, { floorFen = 0, ...differs }: PaperLot = {}): EventBody<'lot.catalogued'> => ({
  list: 1,
  lot,
  number: lot.slice(1).padStart(3, '0'),
  title: '绣球',
  grower: GROWER,
  unit: '盆',
  units: 1,
  format: 'english',
  startFen: 3_600,
  floor: floorFen > 0 ? HASH : null,
  ...differs,
});

type HostAsk = Command extends infer C ? (C extends { by: unknown } ? Omit<C, 'by'> : never) : never;

export interface PaperOptions {
  rules?: Partial<ShowRules>;
  /** Lots of the main list, by id; the show is sealed and opened with them. */
  lots?: Record<string, PaperLot>;
  /** Leave the show a draft. */
  draft?: true;
  /** Everybody registers a key and signs: the three buyers, the host, and an officer who approves what is sealed. */
  signed?: true;
  /** The show before, after a restore: its people, sales and money are taken over. */
  takesOver?: Pick<PaperShow, 'state' | 'leaves'>;
  /** What leaf 0 says beside or in place of the origin of every paper show. */
  opened?: Partial<EventBody<'log.opened'>>;
}

/**
 * A show on paper: a desk without clock, database or line. It stamps what is asked as told, lets happen whatever is due
 * before, and has every leaf judged at once, with the floors and without them: what is decided must be found right.
 */
export class PaperShow {
  readonly state: ShowState;
  readonly book: BidBook = bidBook();
  readonly leaves: LoggedEvent[] = [];
  readonly floors = new Map<string, number>();
  readonly proxies = new Map<string, ProxySecret>();
  /** Whoever signs, by public key. */
  readonly keys = new Map<string, PaperKey>();
  private bids = 0;

  constructor({ rules, lots = {}, draft, signed, opened, takesOver }: PaperOptions = {}) {
    this.state = initialShow(present({ ...defaultRules, ...rules }));
    const origin = 'market.example/shows/20261124-01';
    this.does(0, { name: 'openLog', body: { origin, witnesses: [], ...opened } });
    if (takesOver) this.tellsAgain(takesOver);
    else {
      for (const bidder of [LIN, WU, CHEN]) this.register(bidder, 'buyer', signed && paperKey(bidder));
      this.register(HOST, 'host');
    }
    if (signed) {
      this.enrol(HOST, 'host');
      this.enrol(OFFICER, 'officer');
    }
    for (const [lot, paper] of Object.entries(lots)) this.describe(0, lot, paper);
    if (draft) return;
    this.does(0, { name: 'seal', catalogue: HASH });
    this.does(0, { name: 'open' });
  }

  // ---------------------------------------------------------------- asking

  register(bidder: string, kind: BidderKind = 'buyer', key?: PaperKey): void {
    if (key) this.keys.set(key.key, key);
    this.does(this.state.t, present({ name: 'register', bidder, id: HASH, kind, key: key?.key }));
  }
  /** What a log that goes on from that one begins with. */
  private tellsAgain({ state, leaves }: Pick<PaperShow, 'state' | 'leaves'>): void {
    const atMs = Math.max(this.state.t, state.t);
    for (const event of toldAgainOf(state, leaves)) {
      const [command] = commandsOf({ ...event, i: this.state.next, t: atMs } as LoggedEvent);
      // What was forfeited comes with its default.
      if (!command) continue;
      const { by, ...asked } = command;
      this.does(atMs, asked as HostAsk, by);
    }
  }
  /** Someone with an office brings his key; the platform writes it. */
  enrol(person: string, office: Office): void {
    const key = paperKey(person);
    this.keys.set(key.key, key);
    this.does(this.state.t, { name: 'enrol', person, office, key: key.key }, 'platform');
  }
  /** The officer says that she compared the list with the floor. */
  approve(atMs: number, list = 1): void {
    const seal = this.state.seals.find((one) => one.list === list)!;
    const note = approvalNote(approvalStatement({ origin: this.state.origin, ...seal }));
    this.does(atMs, { name: 'approve', list, note, key: paperKey(OFFICER).key }, 'officer');
  }
  describe(atMs: number, lot: string, paper: PaperLot = {}): Decision {
    return this.ask(atMs, {
      name: 'catalogue',
      lot: pot(lot, { list: this.state.seals.length + 1, ...paper }),
      floorFen: paper.floorFen ?? 0,
    });
  }
  amend(atMs: number, lot: string, paper: PaperLot): Decision {
    return this.ask(atMs, { name: 'amend', lot: pot(lot, paper), floorFen: paper.floorFen ?? 0 });
  }

  /** Asks as the host (or as `by`); whatever is due by then happens before. */
  ask(atMs: number, asked: HostAsk, by: Command['by'] = 'host'): Decision {
    this.pass(atMs);
    const decision = decide(this.state, { by, ...asked } as Command, atMs, this);
    this.log(decision.events, atMs);
    if (decision.ok && (asked.name === 'catalogue' || asked.name === 'amend')) {
      this.floors.set(asked.lot.lot, asked.floorFen);
    }
    return decision;
  }
  /** Asks for what must be granted; answers the leaves it made. */
  does(atMs: number, asked: HostAsk, by?: Command['by']): LoggedEvent[] {
    this.pass(atMs);
    const from = this.leaves.length;
    const decision = this.ask(atMs, asked, by);
    if (!decision.ok) throw new Error(`${asked.name} was refused: ${decision.reason}`);
    return this.leaves.slice(from);
  }
  /** Why it was refused, or null. */
  reason(atMs: number, asked: HostAsk, by?: Command['by']): Reason | null {
    const decision = this.ask(atMs, asked, by);
    return decision.ok ? null : decision.reason;
  }

  /** A bid on what is on the block (or on what `more` names); null when it was accepted, else the reason. */
  bid(
    atMs: number,
    bidder: string,
    amountFen: number,
    more: {
      lot?: string;
      offering?: number;
      units?: number;
      run?: number;
      confirmed?: true;
      buyNow?: true;
      id?: string;
    } = {},
  ): Reason | null {
    const decision = this.press(atMs, bidder, amountFen, more);
    return decision.ok ? null : decision.reason;
  }
  press(
    atMs: number,
    bidder: string,
    amountFen: number,
    more: {
      lot?: string;
      offering?: number;
      units?: number;
      run?: number;
      confirmed?: true;
      buyNow?: true;
      id?: string;
    } = {},
  ): Decision {
    this.pass(atMs);
    this.bids += 1;
    const {
      lot = this.state.block ?? 'L1',
      id = `bid-${String(this.bids).padStart(6, '0')}`,
      ...rest
    } = more;
    const offering = this.state.lots[lot]?.offerings.length || 1;
    const bid = { bidId: id, lot, offering, amountFen, ...rest };
    return this.ask(atMs, { name: 'bid', bidder, bid, nth: nextNth(this.book, bidder) }, bidder);
  }

  /** A maximum bid; why it was refused, or null. */
  most(atMs: number, bidder: string, maxFen: number, lot = this.state.block ?? 'L1'): Reason | null {
    this.pass(atMs);
    this.bids += 1;
    const bidId = `most-${String(this.bids).padStart(6, '0')}`;
    const secret = sha256(utf8(bidId));
    const { [lot]: described } = this.state.lots;
    const steps = described && stepsOfFen(this.state.rules, described, maxFen);
    const proxy = { bidId, lot, max: proxyCommitment(secret, steps ?? 0) };
    this.proxies.set(bidId, { maxFen, secret });
    const decision = this.ask(
      atMs,
      { name: 'proxy', bidder, proxy, nth: nextNth(this.book, bidder) },
      bidder,
    );
    return decision.ok ? null : decision.reason;
  }

  /** Lets time pass: whatever is due by then happens, each thing at its own time. */
  pass(toMs: number): void {
    for (let dueAt = dueAtMs(this.state, this); dueAt !== null && dueAt <= toMs;) {
      const atMs = Math.max(this.state.t, dueAt);
      this.log(decideDue(this.state, atMs, this), atMs);
      dueAt = dueAtMs(this.state, this);
    }
  }

  /** Nobody could be heard for so long, until now: what fell into the silence has not happened before this. */
  givesBack(atMs: number, byMs: number, lot = 'L1', by: Command['by'] = 'platform'): Reason | null {
    const asked: Command = { by, name: 'shift', lot, byMs, cause: 'dark' };
    const decision = decide(this.state, asked, atMs, this);
    if (!decision.ok) return decision.reason;
    this.log(decision.events, atMs);
    return null;
  }

  private log(events: readonly DecidedEvent[], t: number): void {
    for (const event of events) {
      const leaf: LoggedEvent = this.signed({ ...event, i: this.state.next, t });
      for (const floors of [undefined, this.floors]) {
        const finding = judge(this.state, this.book, leaf, floors);
        if (finding) throw new Error(`${JSON.stringify(leaf)} is found wrong: ${finding.code} ${finding.en}`);
      }
      evolve(this.state, leaf);
      evolveBook(this.book, leaf);
      this.leaves.push(leaf);
    }
  }

  /** With its author's signature, where he owes one. */
  signed(leaf: LoggedEvent): LoggedEvent {
    const { origin } = this.state;
    if (leaf.type === 'bid.accepted' || leaf.type === 'bid.refused') {
      const { bidder, lot, offering, form } = leaf.body;
      const [key] = this.state.bidders[bidder]?.keys ?? [];
      if (form || key === undefined) return leaf;
      const isClock = (this.state.lots[lot]?.offerings[offering - 1]?.clock ?? null) !== null;
      return { ...leaf, sig: this.keys.get(key)!.sign(bidMessage(signedBidOf(leaf, isClock), origin)) };
    }
    const [key] = keysToSign(this.state, leaf);
    return key === undefined ? leaf : { ...leaf, sig: this.keys.get(key)!.sign(actMessage(leaf, origin)) };
  }

  // ---------------------------------------------------------------- looking

  lot(lot = 'L1'): LotState {
    const found = this.state.lots[lot];
    if (!found) throw new Error(`no lot ${lot}`);
    return found;
  }
  offering(lot = 'L1'): OfferingState {
    const last = this.lot(lot).offerings.at(-1);
    if (!last) throw new Error(`${lot} was never offered`);
    return last;
  }
  /** Bodies of the leaves of a type, in order. */
  said<T extends EventType>(type: T): EventBody<T>[] {
    return this.leaves.filter((leaf) => leaf.type === type).map(({ body }) => body as EventBody<T>);
  }
  /** Types of the leaves since an index. */
  types(from = 0): EventType[] {
    return this.leaves.slice(from).map(({ type }) => type);
  }
}
