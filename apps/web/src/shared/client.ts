import { evolveFrame } from '@qingpai/auction/rules';
import type {
  Bid,
  BidAnswer,
  ChatLine,
  EventsFrame,
  JoinAnswer,
  LotCard,
  LoggedEvent,
  Refusal,
  RoomMe,
  ShowCard,
  ShowEnd,
  ShowState,
  SignedHead,
  Snapshot,
  Stage,
  WitnessState,
} from '@qingpai/wire';
import type { chatFrame, clientMessages, meFrame, okAnswer, presence, sinceAnswer } from '@qingpai/wire';
import type { Reason } from '@qingpai/wire/reasons';
import type { z } from 'zod';

/**
 * The room as a page holds it: it joins, folds frames with the server's own `evolve`, heals gaps, and keeps
 * asking after a bid, with the same id, until there is an answer. It never touches a socket: what it sends
 * goes through `port.send`, what arrives comes in by the `handle…` functions.
 */
type Name = keyof typeof clientMessages;
type Payload<N extends Name> = z.input<(typeof clientMessages)[N]['payload']>;
type Answer<N extends Name> = z.infer<(typeof clientMessages)[N]['answer']>;

export interface RoomPort {
  /** Send one message. `answer` is called at most once; never when the connection is lost meanwhile. */
  send<N extends Name>(name: N, payload: Payload<N>, answer: (answer: Answer<N>) => void): void;
  /** The second door, while the socket is down: the same bid over HTTP. Null: no answer either. */
  post?(bid: Bid): Promise<BidAnswer | null>;
  /**
   * Completes a bid before it goes out: its count, the head we hold, our signature. Never fails: what cannot be signed
   * goes out as it is.
   * @param trouble why the same bid was refused a moment ago; null on the first try
   */
  sign?(bid: Bid, trouble: Mendable | null): Promise<Bid>;
  /** Milliseconds that only ever grow: performance.now(). */
  monotonicMs(): number;
  /** Run later; returns how to call it off. */
  later(run: () => void, afterMs: number): () => void;
  newId(): string;
  /** Each event after it was folded, in order; not those that came in a snapshot. */
  onEvent?(event: LoggedEvent): void;
  onBid?(made: BidMade): void;
  onJoined?(serverNowMs: number): void;
  /** A bid's final answer, or one with which it was made anew; its receipt is still to be checked. */
  onAnswer?(bid: Bid, answer: BidAnswer): void;
  /** The newest signed head, as it stood when the room was entered. */
  onHead?(head: SignedHead): void;
}

/** Refusals of the envelope, not of the bid: signed anew, under a new id, it may pass. Each is mended once. */
const mendable = ['wrong-nth', 'bad-signature', 'signature-missing', 'unknown-head'] as const;
export type Mendable = (typeof mendable)[number];

/** hidden: all is well, no banner. */
export type Link = 'joining' | 'hidden' | 'slow' | 'reconnecting' | 'recovered' | 'ended';
export type BidStage = 'sending' | 'unknown' | 'accepted' | 'outbid' | 'refused';

export interface BidMade {
  bid: Bid;
  stage: BidStage;
  sentAtMs: number;
  /** Leaf index of the bid, once accepted (or of its refusal, if that is in the log). */
  i: number | null;
  answer: BidAnswer | null;
  /** Signed, and on its way: from now on it is asked with this very body. */
  ready: boolean;
  mended: Mendable[];
}

export interface RoomView {
  showId: string;
  state: ShowState | null;
  card: ShowCard | null;
  cards: Record<string, LotCard>;
  code: string | null;
  witness: WitnessState | null;
  /** Live video; null: nobody has sent any. */
  stage: Stage | null;
  /** Its log takes nothing more although it was not closed: called off, or continued by another show. */
  ended: ShowEnd | null;
  chat: ChatLine[];
  slowMs: number;
  watching: number;
  /** Buyers who wait to be admitted; only hosts are told. */
  waiting: number;
  me: RoomMe;
  link: Link;
  /** Events caught up after the last break. */
  caughtUp: number;
  /** When something was last heard (monotonic), for "last received". */
  heardAtMs: number;
  /** Why the room could not be entered, or why it ended. */
  reason: Reason | null;
  /** Bids of this visit, oldest first. At most one is without an answer. */
  bids: BidMade[];
}

