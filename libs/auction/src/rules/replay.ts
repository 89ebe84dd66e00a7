import { type LoggedEvent, type LotState, type Reason, ruleWords, type ShowState } from '@qingpai/wire';
import { type BidBook, isKnownId, isTxnReused, nextNth, refusalsLogged } from './bidBook.js';
import { type DecidedEvent, type Decision, type Secrets } from './command.js';
import { commandsOf, isBid } from './commandsOf.js';
import { decide } from './decide.js';
import { decideDue, dueAtMs } from './due.js';
import { closeEvent, extensionAfter } from './english.js';
import { type Finding, found, type RuleFindingCode } from './findings.js';
import {
  both,
  either,
  exactly,
  type FloorRange,
  floorSoFar,
  saidByEvent,
  saidByNothingDue,
} from './floorClaims.js';
import { answersJump, isAuto, judgeAuto, jumpOf, outlivesLeaf } from './replayAuto.js';
import { same } from './same.js';
import { forfeitAfter } from './deposits.js';
import { isBought } from './lot.js';
import { saidByNobodyLeft, saidByPrice, soldBy } from './offers.js';
import { hammer } from './sales.js';
import { entry, onBlock, thisOnBlock } from './show.js';
import { isTakingOver } from './takenOver.js';

/** Floors that are opened, fen per unit, by lot (officer's bundle); none in the public one. */
export type OpenedFloors = ReadonlyMap<string, number>;

/** What a leaf is judged by. */
interface Case {
  state: ShowState;
  book: BidBook;
  event: LoggedEvent;
  secrets: Secrets;
}

/**
 * Is this leaf what the rules allow or demand in this state? The rules run both ways: what was accepted must be
 * acceptable, what was refused refusable for exactly that reason, and what was due must have happened. The command
 * behind the leaf is made again and decided anew on the state before it. Of lots whose floors are not opened, any
 * floor that explains their leaves will do. Who may write which leaf is not judged here.
 * @param state before the event; the caller folds the event when nothing was found
 * @param book before the event too; what the event tells of a floor is noted in it when nothing was found
 */
export function judge(
  state: ShowState,
  book: BidBook,
  event: LoggedEvent,
  floors: OpenedFloors = new Map(),
): Finding | null {
  const misplaced =
    judgePlace(state, event) ?? judgeOpenings(state, event, floors) ?? judgeJump(state, book, event, floors);
  if (misplaced) return misplaced;
  const lot = lotOf(state, event);
  const said = lot && lot.floor !== null ? saidOfFloor(state, lot, event) : [null];
  const results = said.map((range) => judgeReading(state, book, event, floors, range));
  if (!results.includes(null)) return results[0] ?? null;
  if (lot) {
    const right = said.filter((_, at) => results[at] === null);
    remember(book, lot, right);
  }
  if (isAuto(event)) book.jump = jumpOf(state, book, event);
  else if (!outlivesLeaf(event)) book.jump = null;
  const block = onBlock(state);
  const undue = block && !givesTimeBack(event) ? saidByNothingDue(block, event) : null;
  if (block && undue) remember(book, block.lot, [undue]);
  return null;
}

/** Between what a leaf says of its lot's floor, in every way it can be read. */
function saidOfFloor(state: ShowState, lot: LotState, event: LoggedEvent): FloorRange[] {
  if (event.type === 'offer.made') return [saidByPrice(state, lot, event.body)];
  const isNobodyLeft = event.type === 'offers.ended' && event.by === 'platform';
  return isNobodyLeft ? [saidByNobodyLeft(state, lot)] : saidByEvent(state.rules, lot, event);
}

