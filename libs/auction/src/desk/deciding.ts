import { refusalOf } from '@qingpai/platform';
import {
  type BidAnswer,
  type CommandAnswer,
  endsWithCheckpoint,
  type Bid,
  type LoggedEvent,
  type OfferingState,
  type Reason,
  type ShowState,
} from '@qingpai/wire';
import {
  actMessage,
  answerOf,
  catalogueLeaves,
  type Command,
  decide,
  type DecidedEvent,
  type Decision,
  EXTENSION_MAX_MS,
  isKnownId,
  isTxnReused,
  keysToSign,
  nextNth,
  type OnBlock,
  openLots,
  refusalsLogged,
  runningClock,
  silenceOnClockMs,
} from '../rules/index.js';
import { refusedBid } from './answers.js';
import { type Draft, fold, foldDue, secretsOf } from './draft.js';
import * as limits from './limits.js';
import { type Asked, type Beside, type Place, type PlaceOf, setsGoing } from './line.js';
import { type Signatures } from './signatures.js';

/** What became of one place in line. The answer is told after the commit. */
export interface Outcome {
  tell: () => void;
  /** Somebody is told what another owner of the log might put otherwise. */
  isOurWord: boolean;
  beside?: { write: Beside; leaves: readonly LoggedEvent[] };
}

/** Nobody waits for it. */
const unasked: Outcome = { tell: () => undefined, isOurWord: false };

/** Decides one place on the draft and folds what happens. Nothing has happened yet: the commit is still to come. */
export function decidePlace(draft: Draft, place: Place, known: KnownBefore): Outcome {
  if (place.kind === 'giveBack') return giveBack(draft, place);
  foldDue(draft, place.t);
  if (place.kind === 'due') return unasked;
  const t = heardAtMs(draft, place);
  if (place.kind === 'bid') {
    const answer = decideBid(draft, { ...place, t }, known.isSigned);
    // The leaf that beat it says so whoever owns the log by now.
    return { tell: () => place.answer(answer), isOurWord: answer.ok || answer.beatenBy === undefined };
  }
  return decideCommand(draft, { ...place, t }, known);
}

/** A lot does not begin or go on in a silence, though somebody asked for it then; nor is who stands behind it earlier. */
function heardAtMs({ state, silentUntilMs }: Draft, place: Place): number {
  const isAfterwards = setsGoing(place) || state.t >= silentUntilMs;
  return isAfterwards ? Math.max(place.t, silentUntilMs) : place.t;
}

/** What had to be looked up before the place could be decided. */
export interface KnownBefore {
  /** Root of the list that a seal would take in, base64. */
  catalogue: string;
  /** Root of the books that a settlement would commit to, base64. */
  books: string;
  /** Of a bid: a key of its bidder signed it. */
  isSigned: boolean;
  signatures: Signatures;
}

// ---------------------------------------------------------------- bids

function decideBid(draft: Draft, { t, bid, bidder, form }: PlaceOf<'bid'>, isSigned: boolean): BidAnswer {
  const known = answerOf(draft.book, bid, bidder);
  if (known) return known;
  const nth = nextNth(draft.book, bidder);
  if ((bid.nth ?? nth) !== nth) return refusedBid(bid.bidId, 'wrong-nth', { nth });
  const unsigned = form ? null : faultOfSignature(draft.state, bid, bidder, isSigned);
  if (unsigned) return refusedBid(bid.bidId, unsigned, { nth });
  const command: Command = { by: bidder, name: 'bid', bidder, bid, nth, ...(form && { form }) };
  const decision = decide(draft.state, command, t, secretsOf(draft));
  if (!form) sign(decision, bid.sig);
  if (!decision.ok) return refuseBid(draft, decision, { t, bid, bidder, nth });
  const leaves = fold(draft, decision.events, t);
  const answer = answerOf(draft.book, bid, bidder);
  if (!answer)
    throw new Error(`bug: an accepted bid left no leaf (${leaves.map(({ type }) => type).join()})`);
  return answer;
}

/** Who has registered a key signs; who has none cannot. */
function faultOfSignature(
  { bidders }: ShowState,
  { sig, nth }: Bid,
  bidder: string,
  isSigned: boolean,
): Reason | null {
  const keys = Object.hasOwn(bidders, bidder) ? bidders[bidder]!.keys : [];
  if (sig === undefined) return keys.length === 0 ? null : 'signature-missing';
  if (nth === undefined) return 'signature-missing';
  return isSigned ? null : 'bad-signature';
}

