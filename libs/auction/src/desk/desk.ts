import { fromBase64 } from '@qingpai/ledger/rules';
import { refusalOf } from '@qingpai/platform';
import {
  type Bid,
  type BidAnswer,
  type BidderKind,
  type CommandAnswer,
  type EventBody,
  type EventsFrame,
  type LoggedEvent,
  type ChanceAnswer,
  type EventType,
  type OfferAnswer,
  type OfferAnswered,
  type OwnProxy,
  type ProxyAnswer,
  type ProxyAsk,
  type Reason,
  type Receipt,
  type ShowState,
} from '@qingpai/wire';
import {
  answerOf,
  bidMessage,
  decide,
  isAutoBidId,
  nextNth,
  PROXY_STEPS_MAX,
  proxyCommitment,
  type ProxySecret,
  runningClock,
  signedBid,
  stepsOfFen,
} from '../rules/index.js';
import { heardUntilMs, type ShowHead, type TakenShow } from '../store/showLog.js';
import { bidKey, CommandAnswers, type RefusedBid, refusedBid, RefusedBids } from './answers.js';
import { leavesToSeal } from './deciding.js';
import { secretsOf } from './draft.js';
import { DueTimer } from './dueTimer.js';
import { type FrameListener, FrameTeller, pageSince } from './frames.js';
import { DESK_IDLE_MS } from './limits.js';
import { LifeSigns } from './lifeSigns.js';
import { type Asked, type Beside } from './line.js';
import { type DeskPorts } from './ports.js';
import { ShowClock } from './showClock.js';
import { Writer } from './writer.js';

/** Who takes a paddle: a pseudonym, and the commitment to the identity behind it (base64). */
export interface Newcomer {
  bidder: string;
  id: string;
  kind: BidderKind;
  /** A key of the device at hand, base64, and which device that is (per-show pseudonym). */
  key?: string;
  device?: string;
}
export type Registered = { ok: true; bidder: string; paddle: number } | { ok: false; reason: Reason };

interface InFlight {
  bidder: string;
  key: string;
  answer: Promise<BidAnswer>;
}

/**
 * The desk of one live show, its only writer. Everything asked is stamped on arrival and takes its place in one
 * line at once, and so does whatever is due; answers and frames follow the commit (DESIGN §2).
 */
export class Desk {
  private readonly writer: Writer;
  private readonly frames: FrameTeller;
  private readonly dues: DueTimer;
  private readonly signs: LifeSigns;
  private readonly refused = new RefusedBids();
  private readonly commandAnswers = new CommandAnswers();
  private readonly inFlight = new Map<string, InFlight>();
  private readonly registering = new Map<string, Promise<Registered>>();
  private readonly endListeners = new Set<() => void>();
  private readonly stopWatching: () => void;
  private readonly clock: ShowClock;
  private askedAtMs: number;

  private constructor(
    readonly showId: string,
    taken: TakenShow,
    private readonly ports: DeskPorts,
  ) {
    const { timers, watch } = ports;
    const clock = new ShowClock(ports.clock);
    clock.goOnFrom(heardUntilMs(taken));
    this.clock = clock;
    this.writer = new Writer(
      showId,
      taken,
      ports,
      clock,
      () => this.handleCommitted(),
      () => this.handleFenced(),
    );
    this.frames = new FrameTeller(() => this.writer.memory.events, clock, timers);
    this.dues = new DueTimer(
      () => this.writer.memory.nextDueMs(),
      () => this.writer.turnsAway ?? this.writer.place({ kind: 'due' }),
      clock,
      timers,
    );
    this.signs = new LifeSigns(
      () => runningClock(this.state) !== null,
      () => (this.writer.isHearing ? this.nowMs() : null),
      (atMs) => ports.log.sign({ showId, epoch: this.writer.memory.epoch }, atMs),
      timers,
    );
    this.stopWatching = watch.onStall(({ fromMs, toMs }) =>
      this.writer.placeStall(clock.of(fromMs), clock.of(toMs)),
    );
    this.askedAtMs = clock.nowMs();
  }