const afterClose: ReadonlySet<LoggedEvent['type']> = new Set([
  'sale.paid',
  'sale.refunded',
  'sale.defaulted',
  'pay.extended',
  'sale.packed',
  'sale.shipped',
  'sale.received',
  'claim.filed',
  'claim.proposed',
  'claim.granted',
  'claim.declined',
  'claim.closed',
  'payout.made',
  'recording.kept',
  ...(['clawback.taken', 'clawback.repaid', 'clawback.carried'] as const),
  'show.settled',
  ...(['sale.offered', 'sale.accepted', 'sale.declined', 'sale.lapsed', 'lot.carried'] as const),
  ...(['deposit.forfeited', 'deposit.released', 'deposit.returned'] as const),
]);

/** A log has a first leaf, and a last. */
function judgePlace(state: ShowState, { type }: LoggedEvent): Finding | null {
  if ((state.next === 0) !== (type === 'log.opened')) return found('first-leaf');
  if (state.phase === 'settled') return found('after-settled');
  const afterClosed = afterClose.has(type);
  return state.phase === 'closed' && !afterClosed ? found('after-closed') : null;
}

/** What only the openings tell: no lot was sealed that could be sold below its floor. */
function judgeOpenings(state: ShowState, event: LoggedEvent, floors: OpenedFloors): Finding | null {
  if (event.type !== 'show.sealed') return null;
  const wrong = Object.values(state.lots).some(
    ({ lot, phase, format, startFen }) =>
      phase === 'draft' && format === 'dutch' && startFen < (floors.get(lot) ?? 0),
  );
  if (wrong) return found('start-below-floor');
  const isCapBelow = Object.values(state.lots).some(
    ({ lot, phase, capFen, buyNowFen }) =>
      phase === 'draft' && Math.min(capFen ?? Infinity, buyNowFen ?? Infinity) < (floors.get(lot) ?? 0),
  );
  return isCapBelow ? found('cap-below-floor') : null;
}

// ---------------------------------------------------------------- floors, opened or not

/**
 * Judges with a floor that fits all so far and this reading of the event. Where no floor fits both, the event is judged
 * on its own terms: if it is right on those, what is wrong is what it says of the floor.
 */
function judgeReading(
  state: ShowState,
  book: BidBook,
  event: LoggedEvent,
  floors: OpenedFloors,
  said: FloorRange | null,
): Finding | null {
  const about = lotOf(state, event);
  const known = new Map<string, number>();
  let contradicts = false;
  for (const lot of [onBlock(state)?.lot, about]) {
    if (!lot || lot.floor === null) continue;
    const soFar = knownRange(book, lot, floors);
    const range = lot === about && said && soFar ? both(soFar, said) : soFar;
    contradicts ||= range === null;
    known.set(lot.lot, (range ?? said ?? exactly(1)).atLeastFen);
  }
  const finding = judgeCase({ state, book, event, secrets: { floors: known } });
  return finding ?? (contradicts ? found('floor-contradicts') : null);
}

function knownRange(book: BidBook, lot: LotState, floors: OpenedFloors): FloorRange | null {
  const opened = floors.get(lot.lot);
  if (opened !== undefined) return exactly(opened);
  const [soFar, told] = [floorSoFar(lot), book.floors.get(lot.lot)];
  return soFar && told ? both(soFar, told) : soFar;
}

/** What was once said of a floor stays said: where a clock ended, or a re-offer began, no state keeps it. */
function remember(book: BidBook, { lot }: LotState, readings: readonly (FloorRange | null)[]): void {
  const said = either(readings.flatMap((range) => range ?? []));
  const before = book.floors.get(lot);
  const range = before && said ? both(before, said) : said;
  if (range) book.floors.set(lot, range);
}

const lotOf = (state: ShowState, { body }: LoggedEvent): LotState | undefined =>
  'lot' in body ? entry(state.lots, body.lot) : undefined;

/** An automatic bid went further than one step: the leaf after it says for whom, or the floor lies just there. */
function judgeJump(
  state: ShowState,
  book: BidBook,
  event: LoggedEvent,
  floors: OpenedFloors,
): Finding | null {
  const { jump } = book;
  if (!jump || event.i <= jump.i || answersJump(jump, event)) return null;
  const lot = entry(state.lots, jump.lot)!;
  const known = jump.lift && knownRange(book, lot, floors);
  const range = known && jump.lift && both(known, jump.lift);
  if (!range) return found('auto-unfounded');
  remember(book, lot, [range]);
  return null;
}