export interface RoomClient {
  readonly view: RoomView;
  /** The bid that waits for its answer, or null. */
  pending(): BidMade | null;
  handleConnect(): void;
  handleDisconnect(): void;
  handleEvents(frame: EventsFrame): void;
  handleChat(frame: z.infer<typeof chatFrame>): void;
  handlePresence(frame: z.infer<typeof presence>): void;
  handleMe(frame: z.infer<typeof meFrame>): void;
  handleWaiting(frame: { waiting: number }): void;
  handleWitness(frame: WitnessState): void;
  handleStage(frame: Stage): void;
  handleBye(frame: { reason: Reason }): void;
  /** Bid, unless one is still without an answer: then that one is returned and nothing is sent. */
  bid(wish: Omit<Bid, 'bidId' | 'nth'>): BidMade;
  say(text: string, answer: (answer: z.infer<typeof okAnswer>) => void): void;
  /** Any other message, with the same care for slowness. */
  send<N extends Name>(name: N, payload: Payload<N>, answer: (answer: Answer<N>) => void): void;
}

const SLOW_AFTER_MS = 1_500;
const ASK_AGAIN_MS = 2_000;
const RECOVERED_SHOWN_MS = 3_000;
const CHAT_LINES_MAX = 200;
/** Reasons that settle nothing: the same id may be asked again. */
const retryable: readonly Reason[] = ['not-ready', 'too-busy', 'internal'];

const guest: RoomMe = {
  role: null,
  nickname: null,
  bidder: null,
  paddle: null,
  nth: null,
  waiting: false,
  muted: false,
  proxies: [],
};

/**
 * @param wrap gives the view back as something a page can watch (Vue's `reactive`); all changes go through it.
 */
