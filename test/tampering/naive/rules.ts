import { isClawback, isRepaidTxn, wrongClawback } from './clawbacks.js';
import { growersTotals, wrongBooksRoot, wrongPayout } from './payouts.js';
import { type EventBody, type Leaf, type ShowRules } from '@qingpai/wire';
import { canonicalText, fromBase64, sha256 } from './json.js';
import { isSigned } from './notes.js';
import {
  all,
  clockEnd,
  clockPrice,
  count,
  isOver,
  type Lot,
  lotIds,
  lotOf,
  nextSale,
  type Offering,
  type Open,
  openLot,
  openOf,
  type Past,
  people,
  phaseOf,
  saysAgain,
  type Sale,
  salesOf,
  tickEnd,
  undoable,
} from './past.js';
import {
  askedBy,
  type BidLeaf,
  firstAmount,
  firstFree,
  isBidLeaf,
  MOST_FEN,
  refusalOf,
  stepAt,
  stepsTo,
} from './bids.js';
import { type Auto, isAuto, placings, wrongAuto, wrongJump, wrongPlacing } from './proxies.js';
import {
  hammerAfter,
  isBeingAsked,
  lapseDue,
  leftToAsk,
  offerDue,
  wrongAnswer,
  wrongStop,
} from './offers.js';
import { isOfClaim, isOfGoods, leftOver, wrongBack, wrongClaim, wrongGoods } from './afterSale.js';
import { depositsOf, forfeitDue, isDepositTxn, releaseDue, wrongDeposit } from './deposits.js';
import { wrongRecording } from './recordings.js';
import { chanceDue, wrongChance } from './chances.js';
import { rootOf } from './tree.js';

/** What a leaf is judged by: all leaves before it, their bytes, the rules beside them, and what is known of floors. */
export interface World {
  past: Past;
  texts: readonly string[];
  rules: ShowRules;
  origin: string;
  /** The floor of a lot that has one, fen per unit. */
  floorOf: (lot: string) => number;
}

/** What is wrong with a leaf; null when it is what the rules allow or demand. */
export function wrongOf(world: World, leaf: Leaf): string | null {
  return (
    wrongAuthor(leaf) ?? wrongPlace(world, leaf) ?? wrongSignature(world, leaf) ?? wrongStep(world, leaf)
  );
}

/** What is due comes first; only when nothing is, may something be asked. */
function wrongStep(world: World, leaf: Leaf): string | null {
  const jumped = wrongJump(world.past, world.rules, leaf, world.floorOf);
  if (jumped) return jumped;
  const due = mustBe(world, leaf);
  if (due) {
    const isThat = leaf.type === due.type && leaf.by === 'platform' && isBody(leaf, due.body);
    return isThat ? null : `not the ${due.type} that is due`;
  }
  if (isAuto(leaf)) return wrongAutoBid(world, leaf);
  return isBidLeaf(leaf) ? wrongBid(world, leaf) : wrongAct(world, leaf);
}

// ---------------------------------------------------------------- who, and where

const house = ['host', 'moderator'];
const authors: Record<string, string[]> = {
  'lot.catalogued': ['host'],
  'lot.amended': ['host'],
  'lot.struck': ['host'],
  'show.sealed': ['host'],
  'show.approved': ['officer'],
  'show.opened': house,
  'lot.offered': [...house, 'platform'],
  'lot.lastCall': house,
  'lot.frozen': [...house, 'platform'],
  'lot.resumed': house,
  'lot.withdrawn': house,
  'lot.carried': [...house, 'platform'],
  'lot.passed': [...house, 'platform'],
  'lot.setAside': [...house, 'platform'],
  'offers.ended': [...house, 'platform'],
  'sale.voided': house,
  'bidder.limited': [...house, 'officer', 'platform'],
  'sale.paid': ['host', 'officer', 'platform'],
  'sale.refunded': ['host', 'officer', 'platform'],
  'sale.defaulted': [...house, 'officer', 'platform'],
  'pay.extended': [...house, 'officer'],
  'sale.packed': [...house, 'officer'],
  'sale.shipped': [...house, 'officer'],
  'claim.proposed': ['host', 'officer'],
  'claim.granted': ['host', 'officer'],
  'claim.declined': ['host', 'officer'],
  'claim.closed': ['host', 'officer'],
  'payout.made': ['host', 'officer'],
  'clawback.taken': ['host', 'officer'],
  'clawback.repaid': ['host', 'officer'],
  'clawback.carried': ['officer'],
  'deposit.held': ['host', 'officer', 'platform'],
  'deposit.released': ['officer', 'platform'],
  'deposit.returned': ['host', 'officer', 'platform'],
  'show.closed': house,
  'show.settled': ['host', 'officer', 'platform'],
};

function wrongAuthor(leaf: Leaf): string | null {
  if (leaf.type === 'proxy.placed' || leaf.type === 'proxy.withdrawn') {
    return leaf.by === leaf.body.bidder ? null : 'author';
  }
  if (isAuto(leaf)) return leaf.by === 'platform' ? null : 'author';
  if (/^(offer|sale)\.(accepted|declined)$/.test(leaf.type)) {
    const { bidder, byModerator } = leaf.body as EventBody<'sale.accepted'>;
    return (byModerator ? house.includes(leaf.by) : leaf.by === bidder) ? null : 'author';
  }
  if (isBidLeaf(leaf)) {
    const { bidder, byModerator } = leaf.body;
    return (byModerator ? house.includes(leaf.by) : leaf.by === bidder) ? null : 'author';
  }
  if (leaf.type === 'claim.filed') return leaf.by === leaf.body.bidder ? null : 'author';
  if (leaf.type === 'sale.received') {
    const { body } = leaf;
    if (body.cause === 'buyer') return leaf.by === body.bidder ? null : 'author';
    const mayTell = body.cause === 'lapse' ? ['platform'] : [...house, 'officer'];
    return mayTell.includes(leaf.by) ? null : 'author';
  }
  return (authors[leaf.type] ?? ['platform']).includes(leaf.by) ? null : 'author';
}

