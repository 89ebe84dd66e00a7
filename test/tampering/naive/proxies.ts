import { needsDeposit } from './deposits.js';
import { type Leaf, type ShowRules } from '@qingpai/wire';
import { createHash } from 'node:crypto';
import { firstAmount, MOST_FEN, nextAmount, stepsTo } from './bids.js';
import { all, lotOf, type Lot, openLot, type Past, people, phaseOf } from './past.js';

/** Maximum bids (RULES §2.6, §2.7), told once more from the first leaf on and without knowing any maximum. */
type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;
type Placed = Of<'proxy.placed'>;
export type Auto = Of<'bid.accepted'>;

export const isAuto = (leaf: Leaf | undefined): leaf is Auto =>
  leaf?.type === 'bid.accepted' && leaf.body.auto === true;

/** Those that count on a lot now. */
export function placedOn(past: Past, id: string, rules: ShowRules): Placed[] {
  let placed: Placed[] = [];
  for (const leaf of past) {
    if (leaf.type === 'proxy.placed' && leaf.body.lot === id) {
      placed = [...placed.filter(({ body }) => body.bidder !== leaf.body.bidder), leaf];
    }
    if (leaf.type === 'proxy.withdrawn' && leaf.body.lot === id) {
      placed = placed.filter(({ body }) => body.bidder !== leaf.body.bidder);
    }
    const ends = ['lot.hammered', 'lot.setAside', 'lot.passed', 'lot.withdrawn', 'lot.carried'];
    if (!ends.includes(leaf.type) || !('lot' in leaf.body) || leaf.body.lot !== id) continue;
    // Of a clock only the last sale ends it.
    const after = lotOf(past.slice(0, leaf.i + 1), id, rules);
    if (after?.phase !== 'onBlock') placed = [];
  }
  return placed;
}

function placeable(past: Past, lot: Lot | null, bidder: string, nowMs: number): boolean {
  const person = people(past).find((one) => one.bidder === bidder);
  if (!lot || !person || person.banned || person.kind === 'hall') return false;
  if (person.kind === 'host' || bidder === lot.said.grower || lot.said.format !== 'english') return false;
  if (lot.phase === 'sealed') return true;
  const offering = lot.offerings.at(-1);
  if (lot.phase !== 'onBlock' || !offering || offering.clock) return false;
  return offering.frozenAt === null && nowMs < offering.closesAt!;
}

export function wrongPlacing(
  past: Past,
  rules: ShowRules,
  leaf: Placed | Of<'proxy.withdrawn'>,
): string | null {
  const phase = phaseOf(past);
  if (phase !== 'sealed' && phase !== 'open') return `${leaf.type} while ${phase}`;
  const { lot: id, bidder, bid } = leaf.body;
  const lot = lotOf(past, id, rules);
  if (leaf.type === 'proxy.placed')
    return placeable(past, lot, bidder, leaf.t) && !needsDeposit(past, rules, bidder, Infinity)
      ? null
      : 'placed where none may be';
  const mine = placedOn(past, id, rules).find(({ body }) => body.bidder === bidder);
  if (!lot || mine?.body.bid !== bid) return 'withdraws what is not there';
  return lot.phase === 'onBlock' && lot.offerings.at(-1)!.leader === bidder
    ? 'withdraws while it leads'
    : null;
}

const hashedTimes = (text: string, times: number): string => {
  let hash: Buffer = Buffer.from(text, 'base64');
  for (let n = 0; n < times; n++) hash = createHash('sha256').update(hash).digest();
  return hash.toString('base64');
};

