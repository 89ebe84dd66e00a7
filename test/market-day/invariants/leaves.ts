import { type LoggedEvent } from '@qingpai/wire';
import { firstAmount, stepsTo } from '../../tampering/naive/bids.js';
import { clockPrice } from '../../tampering/naive/past.js';
import { afterSaleInvariants } from './afterSale.js';
import { defaultInvariants } from './defaults.js';
import { depositInvariants } from './deposits.js';
import { type Facts, type LotFacts, type Round, type SaleFacts } from './facts.js';

/** What is wrong with a leaf, given all before it; null: nothing. */
type Look = (facts: Facts, leaf: LoggedEvent) => string | null;
type Of<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>;
interface About {
  facts: Facts;
  lot: LotFacts;
  round: Round;
}

const say = (isBroken: boolean, how: () => string): string | null => (isBroken ? how() : null);

/** Looks at leaves of one type, on a lot whose offering runs; elsewhere another invariant speaks. */
const onRound =
  <T extends 'bid.accepted' | 'lot.hammered' | 'lot.extended' | 'lot.lastCall' | 'lot.setAside'>(
    type: T,
    look: (about: About, leaf: Of<T>) => string | null,
  ): Look =>
  (facts, leaf) => {
    if (leaf.type !== type || !('lot' in leaf.body)) return null;
    const lot = facts.lots.get(leaf.body.lot);
    return lot?.round ? look({ facts, lot, round: lot.round }, leaf as Of<T>) : null;
  };

const ofSale =
  <T extends 'sale.paid' | 'sale.refunded' | 'sale.defaulted' | 'sale.voided'>(
    type: T,
    look: (sale: SaleFacts, leaf: Of<T>, facts: Facts) => string | null,
  ): Look =>
  (facts, leaf) => {
    if (leaf.type !== type || !('sale' in leaf.body)) return null;
    const sale = facts.sales.get(leaf.body.sale);
    return sale ? look(sale, leaf as Of<T>, facts) : `${leaf.body.sale} is no sale`;
  };

const bids: ReadonlySet<LoggedEvent['type']> = new Set(['bid.accepted', 'bid.refused', 'proxy.placed']);
const money: ReadonlySet<LoggedEvent['type']> = new Set([
  ...(['sale.paid', 'sale.refunded', 'sale.defaulted'] as const),
  ...(['deposit.forfeited', 'deposit.released', 'deposit.returned'] as const),
  ...(['sale.packed', 'sale.shipped', 'sale.received'] as const),
  ...(['claim.filed', 'claim.proposed', 'claim.granted', 'claim.declined', 'claim.closed'] as const),
  ...(['payout.made', 'clawback.taken', 'clawback.repaid', 'clawback.carried'] as const),
]);
const afterDefault: ReadonlySet<LoggedEvent['type']> = new Set([
  ...(['sale.offered', 'sale.accepted', 'sale.declined', 'sale.lapsed', 'lot.carried'] as const),
]);
type Counted = Of<'bid.accepted'> | Of<'bid.refused'> | Of<'proxy.placed'>;
const isCounted = (leaf: LoggedEvent): leaf is Counted => bids.has(leaf.type);
const isAuto = (leaf: LoggedEvent): boolean => leaf.type === 'bid.accepted' && leaf.body.auto === true;

const EXTENSION_MS_MAX = 60_000;