function wrongPlace({ past, origin }: World, leaf: Leaf): string | null {
  if ((past.length === 0) !== (leaf.type === 'log.opened')) return 'first leaf';
  if (leaf.type === 'log.opened' && leaf.body.origin !== origin) return 'other log';
  const phase = phaseOf(past);
  if (phase === 'settled') return 'after the settlement';
  const money = ['sale.paid', 'sale.refunded', 'sale.defaulted', 'pay.extended', 'payout.made'];
  const later = [...money, 'show.settled', 'sale.offered', 'sale.accepted', 'sale.declined', 'sale.lapsed'];
  later.push('lot.carried', 'deposit.forfeited', 'deposit.released', 'deposit.returned');
  later.push('recording.kept');
  if (phase !== 'closed' || later.includes(leaf.type)) return null;
  if (isOfGoods(leaf) || isOfClaim(leaf) || isClawback(leaf)) return null;
  return 'after the close';
}

// ---------------------------------------------------------------- what authors sign

const isSignedBy = (keys: readonly string[], body: object, leaf: Leaf, type: string): boolean => {
  const message = Buffer.from(`qingpai/event/v1\n${canonicalText({ body, show: leaf.show, type })}`);
  const signature = fromBase64(leaf.sig ?? '');
  if (signature?.length !== 64) return false;
  return keys.some((key) => isSigned(fromBase64(key)!, message, signature));
};

function wrongSignature({ past, rules, origin }: World, leaf: Leaf): string | null {
  if (leaf.v === 1) return leaf.sig === undefined ? null : 'nobody signs in the first version';
  const keys = signersOf(past, leaf);
  if (keys.length === 0) return leaf.sig === undefined ? null : 'nobody had to sign';
  const isBid = isBidLeaf(leaf);
  const body = isBid ? askedBody(past, rules, leaf) : leaf.body;
  if (!isSignedBy(keys, body, leaf, isBid ? 'bid' : leaf.type)) return 'signature';
  if (leaf.type !== 'show.approved') return null;
  const seal = sealsOf(past).find(({ list }) => list === leaf.body.list);
  const statement = [
    'qingpai/approval/v1',
    '我已将锁定清单与保留价逐件核对。I have compared the sealed catalogue with the floor.',
    `origin ${origin}`,
    `list ${seal?.list}`,
    `lots ${seal?.lots}`,
    `units ${seal?.units}`,
    `catalogue ${seal?.catalogue}`,
    '',
  ].join('\n');
  return sha256(statement).toString('base64') === leaf.body.note ? null : 'approved something else';
}

/** The keys of which one must have signed; none: the leaf bears no signature. */
function signersOf(past: Past, leaf: Leaf): string[] {
  if (isAuto(leaf)) return [];
  if (leaf.type === 'proxy.placed' || leaf.type === 'proxy.withdrawn') {
    return people(past).find((one) => one.bidder === leaf.body.bidder)?.keys ?? [];
  }
  if (leaf.type === 'sale.accepted' || leaf.type === 'sale.declined') {
    const { bidder, byModerator } = leaf.body;
    return byModerator ? [] : (people(past).find((one) => one.bidder === bidder)?.keys ?? []);
  }
  if (leaf.type === 'offer.accepted' || leaf.type === 'offer.declined') {
    const { bidder, form, byModerator } = leaf.body;
    return form || byModerator ? [] : (people(past).find((one) => one.bidder === bidder)?.keys ?? []);
  }
  if (isBidLeaf(leaf)) {
    const bidder = people(past).find((one) => one.bidder === leaf.body.bidder);
    return leaf.body.form ? [] : (bidder?.keys ?? []);
  }
  if (leaf.type === 'show.approved') return [leaf.body.key];
  if (leaf.type !== 'show.sealed' && leaf.type !== 'lot.withdrawn' && leaf.type !== 'show.closed') return [];
  const staff = all(past, 'staff.registered').map(({ body }) => body);
  return staff.filter(({ office }) => office === leaf.by).map(({ key }) => key);
}

function isOnClock(past: Past, rules: ShowRules, { body }: BidLeaf): boolean {
  const offered = lotOf(past, body.lot, rules)?.offerings.find(({ number }) => number === body.offering);
  return (offered?.clock ?? null) !== null;
}

/** What the bidder asked for, without what only the server could decide. */
function askedBody(past: Past, rules: ShowRules, leaf: BidLeaf): object {
  const { bid, bidder, lot, offering, nth, confirmed, seen, units, run } = leaf.body;
  const amountFen = askedBy(leaf).pressedFen;
  const body: Record<string, unknown> = { bid, bidder, lot, offering, amountFen, nth };
  if (confirmed) body.confirmed = true;
  if (leaf.body.buyNow && !isOnClock(past, rules, leaf)) body.buyNow = true;
  if (seen) body.seen = seen;
  if (!isOnClock(past, rules, leaf)) return body;
  if (units !== undefined && units !== 1) body.units = units;
  if (run !== undefined) body.run = run;
  return body;
}

// ---------------------------------------------------------------- what had to happen before

/** The leaf that must come now, since the last one or the time demands it; null when nothing is due. */
function mustBe(world: World, leaf: Leaf): { type: Leaf['type']; body: object } | null {
  const { past, rules } = world;
  const forfeit = forfeitDue(past);
  if (forfeit) return forfeit;
  const release = releaseDue(past, rules);
  const chance = chanceDue(past, rules, leaf.t);
  if (release && (!chance || release.atMs < chance.atMs)) return leaf.t < release.atMs ? null : release;
  if (chance) return leaf.t < chance.atMs ? null : chance;
  const sold = hammerAfter(past, rules);
  if (sold) return sold;
  const lapse = phaseOf(past) === 'open' ? lapseDue(past, leaf.t) : null;
  const givesBack = leaf.type === 'lot.extended' && leaf.body.cause !== 'bid';
  // Whatever was due before the time of the offer was over comes first.
  if (!lapse || givesBack || lotsMustBe(world, { ...leaf, t: lapse.atMs - 1 }))
    return lotsMustBe(world, leaf);
  return lapse.due;
}