export function roomClient(
  showId: string,
  port: RoomPort,
  options: { snapshot?: Snapshot | null; wrap?: <T extends object>(value: T) => T } = {},
): RoomClient {
  const wrap = options.wrap ?? ((value) => value);
  const view = wrap<RoomView>({
    showId,
    state: null,
    card: null,
    cards: {},
    code: null,
    witness: null,
    stage: null,
    ended: null,
    chat: [],
    slowMs: 0,
    watching: 0,
    waiting: 0,
    me: { ...guest },
    link: 'joining',
    caughtUp: 0,
    heardAtMs: port.monotonicMs(),
    reason: null,
    bids: [],
  });
  let connected = false;
  let broken = false;
  let healing = false;
  /** Highest index that came in a frame which did not fit. */
  let missedTo = -1;
  let unanswered = 0;
  let connection = 0;
  let hideBanner = () => {};

  // ---- the link

  /** Every message goes through here: one that is not answered within 1.5 s makes the link slow. */
  function send<N extends Name>(name: N, payload: Payload<N>, answer: (answer: Answer<N>) => void): void {
    const current = connection;
    let waits = false;
    const callOff = port.later(() => {
      if (current !== connection || !connected) return;
      waits = true;
      unanswered += 1;
      if (view.link === 'hidden' || view.link === 'recovered') view.link = 'slow';
    }, SLOW_AFTER_MS);
    port.send(name, payload, (answered) => {
      callOff();
      if (current !== connection) return;
      if (waits) unanswered -= 1;
      heard();
      answer(answered);
    });
  }
  function heard(): void {
    view.heardAtMs = port.monotonicMs();
    if (view.link === 'slow' && unanswered === 0) view.link = 'hidden';
  }

  // ---- joining and folding

  function join(): void {
    const from = view.state?.next;
    send('join', from === undefined ? { showId } : { showId, from }, handleJoined);
  }
  function handleJoined(answer: JoinAnswer): void {
    if (!answer.ok) return refuseEntry(answer);
    view.me = answer.me;
    view.watching = answer.watching;
    view.witness = answer.witness;
    view.ended = answer.ended ?? null;
    view.stage = answer.stage ?? null;
    view.reason = null;
    const before = view.state?.next ?? 0;
    if (answer.snapshot) takeSnapshot(answer.snapshot);
    if (answer.since) takeFrame(answer.since);
    settleLink(Math.max(0, (view.state?.next ?? 0) - before));
    if (view.state && view.state.next <= missedTo) heal();
    port.onJoined?.(answer.serverNowMs);
    port.onHead?.(answer.head);
    const waits = pending();
    if (waits?.ready) ask(waits);
  }
  function refuseEntry(answer: Refusal): void {
    view.reason = answer.reason;
    if (retryable.includes(answer.reason)) port.later(() => connected && join(), ASK_AGAIN_MS);
    else view.link = 'ended';
  }
  function settleLink(caughtUp: number): void {
    hideBanner();
    if (!broken) {
      view.link = 'hidden';
      return;
    }
    broken = false;
    view.caughtUp = caughtUp;
    view.link = 'recovered';
    hideBanner = port.later(() => {
      if (view.link === 'recovered') view.link = 'hidden';
    }, RECOVERED_SHOWN_MS);
  }
  function takeSnapshot(snapshot: Snapshot): void {
    view.state = snapshot.state;
    view.card = snapshot.card;
    view.cards = Object.fromEntries(snapshot.cards.map((card) => [card.lot, card]));
    view.code = snapshot.code;
    view.witness = snapshot.witness;
    view.ended = snapshot.ended ?? view.ended;
    view.chat = snapshot.chat;
    view.slowMs = snapshot.slowMs;
  }
  /** Returns whether the frame fitted. */
  function takeFrame(frame: EventsFrame): boolean {
    const fits = view.state !== null && evolveFrame(view.state, frame, notice);
    if (!fits) missedTo = Math.max(missedTo, frame.to);
    return fits;
  }
  function notice(event: LoggedEvent): void {
    noticeOutbid(event);
    noticeCount(event);
    port.onEvent?.(event);
  }
  function heal(): void {
    if (healing || !view.state) return;
    healing = true;
    send('since', { from: view.state.next }, handleSince);
  }
  function handleSince(answer: z.infer<typeof sinceAnswer>): void {
    healing = false;
    if (!answer.ok) {
      port.later(() => connected && heal(), ASK_AGAIN_MS);
      return;
    }
    takeFrame(answer.since);
    if (answer.more || (view.state && view.state.next <= missedTo)) heal();
  }

  // ---- bids

  const pending = (): BidMade | null =>
    view.bids.find((made) => made.stage === 'sending' || made.stage === 'unknown') ?? null;

  function bid(wish: Omit<Bid, 'bidId' | 'nth'>): BidMade {
    const waits = pending();
    if (waits) return waits;
    view.bids.push({
      bid: { ...wish, bidId: port.newId() },
      stage: 'sending',
      sentAtMs: port.monotonicMs(),
      i: null,
      answer: null,
      ready: false,
      mended: [],
    });
    const made = view.bids.at(-1) as BidMade; // as wrapped, so that the page sees it change
    sendSigned(made, null);
    return made;
  }
  /** The page says 发送中 at once; the signature comes in the same breath, or when its code has been fetched. */
  function sendSigned(made: BidMade, trouble: Mendable | null): void {
    const go = () => {
      made.ready = true;
      ask(made);
    };
    if (!port.sign) return go();
    void port.sign({ ...made.bid }, trouble).then((signed) => {
      made.bid = signed;
      go();
    });
  }
  /** Ask once, and again with the same id as long as there is no answer. A lost bid is unknown, never assumed. */
  function ask(made: BidMade): void {
    const current = connection;
    const { bidId } = made.bid;
    const again = (afterMs: number) =>
      port.later(() => {
        if (made.answer || made.bid.bidId !== bidId) return;
        made.stage = 'unknown';
        if (current === connection) ask(made);
      }, afterMs);
    again(made.stage === 'sending' ? SLOW_AFTER_MS : ASK_AGAIN_MS);
    const answered = (answer: BidAnswer | null) => {
      if (answer && made.bid.bidId === bidId) handleBidAnswer(made, answer);
    };
    if (connected) send('bid', { ...made.bid }, answered);
    else void port.post?.({ ...made.bid }).then(answered);
  }
  function handleBidAnswer(made: BidMade, answer: BidAnswer): void {
    if (made.answer) return;
    if (!answer.ok && retryable.includes(answer.reason)) {
      made.stage = 'unknown';
      return;
    }
    if (answer.nth) view.me.nth = answer.nth;
    port.onAnswer?.({ ...made.bid }, answer);
    if (!answer.ok && mends(made, answer.reason)) return;
    made.answer = answer;
    made.i = answer.i ?? null;
    made.stage = answer.ok ? (isBeaten(made) ? 'outbid' : 'accepted') : 'refused';
    port.onBid?.(made);
  }
  /** Not a word to the buyer: it is still the same wish. */
  function mends(made: BidMade, reason: Reason): boolean {
    const trouble = mendable.find((one) => one === reason);
    if (!trouble || !port.sign || made.mended.includes(trouble)) return false;
    made.mended.push(trouble);
    const { nth: _nth, seen: _seen, sig: _sig, ...wish } = made.bid;
    made.bid = { ...wish, bidId: port.newId() };
    made.ready = false;
    made.stage = 'sending';
    made.sentAtMs = port.monotonicMs();
    sendSigned(made, trouble);
    return true;
  }
  const offeringOf = (made: BidMade) =>
    view.state?.lots[made.bid.lot]?.offerings[made.bid.offering - 1] ?? null;
  /** The answer may come after the frame that already told of a higher bid. */
  function isBeaten(made: BidMade): boolean {
    const offering = offeringOf(made);
    return (
      offering?.format === 'english' &&
      (offering.priceFen ?? 0) > made.bid.amountFen &&
      offering.leader !== view.me.bidder
    );
  }
  function noticeOutbid(event: LoggedEvent): void {
    if (event.type !== 'bid.accepted') return;
    for (const made of view.bids) {
      if (made.stage !== 'accepted' || made.bid.lot !== event.body.lot || !isBeaten(made)) continue;
      made.stage = 'outbid';
      port.onBid?.(made);
    }
  }

  /** A bid of ours from another device counts too. */
  function noticeCount({ type, body }: LoggedEvent): void {
    const { me } = view;
    const counts = type === 'bid.accepted' || type === 'proxy.placed';
    if (counts && body.bidder === me.bidder && me.nth !== null) me.nth = Math.max(me.nth, body.nth + 1);
  }

  if (options.snapshot) takeSnapshot(options.snapshot);

  return {
    view,
    pending,
    bid,
    send,
    say: (text, answer) => send('chat', { text }, answer),
    handleConnect() {
      connected = true;
      connection += 1;
      unanswered = 0;
      healing = false;
      join();
    },
    handleDisconnect() {
      connected = false;
      connection += 1;
      if (view.link === 'ended') return;
      broken = view.state !== null;
      view.link = broken ? 'reconnecting' : 'joining';
      const waits = pending();
      if (!waits?.ready) return;
      waits.stage = 'unknown';
      if (port.post) ask(waits);
    },
    handleEvents(frame) {
      heard();
      if (!takeFrame(frame)) heal();
    },
    handleChat(frame) {
      heard();
      if (frame.kind === 'slow') view.slowMs = frame.slowMs;
      else if (frame.kind === 'removed') view.chat = view.chat.filter((line) => line.id !== frame.id);
      else view.chat = [...view.chat, frame.line].slice(-CHAT_LINES_MAX);
    },
    handlePresence(frame) {
      heard();
      view.watching = frame.watching;
    },
    handleMe(frame) {
      heard();
      view.me = frame.me;
    },
    handleWaiting(frame) {
      view.waiting = frame.waiting;
    },
    handleWitness(frame) {
      view.witness = frame;
    },
    handleStage(frame) {
      heard();
      view.stage = frame;
    },
    handleBye(frame) {
      // Coming again, one is told which show goes on.
      if (frame.reason === 'show-continued' || frame.reason === 'show-cancelled') return;
      view.reason = frame.reason;
      view.link = 'ended';
    },
  };
}
