import { createHash } from 'node:crypto';
import { mayBeOfferedAgain, standingOffers } from '@qingpai/auction/rules';
import { type Asked } from '@qingpai/auction/testing';
import {
  type DepositState,
  type LotState,
  type OfferingState,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { type Chance } from '../../tampering/chance.js';
import { actsAfterSale } from './afterSale.js';
import { press } from './bids.js';

/** What the house sees on its pages. */
export interface HouseSight {
  state: ShowState;
  chance: Chance;
  nowMs: number;
  /** A lot that is open, and its offering: the one on the block, or any of several. */
  lot: LotState | null;
  offering: OfferingState | null;
  /** Whether the storm is over: only what brings the show to its end is done then. */
  isLate: boolean;
  buyers: readonly string[];
  /** A number that nobody else gets. */
  nth: () => number;
  /** A lot for the supplementary list. */
  describe: (lot: string, list: number, number: string) => Asked;
}
export interface KindOfAct {
  name: string;
  /** How likely, each time the house looks. */
  often: number | ((sight: HouseSight) => number);
  /** Only in shows with such rules; elsewhere no dice are thrown for it. */
  where?: (rules: ShowState['rules']) => boolean;
  /** Null: there is nothing to do it to. */
  ask: (sight: HouseSight) => Asked | Asked[] | null;
}

/** One of those that are open. Of a single one no dice are thrown. */
export const oneOf = (chance: Chance, open: readonly string[]): string | null =>
  open.length > 1 ? chance.one(open) : (open[0] ?? null);

const by = 'host' as const;
const lotsIn = ({ state }: HouseSight, ...phases: LotState['phase'][]): LotState[] =>
  Object.values(state.lots).filter(({ phase }) => phases.includes(phase));
const onBlock =
  (name: 'lastCall' | 'freeze' | 'resume' | 'setAside') =>
  ({ lot, offering }: HouseSight) => {
    if (!lot || !offering || (offering.frozenAt !== null) !== (name === 'resume')) return null;
    return { by, name, lot: lot.lot };
  };
const isUndone = (lot: LotState): boolean => lot.offerings.at(-1)?.result === 'voided';
/** Mostly the newest. */
function anySale({ state, chance }: HouseSight): SaleState | undefined {
  const sales = Object.values(state.sales);
  return chance.maybe(0.5) ? sales.at(-1) : chance.one(sales);
}

/** Half of the time: by chance alone the last one might not be met before the evening is over. */
const unpaidSale = ({ state, chance }: HouseSight): SaleState | undefined =>
  chance.maybe(0.5) ? Object.values(state.sales).find(({ phase }) => phase === 'awaiting') : undefined;

/** SHA-256 of a transfer's reference: each has its own. */
const txnOf = (nth: number): string => createHash('sha256').update(String(nth)).digest('base64');
const movedOf = ({ nth, chance }: HouseSight, amountFen: number) => ({
  ...{ amountFen, channel: chance.one(['transfer', 'cash', 'wechat', 'stripe'] as const) },
  txn: txnOf(nth()),
});
const moneyOf = (sight: HouseSight, sale: string, amountFen: number) => ({
  ...{ sale, ...movedOf(sight, amountFen) },
});

const asksForDeposit = ({ deposit }: ShowState['rules']): boolean => deposit !== undefined;
function anyDeposit({ deposits }: ShowState, chance: Chance): DepositState | null {
  const all = Object.values(deposits);
  return all.length > 0 ? chance.one(all) : null;
}

/**
 * Everything the house may do: the host, whoever keeps the till, the platform. Whoever adds a command adds it here; the
 * first that finds something to do, and whose dice fall so, is done. What brings the show to its end stands last.
 */
export const kindsOfAct: readonly KindOfAct[] = [
  { name: 'resume', often: 0.8, ask: onBlock('resume') },
  { name: 'last call', often: 0.25, ask: onBlock('lastCall') },
  { name: 'freeze', often: 0.07, ask: (sight) => (sight.isLate ? null : onBlock('freeze')(sight)) },
  { name: 'set aside', often: 0.06, ask: onBlock('setAside') },
  {
    name: 'co-host takes over',
    often: ({ state }) => (state.open.length > 1 ? 0.12 : 0.03),
    ask: ({ nth, isLate }) =>
      isLate
        ? null
        : {
            ...{ by: 'platform', name: 'takeOver', reason: 'phone-died' },
            person: `cohost-${nth()}`.padEnd(16, '-'),
          },
  },
  {
    name: 'a bid for the hall',
    often: 0.3,
    ask: (sight) => {
      const { state, lot, offering, chance, nth } = sight;
      const hall = Object.values(state.bidders).find(({ kind }) => kind === 'hall');
      if (!lot || !offering || !hall) return null;
      const bid = press({ ...sight, lot, offering });
      if (!bid) return null;
      const place = { bidId: `hall-${nth()}-aaaa`, lot: lot.lot, offering: lot.offerings.length };
      return {
        ...{ by: chance.one(['host', 'moderator'] as const), name: 'bidFor', bidder: hall.bidder },
        bid: { ...place, ...bid },
      };
    },
  },
  {
    name: 'a limit, a stop, or neither',
    often: 0.12,
    ask: ({ chance, buyers }) => {
      const limit = chance.one([{ limitFen: 1_500 }, { banned: true as const }, {}, {}]);
      return { by, name: 'limit', bidder: chance.one(buyers), ...limit };
    },
  },
  {
    name: 'undo',
    often: 0.1,
    ask: (sight) => {
      const isUsual = !sight.state.rules.timed && sight.chance.maybe(0.8);
      const sale = isUsual ? sight.state.undoable : anySale(sight)?.sale;
      return sale ? { by, name: 'undo', sale, reason: 'technical' } : null;
    },
  },
  {
    name: 'withdraw',
    often: 0.04,
    ask: (sight) => {
      const [lot] = lotsIn(sight, 'onBlock', 'waiting', 'sealed');
      return lot ? { by, name: 'withdraw', lot: lot.lot, reason: 'damaged' } : null;
    },
  },
  {
    name: 'a lot for the supplementary list',
    often: 0.08,
    ask: ({ state, isLate, describe, nth }) => {
      if (isLate || state.phase !== 'open' || Object.keys(state.lots).length > 4) return null;
      return describe(`L${100 + nth()}`, state.seals.length + 1, String(500 + nth()));
    },
  },
  {
    name: 'a lot described anew after its list was sealed',
    often: 0.02,
    ask: (sight) => {
      const [lot] = lotsIn(sight, 'sealed', 'waiting');
      const asked = lot && sight.describe(lot.lot, sight.state.seals.length + 1, lot.number);
      return asked?.name === 'catalogue' ? { ...asked, name: 'amend' } : null;
    },
  },
  {
    name: 'seal what is added',
    often: 0.5,
    ask: (sight) => (lotsIn(sight, 'draft').length > 0 ? { by, name: 'seal' } : null),
  },

  ...actsAfterSale,
  {
    name: 'default of somebody with a deposit',
    often: 0.25,
    where: asksForDeposit,
    ask: ({ state }) => {
      const bidders = new Set(Object.values(state.deposits).map(({ bidder }) => bidder));
      const sale = Object.values(state.sales).find(
        (one) => one.phase === 'awaiting' && bidders.has(one.bidder),
      );
      return sale && state.phase === 'closed' ? { by, name: 'default', sale: sale.sale } : null;
    },
  },
  {
    name: 'paid',
    often: 0.35,
    ask: (sight) => {
      const sale = (sight.isLate && unpaidSale(sight)) || anySale(sight);
      const amountFen = sale && sale.unitPriceFen * sale.units - (sight.chance.maybe(0.15) ? 1 : 0);
      return amountFen ? { by, name: 'paid', body: moneyOf(sight, sale.sale, amountFen) } : null;
    },
  },
  {
    name: 'refunded',
    often: 0.2,
    ask: (sight) => {
      const sale = anySale(sight);
      if (!sale) return null;
      const whole = sale.unitPriceFen * sale.units;
      const amountFen = sight.chance.one([Math.ceil(whole / 3), Math.ceil((whole * 2) / 3), whole]);
      return { by, name: 'refunded', body: moneyOf(sight, sale.sale, amountFen) };
    },
  },
  {
    name: 'default',
    often: 0.15,
    ask: (sight) => {
      const sale = anySale(sight);
      return sale ? { by, name: 'default', sale: sale.sale } : null;
    },
  },

  {
    name: 'a deposit comes in',
    often: 0.4,
    where: asksForDeposit,
    ask: (sight) => {
      const { state, chance, buyers } = sight;
      const amountFen = state.rules.deposit!.amountFen - (chance.maybe(0.1) ? 1 : 0);
      const hall = Object.values(state.bidders).find(({ kind }) => kind === 'hall');
      const bidder = chance.maybe(0.2) && hall ? hall.bidder : chance.one(buyers);
      const money = movedOf(sight, amountFen);
      return { by, name: 'holdDeposit', body: { ...money, bidder } };
    },
  },
  {
    name: 'a deposit is let go before its time',
    often: 0.06,
    where: asksForDeposit,
    ask: ({ state, chance }) => {
      const one = anyDeposit(state, chance);
      return one && { by: 'officer', name: 'releaseDeposit', deposit: one.deposit, reason: 'bidder-request' };
    },
  },
  {
    name: 'a deposit goes back, now and then once too often',
    often: 0.5,
    where: asksForDeposit,
    ask: (sight) => {
      const { state, chance } = sight;
      const due = Object.values(state.deposits).find((one) => one.releasedFen > one.returnedFen);
      const one = chance.maybe(0.1) ? anyDeposit(state, chance) : due;
      if (!one) return null;
      const money = movedOf(sight, one.releasedFen - one.returnedFen || one.amountFen);
      return { by, name: 'returnDeposit', body: { ...money, deposit: one.deposit } };
    },
  },
  {
    name: 'offer',
    often: 0.7,
    ask: (sight) => {
      const { rules, open } = sight.state;
      const undone = lotsIn(sight, 'waiting').find((one) => isUndone(one) && mayBeOfferedAgain(rules, one));
      const lot = undone ?? lotsIn(sight, 'sealed')[0];
      // Rudely also where there is no room beside what is open.
      const isFree = open.length < (rules.timed?.openMax ?? 1) || sight.chance.maybe(0.1);
      return lot && isFree ? { by, name: 'offer', lot: lot.lot } : null;
    },
  },
  {
    name: 'offer once more, too often',
    often: 0.04,
    ask: (sight) => {
      const [lot] = lotsIn(sight, 'waiting', 'passed', 'hammered', 'onBlock');
      return lot ? { by, name: sight.chance.one(['offer', 'reoffer'] as const), lot: lot.lot } : null;
    },
  },
  {
    name: 're-offer',
    often: 0.9,
    ask: (sight) => {
      const lot = lotsIn(sight, 'waiting').find((one) => mayBeOfferedAgain(sight.state.rules, one));
      return lot && sight.state.block === null ? { by, name: 'reoffer', lot: lot.lot } : null;
    },
  },
  {
    name: 'pass or carry',
    often: 0.9,
    ask: (sight) => {
      const lot = lotsIn(sight, 'waiting').find((one) => !mayBeOfferedAgain(sight.state.rules, one));
      if (!lot || sight.state.block !== null) return null;
      // Where the server asks around first, he mostly lets it.
      if (sight.state.rules.ladder?.offers && sight.chance.maybe(0.97)) return null;
      return { by, name: sight.chance.one(['pass', 'carry'] as const), lot: lot.lot };
    },
  },
  {
    name: 'the answer of who is in the hall, now and then of somebody else',
    often: 0.6,
    ask: ({ state, chance }) => {
      if (state.phase === 'closed') return secondChance(state, chance);
      const standing = standingOffers(state);
      const ofHall = standing.find(({ offer }) => state.bidders[offer.bidder]?.kind === 'hall');
      const asked = ofHall ?? (chance.maybe(0.05) ? standing[0] : undefined);
      if (!asked) return null;
      return { by, name: 'answerOffer', offer: asked.offer.offer, accept: chance.maybe(0.5) };
    },
  },
  {
    name: 'nobody is asked further',
    often: 0.03,
    ask: (sight) => {
      const { rules } = sight.state;
      const [lot] = rules.ladder?.offers ? lotsIn(sight, 'waiting') : [];
      return lot ? { by, name: 'endOffers', lot: lot.lot, reason: 'other' } : null;
    },
  },
  {
    name: 'close, though lots may be left',
    often: 0.05,
    ask: ({ state }) => (state.phase === 'open' ? { by, name: 'close' } : null),
  },
  {
    name: 'close',
    often: 0.9,
    ask: (sight) =>
      sight.isLate && sight.state.phase === 'open' && isSoldOut(sight.state) ? { by, name: 'close' } : null,
  },
  {
    name: 'settle',
    often: 0.3,
    ask: ({ state }) => (state.phase === 'closed' ? { by, name: 'settle' } : null),
  },
];

/** The same when somebody did not pay. */
function secondChance({ chances, bidders }: ShowState, chance: Chance): Asked | null {
  const standing = chances.filter(({ result }) => result === 'standing');
  const ofHall = standing.find(({ bidder }) => bidders[bidder]?.kind === 'hall');
  const asked = ofHall ?? (standing.length > 0 && chance.maybe(0.05) ? standing[0] : undefined);
  return asked ? { by, name: 'answerChance', sale: asked.sale, accept: chance.maybe(0.5) } : null;
}

/** No lot is left. */
const isSoldOut = ({ block, lots }: ShowState): boolean =>
  block === null &&
  Object.values(lots).every(({ phase }) => !['draft', 'sealed', 'waiting', 'onBlock'].includes(phase));

/** What the house does next; null: nothing now. */
export function act(sight: HouseSight): Asked | Asked[] | null {
  for (const { often, ask, where } of kindsOfAct) {
    if (where && !where(sight.state.rules)) continue;
    const likely = typeof often === 'number' ? often : often(sight);
    const asked = sight.chance.maybe(likely) ? ask(sight) : null;
    if (asked) return asked;
  }
  return null;
}