function lotsMustBe(
  { past, rules, floorOf }: World,
  leaf: Leaf,
): { type: Leaf['type']; body: object } | null {
  const open = openOf(past, rules);
  if (open.length === 0) return ladderDue({ past, rules, floorOf } as World, leaf);
  const last = past.at(-1)!;
  if (last.type === 'bid.accepted') {
    const owed = owedAfter(
      past,
      rules,
      last,
      open.find(({ id }) => id === last.body.lot)!,
    );
    if (owed) return owed;
  }
  if (leaf.type === 'lot.extended' && leaf.body.cause !== 'bid') return null;
  if (leaf.type === 'clock.shifted') return null;
  // Of those that are due the one whose moment came first; at one moment the one that was called first.
  let due: Open | null = null;
  for (const one of open) {
    const { clock, closesAt, frozenAt } = one.offering;
    if (frozenAt !== null || clock || leaf.t < closesAt!) continue;
    if (!due || closesAt! < due.offering.closesAt!) due = one;
  }
  if (due) return closed(past, due);
  const [first] = open;
  return first!.offering.clock && first!.offering.frozenAt === null
    ? clockMoves({ rules, floorOf } as World, leaf, first!)
    : null;
}

const hereOf = ({ id, offering }: Open) => ({ lot: id, offering: offering.number });

function hammered(past: Past, open: Open, bidder: string, units: number, unitPriceFen: number) {
  const sale = nextSale(past);
  const body = { ...hereOf(open), sale, bidder, firstUnit: firstFree(open.lot), units, unitPriceFen };
  return { type: 'lot.hammered' as const, body };
}

/** What an accepted bid brings with it. */
function owedAfter(past: Past, rules: ShowRules, { body, t }: Of<'bid.accepted'>, open: Open) {
  const { lot, offering } = open;
  if (offering.clock) return hammered(past, open, body.bidder, body.units!, body.amountFen);
  if (body.buyNow || body.amountFen === lot.said.capFen) {
    return hammered(past, open, body.bidder, offering.unitsLeft, body.amountFen);
  }
  const closesAt = closeAfterBid(rules, offering, t);
  if (closesAt === offering.closesAt) return null;
  return { type: 'lot.extended' as const, body: { ...hereOf(open), closesAt, cause: 'bid' } };
}

const asideOf = (open: Open) => ({
  type: 'lot.setAside' as const,
  body: {
    ...hereOf(open),
    units: open.offering.unitsLeft,
    bestFen: open.offering.priceFen ?? undefined,
  },
});

function closed(past: Past, open: Open) {
  const { leader, unitsLeft, priceFen } = open.offering;
  return hasValidBid(open.lot, open.offering)
    ? hammered(past, open, leader!, unitsLeft, priceFen!)
    : asideOf(open);
}

function clockMoves(
  { rules, floorOf }: World,
  leaf: Leaf,
  open: Open,
): { type: Leaf['type']; body: object } | null {
  const { id, lot, offering } = open;
  const { unitsLeft } = offering;
  const clock = offering.clock!;
  const here = hereOf(open);
  if (clock.restartsAt !== null) {
    if (leaf.t < clock.restartsAt) return null;
    const up = clock.heldFen! + rules.clock.restartSteps * clock.stepFen;
    const startFen = Math.min(up, offering.startFen);
    const body = { ...here, cause: 'takes', startFen, startsAt: clock.restartsAt, unitsLeft };
    return { type: 'clock.restarted', body };
  }
  const floor = lot.said.floor === null ? 0 : floorOf(id);
  const { atMs, cut } = clockEnd(clock, floor);
  if (leaf.t < atMs) return null;
  // It shows its floor until it ends, not a moment longer: the time of the end tells the price.
  if (!cut && floor > 0 && clockPrice(clock, leaf.t - 1) !== floor) return { type: 'lot.setAside', body: {} };
  const body = { ...here, cause: 'floor', startFen: floor, startsAt: atMs, unitsLeft };
  return cut ? { type: 'clock.restarted', body } : asideOf(open);
}

/** 保不流拍: when all lots have been called, those that wait come back by themselves, the least offered first. */
function ladderDue(world: World, leaf: Leaf): { type: Leaf['type']; body: object } | null {
  const { past, rules } = world;
  if (!rules.ladder || phaseOf(past) !== 'open') return null;
  const lots: { id: string; lot: Lot; times: number }[] = [];
  let ended = 0;
  for (const id of lotIds(past)) {
    const lot = lotOf(past, id, rules)!;
    if (lot.phase === 'sealed') return null;
    for (const one of lot.offerings) ended = Math.max(ended, one.endedAt);
    if (lot.phase !== 'waiting' || lot.offerings.at(-1)!.undone) continue;
    const isLast = lot.offerings.length > rules.furtherOfferings;
    if (isLast && isBeingAsked(past, id)) continue;
    const isIdle = isLast && rules.ladder.atLast === 'wait' && leftToAsk(past, rules, id).length === 0;
    if (!isIdle) lots.push({ id, lot, times: lot.offerings.length });
  }
  lots.sort((a, b) => a.times - b.times || (a.lot.said.number < b.lot.said.number ? -1 : 1));
  const [next] = lots;
  if (!next || leaf.t < ended + rules.ladder.pauseMs) return null;
  if (next.times <= rules.furtherOfferings) {
    const isRight =
      leaf.type === 'lot.offered' && leaf.body.lot === next.id && wrongOffer(world, leaf) === null;
    const isClock = isRight && leaf.body.format === 'dutch';
    return { type: 'lot.offered', body: isClock ? leaf.body : {} };
  }
  if (leftToAsk(past, rules, next.id).length > 0) {
    return offerDue(past, rules, next.id, next.lot.said.floor === null ? 0 : world.floorOf(next.id), leaf.t);
  }
  const open = count(next.lot, 'open');
  if (rules.ladder.atLast === 'carry') return { type: 'lot.carried', body: { lot: next.id, units: open } };
  const last = next.lot.offerings.at(-1)!;
  const body = { lot: next.id, offering: last.number, units: open, bestFen: last.priceFen ?? undefined };
  return { type: 'lot.passed', body };
}