/** What is wrong with an automatic bid, but for how far it goes. The body it has to have comes with it. */
export function wrongAuto(
  past: Past,
  rules: ShowRules,
  { body }: Auto,
): string | { expected: object; lot: Lot } {
  const block = openLot(past, rules, body.lot);
  if (!block || block.offering.clock) return 'not on the block';
  const { lot, offering, id } = block;
  const mine = placedOn(past, id, rules).find((one) => one.body.bidder === body.bidder);
  const person = people(past).find((one) => one.bidder === body.bidder);
  const { stepFen, startFen, capFen = Infinity } = lot.said;
  const steps = body.amountFen > MOST_FEN ? null : stepsTo(rules, stepFen, startFen, body.amountFen);
  if (!mine || !person || steps === null || steps > 1_000 || !body.reach) return 'no maximum behind it';
  if (hashedTimes(body.reach, steps) !== mine.body.max) return 'reach';
  const least =
    offering.priceFen === null
      ? firstAmount(rules, stepFen, startFen)
      : nextAmount(rules, stepFen, offering.priceFen);
  const ofAll = rules.bidLimitFen ?? MOST_FEN;
  const most = Math.min(person.limitFen ?? ofAll, MOST_FEN);
  if (person.banned || body.amountFen < least || body.amountFen > capFen) return 'not a bid now';
  if (BigInt(body.amountFen) * BigInt(offering.unitsLeft) > BigInt(most)) return 'over the limit';
  const { bidder, amountFen, reach } = body;
  const expected = {
    ...{ bid: `auto-${mine.i}-${steps}`, bidder, lot: id, offering: offering.number, amountFen },
    ...{ auto: true, reach, nth: 0 },
  };
  return { expected, lot };
}

// ---------------------------------------------------------------- how far it goes

const isItsExtension = (leaf: Leaf | undefined): boolean =>
  leaf?.type === 'lot.extended' && leaf.body.cause === 'bid';
const lotIn = ({ body }: Leaf): string | undefined => ('lot' in body ? (body.lot as string) : undefined);

/** The automatic bid that went further than one step, and for which the next leaf has to give the reason; or null. */
function openJump(
  past: Past,
  rules: ShowRules,
): { auto: Auto; isTie: boolean; mayBeLift: boolean; belowFen: number } | null {
  let at = past.length - 1;
  while (isItsExtension(past[at])) at--;
  const auto = past[at];
  if (!isAuto(auto)) return null;
  const before = past.slice(0, at);
  const { lot, offering } = openLot(before, rules, auto.body.lot)!;
  const previous = before.at(-1)!;
  const stirs =
    previous.t === auto.t &&
    lotIn(previous) === auto.body.lot &&
    (isItsExtension(previous) || ['bid.accepted', 'proxy.placed', 'lot.offered'].includes(previous.type));
  const { stepFen, startFen } = lot.said;
  const first = firstAmount(rules, stepFen, startFen);
  const least = offering.priceFen === null ? first : nextAmount(rules, stepFen, offering.priceFen);
  const isOwn = offering.leader === auto.body.bidder;
  const isRaised = isOwn && previous.type === 'proxy.placed' && previous.body.bidder !== auto.body.bidder;
  if (stirs && auto.body.amountFen === least && (!isOwn || isRaised)) return null;
  let belowFen = 0;
  for (let fen = first; fen < auto.body.amountFen; fen = nextAmount(rules, stepFen, fen)) belowFen = fen;
  const mayBeLift = stirs && auto.body.floorMet === true && !offering.floorMet;
  return { auto, isTie: !stirs, mayBeLift, belowFen };
}

/** Whether a bid that went far is given its reason by this leaf, or by the floor. */
export function wrongJump(
  past: Past,
  rules: ShowRules,
  leaf: Leaf,
  floorOf: (lot: string) => number,
): string | null {
  const jump = openJump(past, rules);
  if (!jump) return null;
  const { auto, isTie, mayBeLift, belowFen } = jump;
  const isHere = leaf.t === auto.t && lotIn(leaf) === auto.body.lot;
  if (isHere && isItsExtension(leaf)) return null;
  if (isHere && isAuto(leaf) && !isTie && leaf.body.bidder !== auto.body.bidder) return null;
  if (isHere && leaf.type === 'bid.refused' && leaf.body.bidder !== auto.body.bidder) {
    if (leaf.body.amountFen === auto.body.amountFen && leaf.body.reason === 'not-above-price') return null;
  }
  if (!mayBeLift) return 'an automatic bid went too far';
  const floor = floorOf(auto.body.lot);
  return floor > belowFen && floor <= auto.body.amountFen ? null : 'an automatic bid went beyond the floor';
}

/** A log does not end where a reason is still owed. */
export function endsOpen(leaves: Past, rules: ShowRules): boolean {
  const jump = openJump(leaves, rules);
  return jump !== null && !jump.mayBeLift;
}

/** Ids of maximum bids, and how many of them a bidder has placed: they share both with bids. */
export const placings = (past: Past): Placed[] => all(past, 'proxy.placed');
