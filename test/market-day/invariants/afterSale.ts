import { type LeafCertificate } from '@qingpai/auction/rules';
import { type LoggedEvent } from '@qingpai/wire';
import { type ClaimFacts, type Facts, type SaleFacts } from './facts.js';

/** What comes after the sale: goods, claims, and the growers' money, each promise with its name. */
type Look = (facts: Facts, leaf: LoggedEvent) => string | null;
const say = (isBroken: boolean, how: () => string): string | null => (isBroken ? how() : null);

const sumOf = <T>(all: Iterable<T>, of: (one: T) => number): number =>
  [...all].reduce((sum, one) => sum + of(one), 0);
const isOpen = ({ state }: ClaimFacts): boolean => state === 'filed' || state === 'proposed';
const claimsOf = (facts: Facts, sale: string): ClaimFacts[] =>
  [...facts.claims.values()].filter((one) => one.sale === sale);
/** Granted of a sale, and not gone back yet, fen. */
const grantedFen = (facts: Facts, sale: string): number =>
  sumOf(claimsOf(facts, sale), ({ state, amountFen }) => (state === 'granted' ? amountFen : 0));
const keptFen = ({ isPaid, totalFen, backFen }: SaleFacts): number => (isPaid ? totalFen - backFen : 0);
const isGivenBack = (sale: SaleFacts): boolean => sale.isPaid && sale.backFen >= sale.totalFen;
const isUnderway = (sale: SaleFacts): boolean =>
  sale.goods.packedAt !== null &&
  sale.goods.receivedAt === null &&
  (!isGivenBack(sale) || sale.goods.shippedAt !== null);

function dueFen(facts: Facts, sale: SaleFacts): { amountFen: number; feeFen: number } {
  const feeFen = Math.floor((keptFen(sale) * (facts.rules.feePercent ?? 0)) / 100);
  return { amountFen: keptFen(sale) - feeFen + sale.forfeitFen, feeFen };
}
/** 扣回: what its grower owes back of a sale, fen. */
const owedBackFen = (facts: Facts, sale: SaleFacts): number =>
  sale.payout ? sale.payout.amountFen - dueFen(facts, sale).amountFen - sale.payout.clawedFen : 0;

/** Why its grower may not have the money of a sale yet; null: he may. */
function heldBecause(facts: Facts, sale: SaleFacts, t: number): string | null {
  const { complaintMs, afterSale } = facts.rules;
  const { receivedAt } = sale.goods;
  if (facts.phase !== 'closed' || t < facts.closedAt + complaintMs) return 'the time to complain runs';
  if (isUnderway(sale)) return 'its goods are underway';
  if (receivedAt !== null && t < receivedAt + (afterSale?.claimWithinMs ?? 0)) return 'it may be claimed for';
  if (claimsOf(facts, sale.sale).some(isOpen)) return 'it is claimed for';
  return grantedFen(facts, sale.sale) > 0 ? 'money of it is to go back' : null;
}