const hasValidBid = (lot: Lot, offering: Offering): boolean =>
  offering.leader !== null && (lot.said.floor === null || offering.floorMet);

/** Soft close (RULES §2.4). */
function closeAfterBid(rules: ShowRules, { closesAt, hardEnd }: Offering, t: number): number {
  if (rules.suddenDeath || closesAt! - t > rules.windowMs) return closesAt!;
  const wished = Math.min(hardEnd, Math.max(closesAt!, t + rules.extensionMs));
  return wished < closesAt! ? closesAt! : wished;
}

/** Whether the body is exactly this one; fields that are undefined are not there. */
function isBody(leaf: Leaf, body: object): boolean {
  const there: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(body)) if (value !== undefined) there[key] = value;
  return canonicalText(leaf.body) === canonicalText(there);
}

// ---------------------------------------------------------------- bids, both ways

/** The head that a bidder had seen is one of this log, before the bid. */
function wrongSeen({ texts }: Pick<World, 'texts'>, leaf: BidLeaf | Of<'proxy.placed'>): string | null {
  const { seen } = leaf.body;
  if (!seen) return null;
  const [size, root] = seen;
  return size > leaf.i || rootOf(texts.slice(0, size)).toString('base64') !== root ? 'seen' : null;
}

function wrongBid({ past, texts, rules, floorOf }: World, leaf: BidLeaf): string | null {
  const { body } = leaf;
  let nth = 1;
  let refused = 0;
  if (/^auto-\d/.test(body.bid)) return 'an id that only the platform makes';
  for (const placed of placings(past)) {
    if (placed.body.bid === body.bid) return 'bid id twice';
    if (placed.body.bidder === body.bidder) nth += 1;
  }
  for (const other of past.filter(isBidLeaf)) {
    if (other.body.bid === body.bid) return 'bid id twice';
    if (other.body.bidder !== body.bidder || isAuto(other)) continue;
    nth += 1;
    const same = other.body.lot === body.lot && other.body.offering === body.offering;
    if (same && other.type === 'bid.refused') refused += 1;
  }
  if (body.nth !== nth) return 'nth';
  if (leaf.type === 'bid.refused' && refused >= rules.refusalsLoggedMax) return 'too many refusals';
  const unseen = wrongSeen({ texts }, leaf);
  if (unseen) return unseen;
  const asked = askedBy(leaf);
  const reason = refusalOf(past, rules, leaf.t, asked, floorOf);
  if (leaf.type === 'bid.refused') {
    const { bid, bidder, lot, offering, amountFen, byModerator, confirmed, form, seen, run, units, buyNow } =
      leaf.body;
    const said = {
      ...{ bid, bidder, lot, offering, amountFen, byModerator, confirmed, form, seen, run, units, buyNow },
    };
    return reason !== null && isBody(leaf, { ...said, nth, reason }) ? null : `refused, but ${reason}`;
  }
  if (reason !== null) return `accepted, but ${reason}`;
  const lot = lotOf(past, body.lot, rules)!;
  const { clock } = lot.offerings.at(-1)!;
  const amountFen = clock ? clockPrice(clock, leaf.t) : body.amountFen;
  const { bid, bidder, offering, byModerator, confirmed, form, seen, buyNow } = leaf.body;
  const who = { bid, bidder, lot: body.lot, offering, byModerator, confirmed, form, seen, nth };
  const said = { ...who, buyNow, amountFen };
  const floorMet = lot.said.floor !== null && amountFen >= floorOf(body.lot) ? true : undefined;
  const { pressedFen, units } = asked;
  const taken = clock ? { pressedFen, run: asked.run, units, firstUnit: firstFree(lot) } : {};
  return isBody(leaf, { ...said, ...taken, floorMet }) ? null : 'bid is told wrong';
}

function wrongAutoBid({ past, rules, floorOf }: World, leaf: Auto): string | null {
  const found = wrongAuto(past, rules, leaf);
  if (typeof found === 'string') return found;
  const { expected, lot } = found;
  const floorMet =
    lot.said.floor !== null && leaf.body.amountFen >= floorOf(leaf.body.lot) ? true : undefined;
  return isBody(leaf, { ...expected, floorMet }) ? null : 'bid is told wrong';
}

// ---------------------------------------------------------------- everything else