/** The author's signature goes into the leaf that the author caused: the first one. */
function sign({ events }: Decision, sig: string | undefined): void {
  if (sig !== undefined && events[0]) events[0].sig = sig;
}

/**
 * Some refusals are leaves, up to a number per bidder and offering; the rest are answers only. So is one for a price
 * that was reached in front of it in the line: by the time it is told, the leaf that it names is in the log.
 */
function refuseBid(
  draft: Draft,
  decision: Extract<Decision, { ok: false }>,
  { t, bid, bidder, nth }: Pick<PlaceOf<'bid'>, 't' | 'bid' | 'bidder'> & { nth: number },
): BidAnswer {
  const { reason, beatenBy, leastFen } = decision;
  // A maximum that was exactly this high bids up to it first, and that is a leaf.
  const isBeaten = reason === 'not-above-price' && decision.events.length === 1;
  if (isBeaten || decision.events.length === 0)
    return refusedBid(bid.bidId, reason, { beatenBy, leastFen, nth });
  if (refusalsLogged(draft.book, { ...bid, bidder }) >= draft.state.rules.refusalsLoggedMax)
    return refusedBid(bid.bidId, 'slow-down', { leastFen, nth });
  // Last, since what a maximum did just before comes first.
  const leaf = fold(draft, decision.events, t).at(-1);
  return refusedBid(bid.bidId, reason, { i: leaf!.i, beatenBy, leastFen, nth: nth + 1 });
}

// ---------------------------------------------------------------- commands

function decideCommand(draft: Draft, place: PlaceOf<'command'>, known: KnownBefore): Outcome {
  const answer = place.asked.length === 1 ? decideOne(draft, place, known) : decideAll(draft, place, known);
  const told = { tell: () => place.answer(answer), isOurWord: true };
  if (!answer.ok || !place.beside) return told;
  return { ...told, beside: { write: place.beside, leaves: answer.events } };
}

function decideOne(draft: Draft, { asked, t }: PlaceOf<'command'>, known: KnownBefore): CommandAnswer {
  return decideAsked(draft, asked[0]!, t, known);
}

/** All or nothing: decided on a copy, which takes the draft's place only when nothing was refused. */
function decideAll(draft: Draft, { asked, t }: PlaceOf<'command'>, known: KnownBefore): CommandAnswer {
  const trial: Draft = {
    state: structuredClone(draft.state),
    book: structuredClone(draft.book),
    floors: new Map(draft.floors),
    proxies: new Map(draft.proxies),
    leaves: [...draft.leaves],
    silentUntilMs: draft.silentUntilMs,
  };
  const events: LoggedEvent[] = [];
  for (const [k, one] of asked.entries()) {
    const answer = decideAsked(trial, one, t, known);
    if (!answer.ok) return { ...answer, errors: [{ path: String(k), message: answer.message.en }] };
    events.push(...answer.events);
  }
  Object.assign(draft, trial);
  return { ok: true, events };
}

function decideAsked(draft: Draft, asked: Asked, t: number, known: KnownBefore): CommandAnswer {
  const { signatures } = known;
  if (asked.name === 'bidFor' && isKnownId(draft.book, asked.bid.bidId)) return refusalOf('id-reused');
  if (asked.name === 'proxy') {
    const settled = settledProxy(draft, asked);
    if (settled) return settled;
    if (asked.secret) draft.proxies.set(asked.proxy.bidId, asked.secret);
  }
  const command = commandOf(draft, asked, known);
  const decision = decide(draft.state, command, t, secretsOf(draft));
  if (!decision.ok) {
    if (asked.name === 'proxy') draft.proxies.delete(asked.proxy.bidId);
    return { ...refusalOf(decision.reason), ...(decision.lots && { lots: decision.lots }) };
  }
  // By whatever door it comes, and whatever other table knows the reference: both judges would find it in the log.
  if (decision.events.some((event) => isTxnReused(draft.book, draft.state, event)))
    return refusalOf('reference-used');
  const unsigned = faultOfAct(draft.state, decision.events[0]!, asked.sig, signatures);
  if (unsigned) {
    if (asked.name === 'proxy') draft.proxies.delete(asked.proxy.bidId);
    return refusalOf(unsigned);
  }
  sign(decision, asked.sig);
  if (asked.name === 'catalogue' || asked.name === 'amend') draft.floors.set(asked.lot.lot, asked.floorFen);
  return { ok: true, events: fold(draft, decision.events, t) };
}

function commandOf({ book }: Draft, asked: Asked, { catalogue, books }: KnownBefore): Command {
  if (asked.name === 'seal') return { ...asked, catalogue };
  if (asked.name === 'settle') return { ...asked, books };
  if (asked.name !== 'bidFor') return asked;
  const { by, bidder, bid } = asked;
  return { by, name: 'bid', bidder, bid, nth: nextNth(book, bidder) };
}