  /** Takes the show over: from now on this desk is its only writer. Throws what the log throws. */
  static async open(showId: string, ports: DeskPorts): Promise<Desk> {
    const taken = await ports.log.takeOver(showId);
    const desk = new Desk(showId, taken, ports);
    // Nothing is known of the time since the last leaf or sign of life: nobody may have been heard.
    desk.writer.placeDark(heardUntilMs(taken));
    desk.dues.arm();
    desk.signs.arm();
    return desk;
  }

  /** Finishes what stands in line and takes nothing more. */
  async close(): Promise<void> {
    this.dues.stop();
    this.stopWatching();
    await this.signs.close();
    await this.writer.close();
  }

  private handleCommitted(): void {
    this.frames.upTo(this.writer.memory.events.length - 1);
    this.dues.arm();
    this.signs.arm();
  }

  private handleFenced(): void {
    this.dues.stop();
    this.signs.stop();
    this.stopWatching();
    for (const tell of this.endListeners) tell();
  }

  /** Another owner has taken the log over: whoever wants this show asks for its desk anew. */
  onEnded(listener: () => void): void {
    this.endListeners.add(listener);
  }

  // ---------------------------------------------------------------- what is known

  /** The show as committed. It is folded further in place: send or copy it before you wait for anything. */
  get state(): ShowState {
    return this.writer.memory.committed;
  }
  get head(): ShowHead {
    return this.writer.memory.head;
  }
  /** Nobody asks or listens, and nothing will happen by itself: this desk can be put away. */
  get isIdle(): boolean {
    const quietMs = this.nowMs() - this.askedAtMs;
    const busy = this.writer.isBusy || this.frames.listening || this.writer.memory.nextDueMs() !== null;
    return !busy && quietMs > DESK_IDLE_MS;
  }
  /** The clock that stamps; pages count down by it. */
  nowMs(): number {
    return this.clock.nowMs();
  }
  /** A page of announced events from an index on; while there is `more`, ask again from `since.to + 1`. */
  since(from: number): { since: EventsFrame; more: boolean } {
    this.askedAtMs = this.nowMs();
    return pageSince(this.writer.memory.events, from);
  }
  /** A committed leaf, refusals included. */
  leaf(i: number): LoggedEvent | undefined {
    return this.writer.memory.events[i];
  }
  /**
   * The receipt of a committed leaf; null: there is no such leaf.
   * @param from size of a head that the asker holds
   */
  receipt(i: number, from?: number): Receipt | null {
    const { events, receipts } = this.writer.memory;
    const event = events[i];
    return event ? receipts.of(event, from) : null;
  }
  /** What would be sealed now; null: no list gathers drafts. */
  async sealDraft(): Promise<EventBody<'show.sealed'> | null> {
    const { clock } = this;
    const { log } = this.ports;
    const leaves = leavesToSeal(this.state);
    const catalogue = await log.catalogueRoot(this.showId, leaves);
    const asked = { by: 'host', name: 'seal', catalogue } as const;
    const decision = decide(this.state, asked, clock.nowMs(), secretsOf(this.writer.memory.draft));
    const [event] = decision.events;
    return event?.type === 'show.sealed' ? event.body : null;
  }
  /** One conflated frame per tick, after the commit; answers how to stop listening. */
  onFrame(listener: FrameListener): () => void {
    return this.frames.onFrame(listener);
  }
  /** The count this bidder's next bid should carry. */
  nthOf(bidder: string): number {
    return nextNth(this.writer.memory.draft.book, bidder);
  }
  paddleOf(bidder: string): number | null {
    const { bidders } = this.state;
    return Object.hasOwn(bidders, bidder) ? bidders[bidder]!.paddle : null;
  }

  // ---------------------------------------------------------------- what is asked