function wrongAct(world: World, leaf: Leaf): string | null {
  const { past, rules } = world;
  const phase = phaseOf(past);
  const during = (...phases: string[]) => (phases.includes(phase) ? null : `${leaf.type} while ${phase}`);
  switch (leaf.type) {
    case 'log.opened':
      return null;
    case 'bidder.registered':
    case 'staff.registered':
      return during('draft', 'sealed', 'open') ?? wrongNewcomer(past, leaf);
    case 'bidder.limited':
      return during('draft', 'sealed', 'open') ?? (isKnown(past, leaf.body.bidder) ? null : 'nobody');
    case 'lot.catalogued':
    case 'lot.amended':
    case 'lot.struck':
      return during('draft', 'sealed', 'open') ?? wrongDescription(world, leaf);
    case 'show.sealed':
      return during('draft', 'open') ?? wrongSeal(world, leaf);
    case 'show.approved':
      return during('sealed', 'open') ?? wrongApproval(past, leaf);
    case 'show.opened':
      return during('sealed');
    case 'lot.offered':
      if (leaf.by === 'platform') return 'not due';
      return during('open') ?? wrongOffer(world, leaf);
    case 'lot.lastCall':
    case 'lot.extended':
    case 'clock.shifted':
    case 'lot.frozen':
    case 'lot.resumed':
    case 'lot.setAside':
      return wrongOnBlock(world, leaf);
    case 'lot.passed':
    case 'lot.carried':
      if (leaf.by === 'platform') return 'not due';
      return during('open') ?? wrongEnd(world, leaf);
    case 'lot.withdrawn':
      return during('sealed', 'open') ?? wrongEnd(world, leaf);
    case 'offer.accepted':
    case 'offer.declined':
      return during('open') ?? wrongAnswer(past, rules, leaf, (body) => isBody(leaf, body));
    case 'offers.ended':
      if (leaf.by === 'platform') return 'not due';
      return during('open') ?? wrongStop(past, rules, leaf, (body) => isBody(leaf, body));
    case 'offer.made':
    case 'offer.lapsed':
    case 'sale.offered':
    case 'sale.lapsed':
    case 'deposit.forfeited':
      return 'not due';
    case 'deposit.held':
    case 'deposit.released':
    case 'deposit.returned':
      return wrongDeposit(past, rules, leaf);
    case 'sale.takenOver': {
      if (!saysAgain(past)) return 'too late to take it over';
      if (salesOf(past).some(({ sale }) => sale === leaf.body.sale)) return 'taken over twice';
      return isKnown(past, leaf.body.bidder) ? null : 'nobody';
    }
    case 'sale.accepted':
    case 'sale.declined':
      return during('closed') ?? wrongChance(past, rules, leaf, (body) => isBody(leaf, body));
    case 'sale.voided':
    case 'sale.paid':
      return wrongSale(world, leaf);
    case 'sale.refunded':
    case 'sale.defaulted':
      return wrongAfterwards(world, leaf);
    case 'pay.extended':
      return wrongExtension(world, leaf);
    case 'sale.packed':
    case 'sale.shipped':
    case 'sale.received':
      return wrongGoods(past, rules, leaf);
    case 'claim.filed':
    case 'claim.proposed':
    case 'claim.granted':
    case 'claim.declined':
    case 'claim.closed':
      return wrongClaim(past, rules, leaf);
    case 'payout.made':
      return wrongPayout(world, leaf);
    case 'recording.kept':
      return wrongRecording(past, leaf);
    case 'clawback.taken':
    case 'clawback.repaid':
    case 'clawback.carried':
      return wrongClawback(world, leaf);
    case 'proxy.placed': {
      const { bid, bidder } = leaf.body;
      const known = [...placings(past), ...past.filter(isBidLeaf)];
      if (known.some((other) => other.body.bid === bid)) return 'bid id twice';
      const his = known.filter((other) => other.body.bidder === bidder && !isAuto(other));
      if (leaf.body.nth !== his.length + 1) return 'nth';
      return wrongSeen(world, leaf) ?? wrongPlacing(past, rules, leaf);
    }
    case 'proxy.withdrawn':
      return wrongPlacing(past, rules, leaf);
    case 'show.tookOver': {
      const runs = openOf(past, rules).some(({ offering }) => offering.frozenAt === null);
      return during('sealed', 'open') ?? (runs ? 'the lot goes on' : null);
    }
    case 'show.closed':
    case 'show.settled':
      return wrongTotals(world, leaf) ?? wrongBooksRoot(world, leaf);
    case 'lot.hammered':
    case 'clock.restarted':
      return 'not due';
    default:
      return rules.v === 1 ? null : 'unknown rules';
  }
}
type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;

const isKnown = (past: Past, bidder: string): boolean =>
  people(past).some((person) => person.bidder === bidder);

/** At most so many keys for one person, each of one person only. */
const KEYS_MAX = 5;

function wrongNewcomer(past: Past, leaf: Of<'bidder.registered' | 'staff.registered'>): string | null {
  const known = people(past);
  const staff = all(past, 'staff.registered').map(({ body }) => body);
  const { key } = leaf.body;
  const isBidderKey = known.some(({ keys }) => key !== undefined && keys.includes(key));
  if (leaf.type === 'staff.registered') {
    const his = staff.filter(({ person }) => person === leaf.body.person);
    if (isBidderKey || staff.some((one) => one.key === key)) return 'key twice';
    return his.length < KEYS_MAX ? null : 'too many keys';
  }
  if (isBidderKey || staff.some((one) => one.key === key)) return 'key twice';
  const before = known.find(({ bidder }) => bidder === leaf.body.bidder);
  if (!before) return leaf.body.paddle === known.length + 1 ? null : 'paddle';
  if (key === undefined || before.kind !== leaf.body.kind || before.paddle !== leaf.body.paddle) {
    return 'registered twice';
  }
  return before.keys.length < KEYS_MAX ? null : 'too many keys';
}

const sealsOf = (past: Past): Of<'show.sealed'>['body'][] => all(past, 'show.sealed').map(({ body }) => body);

function wrongDescription(
  { past, rules }: World,
  leaf: Of<'lot.catalogued' | 'lot.amended' | 'lot.struck'>,
): string | null {
  const before = lotOf(past, leaf.body.lot, rules);
  if (salesOf(past).some(({ lot, foreign }) => foreign && lot === leaf.body.lot))
    return 'a lot of another log';
  if (leaf.type === 'lot.catalogued' ? before !== null : before?.phase !== 'draft') return 'not a draft';
  if (leaf.type === 'lot.struck') return null;
  const { body } = leaf;
  if (body.list !== sealsOf(past).length + 1) return 'other list';
  for (const fen of [body.startFen, body.stepFen, body.referenceFen, body.capFen, body.buyNowFen]) {
    if (fen === undefined) continue;
    if (fen * body.units > MOST_FEN) return 'too dear';
  }
  for (const fen of [body.capFen, body.buyNowFen]) {
    if (fen === undefined) continue;
    if (body.format === 'dutch' || fen <= body.startFen) return 'cap';
    if (stepsTo(rules, body.stepFen, body.startFen, fen) === null) return 'cap off the grid';
  }
  if (body.capFen !== undefined && body.buyNowFen !== undefined && body.buyNowFen > body.capFen) return 'cap';
  for (const id of lotIds(past)) {
    const other = lotOf(past, id, rules)!;
    if (id !== body.lot && other.said.number === body.number && other.phase !== 'struck')
      return 'number twice';
  }
  if (body.startFen === 0 && (body.format === 'dutch' || body.floor !== null)) return 'zero start';
  return null;
}