/** Each has its name, and each is found by a bug that was planted for it. */
export const leafInvariants: Readonly<Record<string, Look>> = {
  'no gap in the log': ({ size }, { i }) => say(i !== size, () => `leaf ${i} stands at ${size}`),

  'time never goes back': (facts, { i, t }) =>
    say(t < facts.t, () => `leaf ${i} goes back ${facts.t - t} ms`),

  'a bid is applied once': (facts, leaf) =>
    isCounted(leaf) ? say(facts.ids.has(leaf.body.bid), () => `${leaf.body.bid} for the second time`) : null,

  'counts of bids have no gap': (facts, leaf) => {
    if (!isCounted(leaf) || isAuto(leaf)) return null;
    const before = facts.counts.get(leaf.body.bidder) ?? 0;
    return say(leaf.body.nth !== before + 1, () => `${leaf.body.nth} after ${before}`);
  },

  // ---------------------------------------------------------------- who bids, and what

  'no bid once a lot has closed': (facts, leaf) => {
    if (leaf.type !== 'bid.accepted') return null;
    const round = facts.lots.get(leaf.body.lot)?.round;
    if (round?.offering !== leaf.body.offering) return `${leaf.body.lot} is not open`;
    return say(
      round.closesAt !== null && leaf.t >= round.closesAt,
      () => `${leaf.t - round.closesAt!} ms late`,
    );
  },

  'no bid while a lot is frozen': onRound('bid.accepted', ({ round }, { i }) =>
    say(round.frozenAt !== null, () => `leaf ${i}`),
  ),

  'nobody bids in his own show or on his own lot': onRound('bid.accepted', ({ facts, lot }, { body }) => {
    const kind = facts.people.get(body.bidder)?.kind;
    return say(kind === 'host' || body.bidder === lot.said.grower, () => `${body.bidder} (${kind})`);
  }),

  'who was stopped does not bid': onRound('bid.accepted', ({ facts }, { body }) =>
    say(facts.people.get(body.bidder)?.banned !== false, () => body.bidder),
  ),

  'the house bids for the hall, and for nobody else': onRound('bid.accepted', ({ facts }, { body }) => {
    const isHall = facts.people.get(body.bidder)?.kind === 'hall';
    return body.auto ? null : say(isHall !== (body.byModerator === true), () => body.bidder);
  }),

  'nobody bids above his limit': onRound('bid.accepted', ({ facts, lot, round }, { body }) => {
    const units = round.clock ? (body.units ?? 1) : round.unitsLeft;
    const limitFen = facts.limitOf(body.bidder);
    return say(body.amountFen * units > limitFen, () => `${lot.said.lot}: ${body.amountFen} × ${units}`);
  }),

  'the price rises by whole steps': onRound('bid.accepted', ({ facts, lot, round }, { body }) => {
    if (round.clock || body.buyNow) return null;
    const from = round.priceFen ?? firstAmount(facts.rules, lot.said.stepFen, round.startFen);
    const isBelow = body.amountFen < from || body.amountFen === round.priceFen;
    const isOff = isBelow || stepsTo(facts.rules, lot.said.stepFen, from, body.amountFen) === null;
    return say(isOff, () => `from ${from} to ${body.amountFen}`);
  }),

  'a slip of the finger does not count': onRound('bid.accepted', ({ facts, lot, round }, { body }) => {
    if (round.clock || body.buyNow || body.auto || body.confirmed) return null;
    const from = round.priceFen ?? firstAmount(facts.rules, lot.said.stepFen, round.startFen);
    const steps = stepsTo(facts.rules, lot.said.stepFen, from, body.amountFen) ?? 0;
    return say(steps > facts.rules.slipSteps, () => `${steps} steps at once`);
  }),

  'who leads does not outbid himself': onRound('bid.accepted', ({ round }, { body }) =>
    say(
      !round.clock && !body.auto && !body.buyNow && round.last?.body.bidder === body.bidder,
      () => body.bidder,
    ),
  ),

  'nobody pays more than the cap': onRound('bid.accepted', ({ lot }, { body }) =>
    say(body.amountFen > (lot.said.capFen ?? Infinity), () => `${body.amountFen}`),
  ),

  'buy-now is gone once a bid has reached it': onRound('bid.accepted', ({ lot, round }, { body }) =>
    say(
      body.buyNow === true &&
        !round.clock &&
        (body.amountFen !== lot.said.buyNowFen || (round.priceFen ?? 0) >= lot.said.buyNowFen),
      () => `${body.amountFen} after ${round.priceFen}`,
    ),
  ),

  'a take costs what the clock says, and no more than was pressed': onRound(
    'bid.accepted',
    ({ round }, { t, body }) => {
      if (!round.clock) return null;
      const priceFen = clockPrice(round.clock, t);
      const pressedFen = body.pressedFen ?? 0;
      return say(
        body.amountFen !== priceFen || priceFen > pressedFen,
        () => `${body.amountFen}, pressed ${pressedFen}, the clock says ${priceFen}`,
      );
    },
  ),

  'no more is taken than is left': onRound('bid.accepted', ({ round }, { body }) =>
    say((body.units ?? 1) > round.unitsLeft, () => `${body.units} of ${round.unitsLeft}`),
  ),

  // ---------------------------------------------------------------- the close

  'no more lots are open at once than the rules say': (facts, leaf) => {
    if (leaf.type !== 'lot.offered') return null;
    const running = facts.sealed.filter(({ round }) => round !== null);
    const isAlone = leaf.body.clock !== undefined || running.some(({ round }) => round?.clock);
    const openMax = isAlone ? 1 : (facts.rules.timed?.openMax ?? 1);
    return say(running.length >= openMax, () => running.map(({ said }) => said.lot).join(' and '));
  },

  'closes are as far apart as the rules say': (facts, leaf) => {
    const { timed, openForMs } = facts.rules;
    if (leaf.type !== 'lot.offered' || leaf.body.closesAt === undefined) return null;
    const rounds = facts.sealed.flatMap(({ round }) => (timed && round ? [round] : []));
    const planned = rounds.map(
      ({ hardEndMs }) => hardEndMs - facts.rules.hardEndMs + (timed?.staggerMs ?? 0),
    );
    const closesAt = Math.max(leaf.t + openForMs, ...planned);
    return say(leaf.body.closesAt !== closesAt, () => `${leaf.body.closesAt! - closesAt} ms off`);
  },

  'lots close in the order of their closes': (facts, leaf) => {
    const isClose = leaf.type === 'lot.hammered' || (leaf.type === 'lot.setAside' && leaf.by === 'platform');
    if (!isClose || facts.owed?.type === 'lot.hammered') return null;
    const closesAt = facts.lots.get(leaf.body.lot)?.round?.closesAt ?? Infinity;
    const before = facts.sealed.find(
      ({ round }) => round?.frozenAt === null && round.closesAt !== null && round.closesAt < closesAt,
    );
    return say(before !== undefined, () => `${leaf.body.lot} before ${before!.said.lot}`);
  },

  'a take-over finds all that is open frozen': (facts, { type }) => {
    if (type !== 'show.tookOver') return null;
    const running = facts.sealed.filter(({ round }) => round?.frozenAt === null);
    return say(running.length > 0, () => running.map(({ said }) => said.lot).join(' and '));
  },

  'an offered lot is sealed, as often as the rules say': (facts, leaf) => {
    if (leaf.type !== 'lot.offered') return null;
    const { lot: id, offering, units } = leaf.body;
    const lot = facts.lots.get(id);
    if (!lot?.isSealed || facts.phase !== 'open') return `${id} is not sealed, or the show not open`;
    if (offering !== lot.rounds + 1 || lot.rounds > facts.rules.furtherOfferings)
      return `${id} for the ${offering}th time`;
    return say(units !== facts.openUnits(lot) + lot.ended.passed, () => `${units} units`);
  },

  'only an accepted bid extends': onRound('lot.extended', ({ facts }, { body }) => {
    const { last } = facts;
    const isAfterBid = last?.type === 'bid.accepted' && last.body.lot === body.lot;
    return say(body.cause === 'bid' && !isAfterBid, () => `after ${last?.type}`);
  }),

  'an extension never shrinks, and keeps to its bounds': onRound('lot.extended', ({ round }, { t, body }) => {
    const before = round.closesAt ?? Infinity;
    if (body.closesAt <= before) return `${before - body.closesAt} ms less`;
    if (body.cause === 'bid') return null; // to the millisecond by the next one
    return say(
      body.closesAt > before + EXTENSION_MS_MAX || body.closesAt <= t,
      () => `by ${body.closesAt - before} ms`,
    );
  }),

  'a bid brings its hammer or its extension with it': ({ owed }, leaf) => {
    if (!owed) return null;
    const closesAt = leaf.type === 'lot.extended' ? leaf.body.closesAt : undefined;
    return say(
      leaf.type !== owed.type || closesAt !== owed.closesAt,
      () => `${owed.type} ${owed.closesAt ?? ''}, and not ${leaf.type} ${closesAt ?? ''}`,
    );
  },

  'the last call leaves time': onRound('lot.lastCall', ({ facts, round }, { t, body }) => {
    const closesAt = Math.min(round.closesAt ?? 0, t + facts.rules.lastCallMs);
    return say(body.closesAt !== closesAt, () => `${body.closesAt - t} ms`);
  }),

  'nobody hammers early': (facts, leaf) => {
    const isClose = leaf.type === 'lot.hammered' || (leaf.type === 'lot.setAside' && leaf.by === 'platform');
    if (!isClose || facts.owed?.type === 'lot.hammered') return null;
    const closesAt = facts.lots.get(leaf.body.lot)?.round?.closesAt ?? null;
    return say(closesAt !== null && leaf.t < closesAt, () => `${closesAt! - leaf.t} ms before the close`);
  },

  'no hammer on a frozen lot': onRound('lot.hammered', ({ round }, { i }) =>
    say(round.frozenAt !== null, () => `leaf ${i}`),
  ),

  'a lot closes once': (facts, leaf) => {
    if (leaf.type !== 'lot.hammered' && leaf.type !== 'lot.setAside') return null;
    if (leaf.type === 'lot.hammered' && leaf.body.offer !== undefined) return null; // see offers
    const { lot, offering } = leaf.body;
    return say(facts.lots.get(lot)?.round?.offering !== offering, () => `${lot} was not open any more`);
  },

  'sold to the last bid': onRound('lot.hammered', ({ lot, round }, { body }) => {
    const last = round.last?.body;
    const isHis = last?.bidder === body.bidder && last.amountFen === body.unitPriceFen;
    return say(!isHis, () => `${lot.said.lot} to ${body.bidder} for ${body.unitPriceFen}`);
  }),

  'a standing bid at the floor is not set aside': onRound('lot.setAside', ({ facts, round }, { body }) =>
    say(
      !round.clock && round.priceFen !== null && round.priceFen >= facts.floorOf(body.lot),
      () => `${round.priceFen}`,
    ),
  ),

  'nothing is sold below its floor': onRound('lot.hammered', ({ facts }, { body }) => {
    const floorFen = facts.floorOf(body.lot);
    return say(body.unitPriceFen < floorFen, () => `${body.unitPriceFen} under ${floorFen}`);
  }),

  'no unit is sold twice': (facts, leaf) => {
    if (leaf.type !== 'lot.hammered') return null;
    const { lot, firstUnit, units } = leaf.body;
    const end = firstUnit + units;
    if (firstUnit < 1 || end - 1 > (facts.lots.get(lot)?.said.units ?? 0))
      return `${lot} has no unit ${end - 1}`;
    const other = facts
      .standing(lot)
      .find((one) => firstUnit < one.firstUnit + one.units && one.firstUnit < end);
    return say(other !== undefined, () => `${lot} ${firstUnit}–${end - 1} and ${other!.sale}`);
  },

  'units that end are those that are open': (facts, leaf) => {
    if (leaf.type !== 'lot.passed' && leaf.type !== 'lot.withdrawn' && leaf.type !== 'lot.carried')
      return null;
    if ('sale' in leaf.body) return null; // see defaults
    const lot = facts.lots.get(leaf.body.lot);
    const openUnits = lot ? facts.openUnits(lot) : 0;
    return say(leaf.body.units !== openUnits || openUnits < 1, () => `${leaf.body.units} of ${openUnits}`);
  },

  // ---------------------------------------------------------------- offers to one person

  'an offer goes to the next who wanted it, once, at his price': (facts, leaf) => {
    if (leaf.type !== 'offer.made') return null;
    const { lot, bidder, units, unitPriceFen } = leaf.body;
    const wanted = [...(facts.wanted.get(lot) ?? [])];
    const his = wanted.findIndex(([who]) => who === bidder);
    const asked = [...facts.asked.values()].filter((one) => one.lot === lot);
    if (his < 0 || asked.some((one) => one.bidder === bidder || !one.isOver)) return `${bidder} is asked`;
    const ownFen = wanted[his]![1];
    if (unitPriceFen < Math.max(ownFen, facts.floorOf(lot))) return `${unitPriceFen} is too little`;
    const skipped = wanted.find(([who, fen], at) => {
      const comesBefore = fen > ownFen || (fen === ownFen && at < his);
      const person = facts.people.get(who);
      const isOut =
        !person || person.banned || person.kind === 'host' || who === facts.lots.get(lot)?.said.grower;
      const isAble = Math.max(fen, unitPriceFen) * units <= facts.limitOf(who);
      return comesBefore && !isOut && isAble && !asked.some((one) => one.bidder === who);
    });
    return say(skipped !== undefined, () => `${skipped![0]} wanted it more`);
  },

  'an offer is accepted in time, by who was asked, and sold to him': (facts, leaf) => {
    if (leaf.type === 'lot.hammered' && leaf.body.offer !== undefined) {
      const { last } = facts;
      const isHis = last?.type === 'offer.accepted' && last.body.bidder === leaf.body.bidder;
      return say(!isHis || last.body.unitPriceFen !== leaf.body.unitPriceFen, () => leaf.body.sale);
    }
    if (leaf.type !== 'offer.accepted' && leaf.type !== 'offer.declined') return null;
    const { bidder, byModerator, unitPriceFen, units } = leaf.body;
    const asking = facts.asked.get(leaf.body.offer);
    if (!asking || asking.isOver || leaf.t >= asking.expiresAt) return `${leaf.body.offer} does not stand`;
    const isHall = facts.people.get(bidder)?.kind === 'hall';
    const isByHim = isHall ? byModerator === true : leaf.by === bidder;
    const isSame = asking.bidder === bidder && asking.unitPriceFen === unitPriceFen && asking.units === units;
    return say(!isByHim || !isSame, () => `${leaf.by} answers for ${asking.bidder}`);
  },

  // ---------------------------------------------------------------- list, money, end

  'what is sealed is not described again': (facts, leaf) => {
    if (leaf.type !== 'lot.amended' && leaf.type !== 'lot.catalogued') return null;
    return say(facts.lots.get(leaf.body.lot)?.isSealed === true, () => leaf.body.lot);
  },

  'a show closes when no lot is left': (facts, leaf) => {
    if (leaf.type !== 'show.closed') return null;
    const left = facts.sealed.filter((lot) => lot.round !== null || facts.openUnits(lot) > 0);
    return say(left.length > 0, () => left.map(({ said }) => said.lot).join(', '));
  },

  'a closed show sells nothing more': (facts, { type }) =>
    say(
      facts.phase === 'settled' ||
        (facts.phase === 'closed' && !money.has(type) && !afterDefault.has(type) && type !== 'show.settled'),
      () => type,
    ),

  'a sale is paid whole, and once': ofSale('sale.paid', (sale, { body }) =>
    say(sale.isPaid || sale.isOver !== null || body.amountFen !== sale.totalFen, () => sale.sale),
  ),

  'refunds never exceed what was paid': ofSale('sale.refunded', (sale, { body }) => {
    const paidFen = sale.isPaid ? sale.totalFen : 0;
    return say(
      sale.backFen + body.amountFen > paidFen,
      () => `${sale.backFen} + ${body.amountFen} of ${paidFen}`,
    );
  }),

  'nobody is in default before his time is over': ofSale('sale.defaulted', (sale, { t }, facts) => {
    const from = sale.replaces === null ? facts.closedAt : sale.t;
    const dueAt = from + (facts.rules.payWithinMs ?? Infinity);
    return say(facts.phase !== 'closed' || t < dueAt || sale.isPaid, () => sale.sale);
  }),

  'a paid hammer is not undone': ofSale('sale.voided', (sale) =>
    say(sale.isPaid || sale.isOver !== null, () => sale.sale),
  ),

  'a settled show owes nothing': (facts, leaf) => {
    if (leaf.type !== 'show.settled') return null;
    if (leaf.t < facts.closedAt + facts.rules.complaintMs) return 'before the time to complain was over';
    const owing = [...facts.sales.values()].filter((sale) => !sale.isPaid && sale.isOver === null);
    return say(owing.length > 0, () => owing.map(({ sale }) => sale).join(', '));
  },

  ...defaultInvariants,
  ...depositInvariants,
  ...afterSaleInvariants,
};
