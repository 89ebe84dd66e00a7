import { type LoggedEvent } from '@qingpai/wire';
import { type DepositFacts, type Facts } from './facts.js';

/** What may become of a deposit (保证金), each with its name. */
type Look = (facts: Facts, leaf: LoggedEvent) => string | null;
const say = (isBroken: boolean, how: () => string): string | null => (isBroken ? how() : null);

export const heldFen = ({ amountFen, forfeitedFen, releasedFen }: DepositFacts): number =>
  amountFen - forfeitedFen - releasedFen;
const heldOf = (facts: Facts, bidder: string): DepositFacts | undefined =>
  [...facts.deposits.values()].find((one) => one.bidder === bidder && heldFen(one) > 0);
const owes = (facts: Facts, bidder: string): boolean =>
  [...facts.sales.values()].some((sale) => sale.bidder === bidder && !sale.isPaid && sale.isOver === null);

/** What a bid would come to, fen; null: nobody may know, or the lot is not open. */
function totalFen(facts: Facts, { body }: Extract<LoggedEvent, { type: 'bid.accepted' | 'bid.refused' }>) {
  const round = facts.lots.get(body.lot)?.round;
  if (!round) return null;
  return body.amountFen * (round.clock ? (body.units ?? 1) : round.unitsLeft);
}

export const depositInvariants: Readonly<Record<string, Look>> = {
  'nobody bids without the deposit that the rules ask for': (facts, leaf) => {
    const { deposit } = facts.rules;
    if (!deposit || (leaf.type !== 'bid.accepted' && leaf.type !== 'proxy.placed')) return null;
    const comesTo = leaf.type === 'bid.accepted' ? (totalFen(facts, leaf) ?? 0) : Infinity;
    const isFree = comesTo <= (deposit.abovePriceFen ?? 0) || heldOf(facts, leaf.body.bidder) !== undefined;
    return say(!isFree, () => `${leaf.body.bidder} bids ${comesTo} without one`);
  },

  'who has his deposit is not refused for want of it': (facts, leaf) => {
    if (leaf.type !== 'bid.refused' || leaf.body.reason !== 'deposit-needed') return null;
    const above = facts.rules.deposit?.abovePriceFen ?? 0;
    const isNeeded = facts.rules.deposit !== undefined && (totalFen(facts, leaf) ?? Infinity) > above;
    return say(!isNeeded || heldOf(facts, leaf.body.bidder) !== undefined, () => leaf.body.bidder);
  },

  'a deposit comes in whole, one of a bidder at a time': (facts, leaf) => {
    if (leaf.type !== 'deposit.held') return null;
    const { bidder, amountFen, deposit } = leaf.body;
    const isOther = amountFen !== facts.rules.deposit?.amountFen || facts.deposits.has(deposit);
    return say(isOther || heldOf(facts, bidder) !== undefined, () => `${deposit} of ${bidder}: ${amountFen}`);
  },

  'a default takes as much of the deposit as the sale came to, and at once': (facts, leaf) => {
    const { last } = facts;
    const before = last?.type === 'sale.defaulted' ? facts.sales.get(last.body.sale) : undefined;
    const held = before && heldOf(facts, before.bidder);
    if (leaf.type !== 'deposit.forfeited') return say(held !== undefined, () => `${held!.deposit} stays`);
    const { deposit, sale, amountFen } = leaf.body;
    if (!before || !held || deposit !== held.deposit || sale !== before.sale) return `${deposit} for ${sale}`;
    const dueFen = Math.min(heldFen(held), before.totalFen);
    return say(amountFen !== dueFen, () => `${amountFen} of ${dueFen}`);
  },

  'a deposit is let go when nothing depends on it, and goes back once': (facts, leaf) => {
    if (leaf.type !== 'deposit.released' && leaf.type !== 'deposit.returned') return null;
    const { deposit, amountFen } = leaf.body;
    const of = facts.deposits.get(deposit);
    if (!of) return `${deposit} never came in`;
    if (leaf.type === 'deposit.returned') {
      return say(amountFen !== of.releasedFen - of.returnedFen, () => `${amountFen} of ${deposit}`);
    }
    const leads = [...facts.lots.values()].some(
      ({ round }) => !round?.clock && round?.last?.body.bidder === of.bidder,
    );
    const isTooEarly = leaf.body.reason === 'nothing-owed' && facts.phase !== 'closed';
    const isBound = leads || isTooEarly || owes(facts, of.bidder);
    return say(isBound || amountFen !== heldFen(of), () => `${amountFen} of ${deposit}`);
  },

  'every deposit ends returned or forfeited, fen by fen': (facts, leaf) => {
    if (leaf.type !== 'show.settled') return null;
    const open = [...facts.deposits.values()].filter(
      ({ amountFen, forfeitedFen, returnedFen }) => forfeitedFen + returnedFen !== amountFen,
    );
    return say(open.length > 0, () => open.map(({ deposit }) => deposit).join(', '));
  },
};