function wrongSeal({ past, texts, rules, floorOf }: World, { body }: Of<'show.sealed'>): string | null {
  if (body.rules !== sha256(canonicalText(rules)!).toString('base64')) return 'other rules';
  const list = sealsOf(past).length + 1;
  const lots: Lot[] = [];
  for (const id of lotIds(past)) {
    const lot = lotOf(past, id, rules)!;
    if (lot.said.list === list && lot.phase === 'draft') lots.push(lot);
  }
  lots.sort((a, b) => (a.said.number < b.said.number ? -1 : 1));
  const units = lots.reduce((sum, lot) => sum + lot.units.length, 0);
  const catalogue = rootOf(lots.map((lot) => texts[lot.at]!)).toString('base64');
  const isEmptyForSales = list === 1 && salesOf(past).length > 0;
  if (
    (lots.length === 0 && !isEmptyForSales) ||
    body.list !== list ||
    body.lots !== lots.length ||
    body.units !== units
  )
    return 'counts';
  if (body.catalogue !== catalogue) return 'catalogue';
  const below = ({ said }: Lot) =>
    said.floor !== null &&
    ((said.format === 'dutch' && said.startFen < floorOf(said.lot)) ||
      (said.capFen ?? Infinity) < floorOf(said.lot) ||
      (said.buyNowFen ?? Infinity) < floorOf(said.lot));
  return lots.some(below) ? 'clock below its floor' : null;
}

function wrongApproval(past: Past, { body }: Of<'show.approved'>): string | null {
  if (!sealsOf(past).some(({ list }) => list === body.list)) return 'not sealed';
  const officers = all(past, 'staff.registered').filter((leaf) => leaf.body.office === 'officer');
  if (!officers.some((leaf) => leaf.body.key === body.key)) return 'no officer';
  const again = all(past, 'show.approved').some(
    (leaf) => leaf.body.list === body.list && leaf.body.key === body.key,
  );
  return again ? 'approved twice' : null;
}

const percentUp = (fen: number, percent: number): number => {
  const hundredfold = BigInt(fen) * BigInt(percent);
  return Number(hundredfold / 100n) + (hundredfold % 100n === 0n ? 0 : 1);
};

function wrongOffer({ past, rules, floorOf }: World, leaf: Of<'lot.offered'>): string | null {
  const { body, t } = leaf;
  const lot = lotOf(past, body.lot, rules);
  if (!lot) return 'no such lot';
  const open = openOf(past, rules);
  const isAlone = body.format === 'dutch' || open.some(({ offering }) => offering.clock);
  if (open.length >= (rules.timed && !isAlone ? rules.timed.openMax : 1)) return 'not now';
  if (lot.offerings.length > rules.furtherOfferings) return 'too often';
  const here = {
    lot: body.lot,
    offering: lot.offerings.length + 1,
    units: count(lot, 'open') + count(lot, 'passed'),
  };
  const clockFrom = (startFen: number) => {
    const [stepFen] = stepAt(rules, lot.said.stepFen, startFen);
    const clock = { startFen, stepFen, tickMs: rules.clock.tickMs, startsAt: t };
    return { ...here, format: 'dutch', startFen, clock };
  };
  const undone = lot.phase === 'waiting' && lot.offerings.at(-1)!.undone;
  if (lot.phase === 'sealed' || undone) {
    const { startFen } = lot.said;
    let closesAt = t + rules.openForMs;
    for (const one of open) {
      const planned = one.offering.hardEnd - rules.hardEndMs;
      if (rules.timed && closesAt < planned + rules.timed.staggerMs)
        closesAt = planned + rules.timed.staggerMs;
    }
    const rising = { ...here, format: 'english', startFen, closesAt };
    if (isBody(leaf, lot.said.format === 'english' ? rising : clockFrom(startFen))) return null;
  }
  if (lot.phase !== 'waiting' && lot.phase !== 'passed') return 'offered as it may not be';
  const floor = lot.said.floor === null ? 0 : floorOf(body.lot);
  const startFen = Math.max(
    lot.said.referenceFen ?? 0,
    percentUp(lot.bestFen, rules.reoffer.ofBestPercent),
    percentUp(floor, rules.reoffer.ofFloorPercent),
  );
  const again = clockFrom(startFen > 0 ? startFen : firstAmount(rules, lot.said.stepFen, lot.said.startFen));
  return isBody(leaf, again) ? null : 'offered as it may not be';
}

/** An extension for a standstill gives back at most this much. */
const STANDSTILL_MAX_MS = 60_000;