  /**
   * Answered after the commit. The same bidId gets the same answer, always. A bid at or below the committed price is
   * refused at once, names the leaf that beat it, and leaves nothing in the log.
   */
  bid(
    bid: Bid,
    { bidder }: { bidder: string },
    { form = false }: { form?: boolean } = {},
  ): Promise<BidAnswer> {
    this.askedAtMs = this.nowMs();
    const known = this.knownAnswer(bid, bidder);
    if (known) return known;
    const away = this.writer.turnsAway;
    if (away) return Promise.resolve(refusedBid(bid.bidId, away));
    if (bid.seen && !this.writer.memory.receipts.holds(bid.seen)) {
      return this.refuseAsOwner(bid, bidder, 'unknown-head');
    }
    const t = this.writer.stamp();
    const beaten = this.isInDoubt(bid.bidId) ? null : this.beatenAlready(bid, bidder, t);
    if (beaten) return this.keepRefusal(bid, bidder, beaten);
    return this.placeBid(bid, bidder, form, t);
  }

  /** Refuses a bid unseen, e.g. with `slow-down`; one that has its answer already gets that. */
  refuse(bid: Bid, { bidder }: { bidder: string }, reason: Reason): Promise<BidAnswer> {
    return this.knownAnswer(bid, bidder) ?? this.keepRefusal(bid, bidder, refusedBid(bid.bidId, reason));
  }

  /**
   * One command, or several decided all or nothing (`errors[0].path` tells which one was refused). `beside` is
   * written in the same transaction and may throw `Refused`. With an id, the same id gets the same answer.
   */
  command(asked: Asked | readonly Asked[], beside?: Beside, commandId?: string): Promise<CommandAnswer> {
    this.askedAtMs = this.nowMs();
    const all = [asked].flat() as Asked[];
    if (commandId === undefined) return this.placeCommand(all, beside);
    return this.commandAnswers.once(commandId, all, () => this.placeCommand(all, beside));
  }

  /**
   * A paddle for a newcomer, numbered from 1 up; who has one keeps it, and may add the key of another device. `beside`
   * is written with the paddle, not with a further key.
   */
  async register(newcomer: Newcomer, beside?: Beside): Promise<Registered> {
    const { bidder, key } = newcomer;
    // Two screens of one person at once: the second asks what the first has got.
    while (this.registering.has(bidder)) await this.registering.get(bidder);
    const paddle = this.paddleOf(bidder);
    if (paddle !== null && (key === undefined || this.state.bidders[bidder]!.keys.includes(key))) {
      return { ok: true, bidder, paddle };
    }
    const registering = this.placeNewcomer(newcomer, paddle === null ? beside : undefined);
    this.registering.set(bidder, registering);
    return registering.finally(() => this.registering.delete(bidder));
  }

  private async placeNewcomer(newcomer: Newcomer, beside?: Beside): Promise<Registered> {
    const answer = await this.command({ by: 'platform', name: 'register', ...newcomer }, beside);
    if (!answer.ok) return { ok: false, reason: answer.reason };
    const paddle = this.paddleOf(newcomer.bidder);
    if (paddle === null) throw new Error('bug: registered without a paddle');
    return { ok: true, bidder: newcomer.bidder, paddle };
  }