/** At the end of a log: an automatic bid that no leaf gives a reason for. */
export const endsOnJump = ({ jump }: BidBook): boolean => jump !== null && jump.lift === null;

// ---------------------------------------------------------------- what had to happen

function judgeCase(of: Case): Finding | null {
  const { state, book, event, secrets } = of;
  const owed = owedNow(state, book);
  if (owed) return isThat(owed.event, event) ? null : found(owed.missing);
  const dueAt = dueAtMs(state, secrets);
  if (dueAt !== null && event.t >= dueAt && !givesTimeBack(event)) return judgeDue(of);
  if (isAuto(event)) return judgeAuto(state, event, secrets);
  return isBid(event) ? judgeBid(of, event) : judgeAct(of);
}

/** What an accepted bid or offer, or a default, brings with it, and must be the very next leaf. */
function owedNow(state: ShowState, book: BidBook): { event: DecidedEvent; missing: RuleFindingCode } | null {
  const { last, previous } = book;
  if (previous?.type === 'offer.accepted') {
    return { event: soldBy(state, previous.body), missing: 'offer-unhammered' };
  }
  const forfeit =
    previous?.type === 'sale.defaulted' && forfeitAfter(state, state.sales[previous.body.sale]!);
  if (forfeit) return { event: forfeit, missing: 'deposit-unforfeited' };
  const block = last && thisOnBlock(state, last.lot);
  if (!last || !block || typeof block === 'string') return null;
  if (last.pressedFen !== undefined) {
    const sale = hammer(state, block, last.bidder, last.units ?? 1, last.amountFen);
    return { event: { ...sale, by: 'platform' }, missing: 'take-unhammered' };
  }
  const isLast = block.offering.leaderBid === state.next - 1;
  if (isLast && isBought(block.lot, block.offering)) {
    return { event: closeEvent(state, block), missing: 'take-unhammered' };
  }
  const event = isLast ? extensionAfter(state.rules, block, state.t) : null;
  return event && { event, missing: 'extension-missing' };
}

/** After a stall or a dark time what is due may lie behind, and the platform gives time back in its place. */
const givesTimeBack = (event: LoggedEvent): boolean =>
  event.type === 'clock.shifted' || (event.type === 'lot.extended' && event.body.cause !== 'bid');

function judgeDue({ state, event, secrets }: Case): Finding | null {
  const [due] = decideDue(state, event.t, secrets);
  if (!due) throw new Error('bug: something was due and nothing happens');
  if (isThat(due, event)) return null;
  const ends = event.by === 'platform' && (event.type === 'lot.hammered' || event.type === 'lot.setAside');
  if (ends && (due.type === 'lot.hammered' || event.type === 'lot.hammered')) return found('hammer-differs');
  return found(due.type === event.type ? 'due-differs' : 'due-skipped');
}

const isThat = (expected: DecidedEvent, event: LoggedEvent): boolean =>
  expected.by === event.by && isSaid(expected, event);

const isSaid = (expected: DecidedEvent | undefined, event: LoggedEvent): boolean =>
  expected?.type === event.type && same(expected.body, event.body);

// ---------------------------------------------------------------- bids, both ways

type BidEvent = Extract<LoggedEvent, { type: 'bid.accepted' | 'bid.refused' }>;

function judgeBid(of: Case, event: BidEvent): Finding | null {
  const { book, state } = of;
  const { bid, bidder, nth } = event.body;
  if (isKnownId(book, bid)) return found('bid-id-twice');
  if (nth !== nextNth(book, bidder)) return found('nth-gap');
  if (event.type === 'bid.refused' && refusalsLogged(book, event.body) >= state.rules.refusalsLoggedMax) {
    return found('refusals-uncapped');
  }
  const [decision] = decisionsOf(of);
  if (!decision) throw new Error('bug: no command stands behind a bid');
  return event.type === 'bid.accepted' ? judgeAccepted(decision, event) : judgeRefused(decision, event);
}