function wrongOnBlock(
  { past, rules, floorOf }: World,
  leaf: Of<'lot.lastCall' | 'lot.extended' | 'clock.shifted' | 'lot.frozen' | 'lot.resumed' | 'lot.setAside'>,
): string | null {
  const block = openLot(past, rules, leaf.body.lot);
  if (!block) return 'not on the block';
  const { lot, offering } = block;
  const { clock, closesAt, frozenAt, priceFen } = offering;
  const here = { lot: block.id, offering: offering.number };
  const leftAt = (t: number): number => {
    if (!clock) return Math.max(0, closesAt! - t);
    return Math.max(0, (clock.restartsAt ?? tickEnd(clock, t)) - t);
  };
  const is = (body: object): string | null => (isBody(leaf, { ...here, ...body }) ? null : 'told wrong');
  switch (leaf.type) {
    case 'lot.setAside':
      if (hasValidBid(lot, offering)) return 'a valid bid stands';
      return leaf.by === 'platform'
        ? 'not due'
        : is({ units: offering.unitsLeft, bestFen: priceFen ?? undefined });
    case 'lot.frozen':
      return frozenAt === null ? is({ left: leftAt(leaf.t) }) : 'frozen already';
    case 'lot.resumed':
      return frozenAt === null ? 'not frozen' : is({ left: leftAt(frozenAt) });
    case 'lot.lastCall':
      if (closesAt === null || frozenAt !== null) return 'no last call now';
      return is({ closesAt: Math.min(closesAt, leaf.t + rules.lastCallMs) });
    case 'lot.extended': {
      const { cause, closesAt: to } = leaf.body;
      if (cause !== 'stall' && cause !== 'dark') return 'no bid extends it';
      if (closesAt === null || frozenAt !== null || to <= closesAt || to <= leaf.t) return 'no extension now';
      return to <= closesAt + STANDSTILL_MAX_MS ? is({ closesAt: to, cause }) : 'extended by too much';
    }
    case 'clock.shifted': {
      const { byMs, cause } = leaf.body;
      if (!clock || frozenAt !== null) return 'no clock runs';
      const silentFrom = leaf.t - byMs;
      if (byMs <= 0 || silentFrom < past.at(-1)!.t) return 'somebody was heard meanwhile';
      const floor = lot.said.floor === null ? 0 : floorOf(block.id);
      const movesAt = clock.restartsAt ?? clockEnd(clock, floor).atMs;
      return movesAt < silentFrom ? 'the clock had moved on before' : is({ byMs, cause });
    }
  }
}

function wrongEnd(
  { past, rules }: World,
  leaf: Of<'lot.passed' | 'lot.withdrawn' | 'lot.carried'>,
): string | null {
  const lot = lotOf(past, leaf.body.lot, rules);
  if (!lot || isOver(lot) || lot.phase === 'draft' || lot.phase === 'struck') return 'no such lot now';
  const offering = lot.offerings.at(-1);
  if (lot.phase === 'onBlock' && hasValidBid(lot, offering!)) return 'a valid bid stands';
  if (isBeingAsked(past, leaf.body.lot)) return 'somebody is asked';
  const here = { lot: leaf.body.lot, units: count(lot, 'open') };
  const is = (body: object): string | null => (isBody(leaf, { ...here, ...body }) ? null : 'told wrong');
  switch (leaf.type) {
    case 'lot.passed':
      if (!offering) return 'never offered';
      return is({ offering: offering.number, bestFen: offering.priceFen ?? undefined });
    case 'lot.withdrawn':
      return is({ reason: leaf.body.reason });
    case 'lot.carried':
      return lot.phase === 'onBlock' ? 'on the block' : is({});
  }
}

function wrongSale({ past, rules }: World, leaf: Of<'sale.voided' | 'sale.paid'>): string | null {
  const sales = salesOf(past);
  const sale = sales.find((one) => one.sale === leaf.body.sale);
  const phase = phaseOf(past);
  if (!sale || sale.voided || sale.paid || sale.defaulted) return 'no such open sale';
  if (leaf.type === 'sale.voided') {
    if (phase !== 'open' || openLot(past, rules, sale.lot)) return 'not now';
    if (isBeingAsked(past, sale.lot)) return 'somebody is asked';
    return undoable(past, rules).includes(sale.sale) ? null : 'too late to undo';
  }
  if (phase !== 'open' && phase !== 'closed' && !saysAgain(past)) return 'not now';
  if (leaf.body.amountFen !== sale.unitPriceFen * sale.units) return 'amount';
  if (isDepositTxn(past, leaf.body.txn)) return 'txn of a deposit';
  if (isRepaidTxn(past, leaf.body.txn)) return 'txn of a grower';
  if (leaf.body.freightFen !== undefined && !isFreight(past, rules, sale, leaf.body.freightFen))
    return 'freight';
  const outgoing = [...all(past, 'sale.refunded'), ...all(past, 'payout.made')];
  if (outgoing.some(({ body }) => body.txn === leaf.body.txn)) return 'txn of other money';
  const first = all(past, 'sale.paid').find(({ body }) => body.txn === leaf.body.txn);
  const other = first && sales.find((one) => one.sale === first.body.sale);
  if (first && !saysAgain(past) && saysAgain(past.slice(0, first.i))) return 'txn of the log before';
  return other && other.bidder !== sale.bidder ? 'txn of another buyer' : null;
}

function wrongAfterwards(
  { past, rules }: World,
  leaf: Of<'sale.refunded' | 'sale.defaulted'>,
): string | null {
  const sales = salesOf(past);
  const sale = sales.find((one) => one.sale === leaf.body.sale);
  const phase = phaseOf(past);
  const isLate = phase !== 'open' && phase !== 'closed';
  if (!sale || sale.voided) return 'no such sale';
  if (leaf.type === 'sale.defaulted') {
    if (saysAgain(past)) return sale.paid || sale.defaulted ? 'not due' : null;
    if (isLate) return 'not now';
    const payBy = payableUntil(past, rules, sale);
    if (sale.paid || sale.defaulted || payBy === null) return 'not due';
    return leaf.t < payBy ? 'still payable' : null;
  }
  if (isLate && !saysAgain(past)) return 'not now';
  const { amountFen, freightFen } = leaf.body;
  if (amountFen === 0 && (freightFen === undefined || sale.backFen < sale.unitPriceFen * sale.units))
    return 'nothing goes back';
  if (freightFen !== undefined && freightFen !== freightOf(past, sale.bidder)) return 'freight';
  if (!sale.paid || sale.backFen + leaf.body.amountFen > sale.unitPriceFen * sale.units)
    return 'more than came';
  if (isDepositTxn(past, leaf.body.txn)) return 'txn of a deposit';
  if (isRepaidTxn(past, leaf.body.txn)) return 'txn of a grower';
  if (wrongBack(past, sale, leaf.body)) return 'not what was granted';
  const others = [...all(past, 'sale.paid'), ...all(past, 'payout.made')];
  if (others.some(({ body }) => body.txn === leaf.body.txn)) return 'txn of other money';
  const first = all(past, 'sale.refunded').find(({ body }) => body.txn === leaf.body.txn);
  const other = first && sales.find((one) => one.sale === first.body.sale);
  if (first && !saysAgain(past) && saysAgain(past.slice(0, first.i))) return 'txn of the log before';
  return other && other.bidder !== sale.bidder ? 'txn of another buyer' : null;
}