  /**
   * A maximum bid. What it goes up to stays here; `beside` keeps it for a restart. The same id gets the same answer.
   */
  async proxy(ask: ProxyAsk, bidder: string, beside: (secret: ProxySecret) => Beside): Promise<ProxyAnswer> {
    const { bidId, lot: id, maxFen, nth = this.nthOf(bidder), seen, sig } = ask;
    const refused = (reason: Reason): ProxyAnswer => ({
      ...{ ...refusalOf(reason), bidId, verdict: 'refused' as const },
      nth: this.nthOf(bidder),
    });
    const lot = Object.hasOwn(this.state.lots, id) ? this.state.lots[id]! : null;
    if (!lot) return refused('unknown-lot');
    if (isAutoBidId(bidId)) return refused('malformed');
    if (seen && !this.writer.memory.receipts.holds(seen))
      return refused((await this.writer.unlessOwner()) ?? 'unknown-head');
    const steps = stepsOfFen(this.state.rules, lot, maxFen);
    if (steps === null || steps > PROXY_STEPS_MAX) return refused('off-grid');
    const secret = { maxFen, secret: fromBase64(ask.secret)! };
    const proxy = { bidId, lot: id, max: proxyCommitment(secret.secret, steps), ...(seen && { seen }) };
    const asked: Asked = { by: bidder, name: 'proxy', bidder, proxy, nth, sig, secret };
    const keep = beside(secret);
    // Asked again under the same id, there is no leaf, and nothing to keep.
    const answer = await this.command(asked, async (manager, leaves) => {
      if (leaves.length > 0) await keep(manager, leaves);
    });
    if (!answer.ok) return refused(answer.reason);
    const placed = this.writer.memory.draft.book.proxies.get(bidId)!;
    const leading = this.state.lots[id]!.offerings.at(-1)?.leader === bidder;
    return { ok: true, bidId, verdict: 'placed', i: placed.i, t: placed.t, nth: placed.nth + 1, leading };
  }

  /** The answer to what is offered to him alone; the same answer again gets the same answer. */
  async answerOffer(
    { offer, accept, sig }: OfferAnswer,
    bidder: string,
    { form = false }: { form?: boolean } = {},
  ): Promise<OfferAnswered> {
    const asked: Asked = { by: bidder, name: 'answerOffer', offer, accept, ...(form ? { form } : { sig }) };
    const answer = await this.command(asked);
    const type = accept ? 'offer.accepted' : 'offer.declined';
    const given = answer.ok ? answer.events[0]!.i : this.givenAnswer(type, { offer, bidder });
    if (given === null) return answer as Extract<CommandAnswer, { ok: false }>;
    const { [given + 1]: next } = this.writer.memory.events;
    const sale = accept && next?.type === 'lot.hammered' && { sale: next.body.sale };
    return { ok: true, i: given, ...sale };
  }

  /** The same to a second chance; accepted, he owes that sale. */
  async answerChance({ sale, accept, sig }: ChanceAnswer, bidder: string): Promise<OfferAnswered> {
    const answer = await this.command({ by: bidder, name: 'answerChance', sale, accept, sig });
    const type = accept ? 'sale.accepted' : 'sale.declined';
    const given = answer.ok ? answer.events[0]!.i : this.givenAnswer(type, { sale, bidder });
    if (given === null) return answer as Extract<CommandAnswer, { ok: false }>;
    return { ok: true, i: given, ...(accept && { sale }) };
  }

  /** The leaf in which he gave this very answer before; null: he did not. */
  private givenAnswer(
    type: EventType,
    said: { bidder: string; offer?: string; sale?: string },
  ): number | null {
    const isIt = (body: object) =>
      Object.entries(said).every(([name, value]) => (body as Record<string, unknown>)[name] === value);
    const leaf = this.writer.memory.events.findLast((event) => event.type === type && isIt(event.body));
    return leaf?.i ?? null;
  }

  /** Maximum bids of his that still count; nobody else is told. */
  proxiesOf(bidder: string): OwnProxy[] {
    const { proxies } = this.writer.memory.draft;
    return Object.values(this.state.lots).flatMap(({ lot, proxies: placed }) =>
      placed
        .filter((one) => one.bidder === bidder)
        .map(({ bid }) => ({ lot, bidId: bid, maxFen: proxies.get(bid)!.maxFen })),
    );
  }

  // ---------------------------------------------------------------- answers at once

  private knownAnswer(bid: Bid, bidder: string): Promise<BidAnswer> | null {
    const flying = this.inFlight.get(bid.bidId);
    const isMine = flying?.bidder === bidder && flying.key === bidKey(bid);
    if (flying) return isMine ? flying.answer : Promise.resolve(refusedBid(bid.bidId, 'id-reused'));
    const kept = this.refused.find(bidder, bid.bidId);
    if (kept)
      return Promise.resolve(kept.key === bidKey(bid) ? kept.answer : refusedBid(bid.bidId, 'id-reused'));
    const logged = answerOf(this.writer.memory.draft.book, bid, bidder);
    return logged && !this.isInDoubt(bid.bidId) ? Promise.resolve(logged) : null;
  }