export const afterSaleInvariants: Readonly<Record<string, Look>> = {
  'goods leave once they are paid for, one step after the other': (facts, leaf) => {
    const { type, t } = leaf;
    if (type !== 'sale.packed' && type !== 'sale.shipped' && type !== 'sale.received') return null;
    const sale = facts.sales.get(leaf.body.sale);
    if (!sale) return `${leaf.body.sale} is no sale`;
    const { packedAt, shippedAt, receivedAt } = sale.goods;
    const isTheirs = sale.isPaid && !isGivenBack(sale);
    const how = () => `${type} of ${sale.sale}`;
    if (type === 'sale.packed') return say(!isTheirs || packedAt !== null || receivedAt !== null, how);
    if (type === 'sale.shipped') {
      const isOthers = [...facts.sales.values()].some(
        ({ goods, bidder }) => goods.tracking === leaf.body.tracking && bidder !== sale.bidder,
      );
      return say(
        !isTheirs || packedAt === null || shippedAt !== null || receivedAt !== null || isOthers,
        how,
      );
    }
    const { body } = leaf;
    if (body.cause === 'pickup') return say(!isTheirs || shippedAt !== null || receivedAt !== null, how);
    const isTooSoon = body.cause === 'lapse' && t < (shippedAt ?? 0) + facts.rules.afterSale!.lapseAfterMs;
    const isAnothers = body.cause === 'buyer' && body.bidder !== sale.bidder;
    return say(shippedAt === null || receivedAt !== null || isTooSoon || isAnothers, how);
  },

  'who claims has the goods, claims in time, and for no more than he got': (facts, leaf) => {
    if (leaf.type !== 'claim.filed' || leaf.body.kind === 'complaint') return null;
    const { sale: id, units = 0, bidder } = leaf.body;
    const sale = facts.sales.get(id ?? '');
    const receivedAt = sale?.goods.receivedAt ?? null;
    if (!sale || receivedAt === null || sale.bidder !== bidder) return `${bidder} of ${id}`;
    const claimed = sumOf(claimsOf(facts, sale.sale), (one) => (one.state === 'declined' ? 0 : one.units));
    const isLate = leaf.t >= receivedAt + facts.rules.afterSale!.claimWithinMs;
    return say(isLate || claimed + units > sale.units, () => `${claimed} + ${units} of ${sale.sale}`);
  },

  'much is granted by two, and never more than there is': (facts, leaf) => {
    if (leaf.type !== 'claim.granted') return null;
    const { claim: id, amountFen, person } = leaf.body;
    const claim = facts.claims.get(id);
    const sale = facts.sales.get(claim?.sale ?? '');
    if (!claim || !sale || !isOpen(claim)) return `${id} is not open`;
    const allFen = sale.backFen + grantedFen(facts, sale.sale) + amountFen;
    const isSeconded = claim.state === 'proposed' && claim.amountFen === amountFen && claim.person !== person;
    const isAlone = allFen > facts.rules.afterSale!.grantAloneMaxFen && !isSeconded;
    return say(isAlone || !sale.isPaid || allFen > sale.totalFen, () => `${allFen} of ${sale.totalFen}`);
  },

  'what was granted goes back whole and once, and nothing else takes its place': (facts, leaf) => {
    if (leaf.type !== 'sale.refunded') return null;
    const { claim: id, sale, amountFen } = leaf.body;
    const of = facts.sales.get(sale);
    if (!of) return null;
    if (id === undefined) {
      const restFen = keptFen(of) - grantedFen(facts, sale);
      return say(amountFen > restFen, () => `${amountFen} of ${restFen}`);
    }
    const claim = facts.claims.get(id);
    const isDue = claim?.sale === sale && claim.state === 'granted' && claim.amountFen === amountFen;
    return say(!isDue, () => `${amountFen} for ${id}, which is ${claim?.state}`);
  },

  'a grower is paid once, to the fen, and never more than came in': (facts, leaf) => {
    if (leaf.type !== 'payout.made') return null;
    const { sale: id, amountFen, feeFen = 0, grower } = leaf.body;
    const sale = facts.sales.get(id);
    if (!sale || sale.payout) return `${id} is paid out already`;
    const due = dueFen(facts, sale);
    const isHis = facts.lots.get(sale.lot)?.said.grower === grower;
    const isExact = amountFen === due.amountFen && feeFen === due.feeFen;
    return say(!isHis || !isExact, () => `${amountFen} and ${feeFen} of ${JSON.stringify(due)}`);
  },

  'nobody is paid out while the money may have to go back': (facts, leaf) => {
    const sale = leaf.type === 'payout.made' ? facts.sales.get(leaf.body.sale) : undefined;
    const why = sale ? heldBecause(facts, sale, leaf.t) : null;
    return why && `${sale!.sale}: ${why}`;
  },

  'what a grower owes comes back once, and never more than he owes': (facts, leaf) => {
    if (leaf.type !== 'clawback.taken' && leaf.type !== 'clawback.repaid' && leaf.type !== 'clawback.carried')
      return null;
    if (!('sale' in leaf.body)) return `${leaf.body.debt} is of no show here`;
    const { sale: id, amountFen } = leaf.body;
    const sale = facts.sales.get(id);
    const owedFen = sale ? owedBackFen(facts, sale) : 0;
    const isCut = leaf.type === 'clawback.carried' && amountFen !== owedFen;
    return say(amountFen > owedFen || isCut, () => `${amountFen} of ${owedFen}`);
  },

  'a settled show has sent, answered and paid all it had to': (facts, leaf) => {
    if (leaf.type !== 'show.settled') return null;
    const sales = [...facts.sales.values()];
    const underway = sales.find(isUnderway);
    if (underway) return `${underway.sale} is underway`;
    const claim = [...facts.claims.values()].find((one) => isOpen(one) || one.state === 'granted');
    if (claim) return `${claim.claim} is ${claim.state}`;
    if (facts.rules.growerDues === undefined) return null;
    const unpaid = sales.find((sale) => !sale.payout && dueFen(facts, sale).amountFen > 0);
    if (unpaid) return `${unpaid.sale} is not paid out`;
    const owing = sales.find((sale) => owedBackFen(facts, sale) > 0);
    if (owing) return `${owing.sale}: ${owedBackFen(facts, owing)} is owed back`;
    const { payableFen, feeFen = 0 } = leaf.body;
    const [ours, fees] = (['amountFen', 'feeFen'] as const).map((of) =>
      sumOf(sales, (sale) => dueFen(facts, sale)[of]),
    );
    return say(payableFen !== ours || feeFen !== fees, () => `${payableFen} and ${feeFen}`);
  },
};

/** What the certificate counts as paid and as delivered is what the leaves say. */
export function gradesFollow(
  facts: Facts,
  { paid: gradePaid, delivered }: Pick<LeafCertificate, 'paid' | 'delivered'>,
): string | null {
  const standing = facts.sealed.flatMap(({ said }) => facts.standing(said.lot));
  const paid = standing.filter((sale) => sale.isPaid && !isGivenBack(sale));
  const came = paid.filter(({ goods }) => goods.receivedAt !== null);
  const said = [gradePaid.units, delivered.units];
  const counted = [paid, came].map((sales) => sumOf(sales, ({ units }) => units));
  return said.join() === counted.join() ? null : `${said.join()} and ${counted.join()}`;
}
