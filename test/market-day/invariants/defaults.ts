import { type LoggedEvent } from '@qingpai/wire';
import { type Facts, type SaleFacts } from './facts.js';

/** What follows a default (顺位成交), each with its name. */
type Look = (facts: Facts, leaf: LoggedEvent) => string | null;
const say = (isBroken: boolean, how: () => string): string | null => (isBroken ? how() : null);

/** The first sale of these units. */
function rootOf(facts: Facts, sale: SaleFacts): string {
  const before = sale.replaces === null ? undefined : facts.sales.get(sale.replaces);
  return before ? rootOf(facts, before) : sale.sale;
}

/** Who could be asked about a sale in default, the best first: facts alone, without what the log says of floors. */
function line(facts: Facts, sale: SaleFacts): [string, number][] {
  const root = rootOf(facts, sale);
  const asked = [...facts.seconds.values()].filter(
    ({ replaces }) => rootOf(facts, facts.sales.get(replaces)!) === root,
  );
  const { said } = facts.lots.get(sale.lot)!;
  if (isFromClock(facts, sale) || asked.length >= (facts.rules.secondChance?.perSaleMax ?? 0)) return [];
  const bids = [...(facts.bestOf.get(`${sale.lot}/${sale.offering}`) ?? [])];
  return bids
    .filter(([bidder, fen]) => {
      const person = facts.people.get(bidder);
      const owes = [...facts.sales.values()].some(
        (one) => one.bidder === bidder && one.isOver === 'defaulted',
      );
      const isOut = !person || person.banned || person.kind === 'host' || bidder === said.grower || owes;
      const isAsked = asked.some((one) => one.bidder === bidder);
      return (
        !isOut && !isAsked && fen >= facts.floorOf(sale.lot) && fen * sale.units <= facts.limitOf(bidder)
      );
    })
    .sort(([, a], [, b]) => b - a);
}

/** A re-offer as a clock sells to the first who presses: nobody comes next. */
const isFromClock = (facts: Facts, { lot, offering }: SaleFacts): boolean =>
  facts.clocks.has(`${lot}/${offering}`);

export const defaultInvariants: Readonly<Record<string, Look>> = {
  'a second chance follows a default, and goes to the best of the others at his own bid': (facts, leaf) => {
    if (leaf.type !== 'sale.offered') return null;
    const { replaces, bidder, units, unitPriceFen } = leaf.body;
    const sale = facts.sales.get(replaces);
    if (sale?.isOver !== 'defaulted' || sale.isFollowed || sale.units !== units)
      return `${replaces} is not free`;
    if ([...facts.seconds.values()].some((one) => one.replaces === replaces && !one.isOver))
      return `${replaces} is offered already`;
    const [first] = line(facts, sale);
    return say(
      first?.[0] !== bidder || first[1] !== unitPriceFen,
      () => `${bidder} and not ${first?.join(' at ')}`,
    );
  },

  'a second chance is taken in time, by who was asked, for what he was told': (facts, leaf) => {
    if (leaf.type !== 'sale.accepted' && leaf.type !== 'sale.declined') return null;
    const second = facts.seconds.get(leaf.body.sale);
    if (!second || second.isOver || leaf.t >= second.expiresAt) return `${leaf.body.sale} does not stand`;
    const isHall = facts.people.get(second.bidder)?.kind === 'hall';
    const isByHim = isHall ? leaf.body.byModerator === true : leaf.by === second.bidder;
    const { bidder, units, unitPriceFen } = leaf.body;
    const isSame = bidder === second.bidder && units === second.units && unitPriceFen === second.unitPriceFen;
    return say(!isByHim || !isSame, () => `${leaf.by} answers for ${second.bidder}`);
  },

  'what is in default is carried when nobody is left to ask': (facts, leaf) => {
    if (leaf.type !== 'lot.carried' || leaf.body.sale === undefined) return null;
    const sale = facts.sales.get(leaf.body.sale);
    const isFree = sale?.isOver === 'defaulted' && !sale.isFollowed && sale.units === leaf.body.units;
    if (!sale || !isFree || facts.rules.secondChance?.atLast !== 'carry')
      return `${leaf.body.sale} is not to be carried`;
    const [first] = line(facts, sale);
    return say(first !== undefined, () => `${first![0]} was to be asked`);
  },

  'no default is left without what follows it': (facts, leaf) => {
    if (leaf.type !== 'show.settled') return null;
    const standing = [...facts.seconds.values()].filter(({ isOver }) => !isOver);
    const left = [...facts.sales.values()].filter((sale) => sale.isOver === 'defaulted' && !sale.isFollowed);
    const isWrong = facts.rules.secondChance?.atLast === 'carry' && left.length > 0;
    return say(standing.length > 0 || isWrong, () =>
      [...standing, ...left].map(({ sale }) => sale).join(', '),
    );
  },
};