/** What of this buyer's freight came and did not go back. */
function freightOf(past: Past, bidder: string): number {
  const his = salesOf(past).filter((sale) => sale.bidder === bidder);
  const moved = (type: 'sale.paid' | 'sale.refunded') =>
    all(past, type)
      .filter(({ body }) => his.some(({ sale }) => sale === body.sale))
      .reduce((sum, { body }) => sum + (body.freightFen ?? 0), 0);
  return moved('sale.paid') - moved('sale.refunded');
}

function isFreight(
  past: Past,
  { freight }: World['rules'],
  { sale, bidder }: Sale,
  freightFen: number,
): boolean {
  if (!freight || freightOf(past, bidder) !== 0) return false;
  const paid = salesOf(past).filter(
    (one) =>
      one.sale === sale || (one.bidder === bidder && one.paid && one.backFen < one.unitPriceFen * one.units),
  );
  const sumFen = paid.reduce((sum, one) => sum + one.unitPriceFen * one.units, 0);
  if (freight.freeFromFen !== undefined && sumFen >= freight.freeFromFen) return false;
  return freight.elsewhereFen === freightFen || freight.zones.some(({ feeFen }) => feeFen === freightFen);
}

/** By the clock on the wall of the show, told step by step; null: no deadline. */
function payableUntil(past: Past, rules: World['rules'], sale: Sale): number | null {
  const closed = all(past, 'show.closed')[0];
  if (!closed) return null;
  const { bidder } = sale;
  const from = sale.replaces === null ? closed.t : sale.t;
  let until: number;
  if (rules.payWithinMs !== undefined) until = from + rules.payWithinMs;
  else if (rules.payBy) {
    const { afterDays, minuteOfDay, utcOffsetMinutes } = rules.payBy;
    const wall = new Date(from + utcOffsetMinutes * 60_000);
    const day = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate() + afterDays);
    until = day + (minuteOfDay - utcOffsetMinutes) * 60_000;
  } else return null;
  for (const { body } of all(past, 'pay.extended')) {
    if (body.bidder === bidder) until = Math.max(until, body.payBy);
  }
  return until;
}

function wrongExtension({ past, rules }: World, { body, t }: Of<'pay.extended'>): string | null {
  const until = salesOf(past)
    .filter(({ bidder, paid, voided, defaulted }) => bidder === body.bidder && !paid && !voided && !defaulted)
    .map((sale) => payableUntil(past, rules, sale) ?? Infinity);
  if (until.length === 0) return 'nothing to extend';
  const closed = all(past, 'show.closed')[0]!;
  const isLater = until.every((one) => body.payBy > one) && body.payBy > t;
  return isLater && body.payBy <= closed.t + 31 * 86_400_000 ? null : 'not later';
}

function wrongTotals({ past, rules }: World, leaf: Of<'show.closed' | 'show.settled'>): string | null {
  const lots = lotIds(past)
    .map((id) => lotOf(past, id, rules)!)
    .filter(({ phase }) => phase !== 'draft' && phase !== 'struck');
  const units = (end: Lot['units'][number]) => lots.reduce((sum, lot) => sum + count(lot, end), 0);
  const ends = {
    soldUnits: units('sold'),
    passedUnits: units('passed'),
    withdrawnUnits: units('withdrawn'),
    carriedUnits: units('carried'),
  };
  const sales = salesOf(past).filter(({ voided }) => !voided);
  const sumOf = (some: readonly Sale[]) =>
    some.reduce((sum, sale) => sum + sale.unitPriceFen * sale.units, 0);
  const totalFen = sumOf(sales);
  if (leaf.type === 'show.closed') {
    if (phaseOf(past) !== 'open' || lots.some((lot) => !isOver(lot))) return 'not over';
    const hammerFen = sumOf(sales.filter(({ foreign }) => !foreign));
    return isBody(leaf, { lots: lots.length, ...ends, hammerFen }) ? null : 'totals';
  }
  const closed = all(past, 'show.closed')[0];
  if (!closed || sales.some(({ paid, defaulted }) => !paid && !defaulted)) return 'not paid';
  if (chanceDue(past, rules, leaf.t)) return 'somebody is asked';
  if (depositsOf(past).some(({ leftFen, owedFen }) => leftFen > 0 || owedFen > 0)) return 'deposits';
  if (leaf.t < closed.t + rules.complaintMs) return 'too early';
  const left = leftOver(past, rules, leaf.t);
  if (left !== null) return left;
  const defaultedFen = sales
    .filter(({ defaulted }) => defaulted)
    .reduce((sum, sale) => sum + sale.unitPriceFen * sale.units, 0);
  const refundedFen = sales.reduce((sum, { backFen }) => sum + backFen, 0);
  const buyers = [...new Set(sales.map(({ bidder }) => bidder))];
  const freightFen = buyers.reduce((sum, bidder) => sum + freightOf(past, bidder), 0);
  const more = {
    ...{ ...(refundedFen && { refundedFen }), ...(defaultedFen && { defaultedFen }) },
    ...(freightFen && { freightFen }),
  };
  const growers = growersTotals(past, rules, leaf);
  if (growers === null) return 'growers are still to be paid';
  return isBody(leaf, { ...ends, paidFen: totalFen - defaultedFen, ...more, ...growers }) ? null : 'totals';
}