  /** The log may hold this bid or not: whoever asks waits in line until it has been read anew. */
  private isInDoubt(bidId: string): boolean {
    const { draft, doubtful, committed } = this.writer.memory;
    const logged = doubtful ? draft.book.bids.get(bidId) : undefined;
    return logged !== undefined && logged.i >= committed.next;
  }

  /** Judged by the rules on committed facts alone, so that nothing can take the refusal back. */
  private beatenAlready(bid: Bid, bidder: string, t: number): RefusedBid | null {
    const { lots } = this.state;
    const lot = Object.hasOwn(lots, bid.lot) ? lots[bid.lot] : undefined;
    if (bid.amountFen > (lot?.offerings[bid.offering - 1]?.priceFen ?? 0)) return null;
    const nth = this.nthOf(bidder);
    const command = { by: bidder, name: 'bid', bidder, bid, nth } as const;
    const decision = decide(this.state, command, t, secretsOf(this.writer.memory.draft));
    if (decision.ok || decision.reason !== 'not-above-price') return null;
    const { reason, beatenBy, leastFen } = decision;
    return refusedBid(bid.bidId, reason, { beatenBy, leastFen, nth });
  }

  /** By what is known here, which is not enough when another owner has written since. */
  private async refuseAsOwner(bid: Bid, bidder: string, reason: Reason): Promise<BidAnswer> {
    const away = await this.writer.unlessOwner();
    if (away) return refusedBid(bid.bidId, away);
    return this.keepRefusal(bid, bidder, refusedBid(bid.bidId, reason));
  }

  private keepRefusal(bid: Bid, bidder: string, answer: RefusedBid): Promise<BidAnswer> {
    this.refused.keep(bidder, bid, answer);
    return Promise.resolve(answer);
  }

  // ---------------------------------------------------------------- places in line

  private placeBid(bid: Bid, bidder: string, form: boolean, t: number): Promise<BidAnswer> {
    const answered = new Promise<BidAnswer>((resolve) => {
      const answer = (told: BidAnswer) => {
        this.inFlight.delete(bid.bidId);
        if (!told.ok) this.refused.keep(bidder, bid, told);
        resolve(told);
      };
      const isSigned = this.isSigned(bid, bidder);
      this.writer.place({ kind: 'bid', bid, bidder, form, isSigned, answer }, t);
    });
    this.inFlight.set(bid.bidId, { bidder, key: bidKey(bid), answer: answered });
    return answered;
  }

  /** On the thread pool, while what stands in front is being committed. */
  private isSigned(bid: Bid, bidder: string): Promise<boolean> {
    const { sig, nth } = bid;
    if (sig === undefined || nth === undefined) return Promise.resolve(false);
    const { bidders, lots, origin } = this.writer.memory.draft.state;
    const { keys } = Object.hasOwn(bidders, bidder) ? bidders[bidder]! : { keys: [] };
    const lot = Object.hasOwn(lots, bid.lot) ? lots[bid.lot]! : null;
    const isClock = (lot?.offerings[bid.offering - 1]?.clock ?? null) !== null;
    const message = bidMessage(signedBid(bid, bidder, nth, isClock), origin);
    return this.ports.signatures.isGoodSoon(keys, message, sig);
  }

  private placeCommand(asked: readonly Asked[], beside?: Beside): Promise<CommandAnswer> {
    const away = this.writer.turnsAway;
    if (away) return Promise.resolve(refusalOf(away));
    if (asked.length === 0) return Promise.resolve({ ok: true, events: [] });
    return new Promise((answer) => this.writer.place({ kind: 'command', asked, beside, answer }));
  }
}