function judgeAccepted(decision: Decision, event: BidEvent): Finding | null {
  if (!decision.ok) return found('bid-not-acceptable', ruleWords(decision.reason));
  return isSaid(decision.events[0], event) ? null : found('bid-differs');
}

function judgeRefused(decision: Decision, event: Extract<BidEvent, { type: 'bid.refused' }>): Finding | null {
  if (decision.ok) return found('good-bid-refused');
  if (decision.reason !== event.body.reason) {
    return found('refused-for-other-reason', ruleWords(decision.reason));
  }
  return isSaid(decision.events[0], event) ? null : found('bid-differs');
}

// ---------------------------------------------------------------- everything else

function judgeAct(of: Case): Finding | null {
  const { state, book, event } = of;
  if (isTxnReused(book, state, event)) return found('txn-reused');
  if (event.type === 'proxy.placed') {
    const { bid, bidder, nth } = event.body;
    if (isKnownId(book, bid)) return found('bid-id-twice');
    if (nth !== nextNth(book, bidder)) return found('nth-gap');
  }
  // What the server does by itself happens when it is due, and judged there.
  const isTold = isTakingOver(state);
  if (!isTold && event.by === 'platform' && ladderLeaves.has(event.type)) return found('due-early');
  const decisions = decisionsOf(of);
  if (decisions.some((decision) => decision.ok && isActual(decision, event))) return null;
  const reasonsGiven = decisions.flatMap((decision) => (decision.ok ? [] : [decision.reason]));
  const reason = reasonsGiven.find((each) => each in refusals) ?? reasonsGiven[0];
  return reason === undefined || reasonsGiven.length < decisions.length
    ? found(differing(event))
    : refusedAct(event, reason);
}

const ladderLeaves: ReadonlySet<LoggedEvent['type']> = new Set([
  ...(['lot.offered', 'lot.passed', 'lot.carried', 'offer.made', 'offer.lapsed', 'offers.ended'] as const),
  ...(['sale.offered', 'sale.lapsed', 'deposit.forfeited', 'deposit.released'] as const),
]);

/** Whether a witness had signed in time is proved by cosignatures, not by the rules. */
const isActual = (decision: Decision, event: LoggedEvent): boolean =>
  isSaid(decision.events[0], event) || (event.type === 'show.opened' && event.body.witnessed);

const decisionsOf = ({ state, event, secrets }: Case): Decision[] =>
  commandsOf(event).map((command) => decide(state, command, event.t, secrets));

const refusals: Partial<Record<Reason, RuleFindingCode>> = {
  'no-more-offerings': 'offered-too-often',
  'lots-left': 'lots-left',
};

function refusedAct(event: LoggedEvent, reason: Reason): Finding {
  if (event.type === 'lot.extended') return found('extension-unfounded', ruleWords(reason));
  if (event.type === 'clock.shifted') return found('shift-unfounded', ruleWords(reason));
  return found(refusals[reason] ?? 'not-allowed', ruleWords(reason));
}

/** It could have happened, but not as it is logged; or not by a command at all, and it was not due. */
function differing(event: LoggedEvent): RuleFindingCode {
  switch (event.type) {
    case 'lot.hammered':
      return 'hammer-early';
    case 'clock.restarted':
    case 'lot.setAside':
      return event.by === 'platform' ? 'due-early' : 'differs';
    case 'lot.extended':
      return 'extension-unfounded';
    case 'clock.shifted':
      return 'shift-unfounded';
    case 'show.sealed':
      return 'sealed-miscounted';
    case 'show.closed':
      return 'closed-miscounted';
    case 'show.settled':
      return 'settled-miscounted';
    default:
      return 'differs';
  }
}