/** A maximum under an id that is known is the same one, or a mistake; and it is the next of its bidder's bids. */
function settledProxy({ book }: Draft, asked: Extract<Asked, { name: 'proxy' }>): CommandAnswer | null {
  const { bidder, nth, proxy } = asked;
  const known = book.proxies.get(proxy.bidId);
  if (known) {
    const isSame = known.bidder === bidder && known.lot === proxy.lot && known.max === proxy.max;
    return isSame ? { ok: true, events: [] } : refusalOf('id-reused');
  }
  if (isKnownId(book, proxy.bidId)) return refusalOf('id-reused');
  return nth === nextNth(book, bidder) ? null : refusalOf('wrong-nth');
}

/**
 * Acts that their author answers for with a key of his own (LEDGER §2): once the office has one, it signs. No other
 * command carries a signature.
 */
function faultOfAct(
  state: ShowState,
  event: DecidedEvent,
  sig: string | undefined,
  signatures: Signatures,
): Reason | null {
  const keys = keysToSign(state, event);
  if (sig === undefined) return keys.length === 0 ? null : 'signature-missing';
  const message = actMessage(event, state.origin);
  return keys.some((key) => signatures.isGood(key, message, sig)) ? null : 'bad-signature';
}

/** The leaves that `show.sealed` is to commit to: the list that gathers drafts now. */
export const leavesToSeal = (state: ShowState): number[] => catalogueLeaves(state, state.seals.length + 1);

/** Whether the log cuts its batch here, so that a checkpoint ends exactly after these leaves. */
export const cutsBatch = (leaves: readonly LoggedEvent[]): boolean => leaves.some(endsWithCheckpoint);

// ---------------------------------------------------------------- time given back

/**
 * What every open lot gets back of the time in which nobody could be heard. This stands before what is due: a close, or
 * a step of the clock, that fell into the silence has not happened yet.
 */
function giveBack(draft: Draft, place: PlaceOf<'giveBack'>): Outcome {
  draft.silentUntilMs = Math.max(draft.silentUntilMs, place.toMs);
  if (runningClock(draft.state)) shiftClock(draft, place);
  else for (const block of openLots(draft.state)) extendLot(draft, block, place);
  return unasked;
}

/**
 * The clock goes back at the end of the silence, and with it the stamp of all that waits behind: who pressed meanwhile
 * is heard now, at the price where the clock stood.
 */
function shiftClock(draft: Draft, { t, fromMs, toMs, cause }: PlaceOf<'giveBack'>): void {
  const { state } = draft;
  const atMs = Math.max(t, toMs, state.t);
  const byMs = silenceOnClockMs(state, { fromMs, toMs: atMs }, secretsOf(draft));
  if (state.block === null || byMs === null || byMs <= limits.STALL_MS) return;
  happen(draft, { by: 'platform', name: 'shift', lot: state.block, byMs, cause }, atMs);
}

/** A rising lot near its end; any other needs nothing. */
function extendLot(
  draft: Draft,
  { lot, offering }: OnBlock,
  { t, fromMs, toMs, cause }: PlaceOf<'giveBack'>,
): void {
  const closesAt = closeAfter(offering, { fromMs, toMs }, draft.state.rules.windowMs);
  if (!closesAt) return;
  happen(draft, { by: 'platform', name: 'extend', lot: lot.lot, closesAt, cause }, t);
}

function happen(draft: Draft, command: Command, t: number): void {
  const decision = decide(draft.state, command, t, secretsOf(draft));
  if (!decision.ok) throw new Error(`bug: time could not be given back: ${decision.reason}`);
  fold(draft, decision.events, t);
}

/**
 * When a rising lot should close after nobody could be heard from `fromMs` to `toMs`: with as much time left as
 * there was, but no more than a window, and at most a minute past its close. Null when that helps nobody: the close is
 * far off, or it was dark for so long that the lot closes at its time.
 */
export function closeAfter(
  { closesAt, frozenAt }: Pick<OfferingState, 'closesAt' | 'frozenAt'>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  windowMs: number,
): number | null {
  if (closesAt === null || frozenAt !== null || closesAt <= fromMs) return null;
  const wantedMs = toMs + Math.min(closesAt - fromMs, windowMs);
  const grantedMs = Math.min(wantedMs, closesAt + EXTENSION_MAX_MS);
  return grantedMs > Math.max(closesAt, toMs) ? grantedMs : null;
}
