import { createHash } from 'node:crypto';
import {
  clawbackFen,
  feeOfFen,
  growerOf,
  growersFen,
  keptFen,
  lapsedSales,
  payoutStateOf,
} from '@qingpai/auction/rules';
import { type Asked } from '@qingpai/auction/testing';
import { type ClaimState, type SaleState, type ShowRules } from '@qingpai/wire';
import { type HouseSight, type KindOfAct } from './host.js';

/** Those who decide on claims, at the township's desk. */
const clerks = ['clerk-one', 'clerk-two'].map((name) => name.padEnd(16, '-'));

const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64');
const salesIn = ({ state }: HouseSight): SaleState[] => Object.values(state.sales);
const claimsIn = ({ state }: HouseSight): ClaimState[] => Object.values(state.claims ?? {});
/** Waits on the table. */
const isPacked = ({ phase, goods }: SaleState): boolean =>
  phase === 'paid' && goods !== undefined && goods.shipped === undefined && goods.received === undefined;
const isOpen = ({ granted, declined, closed }: ClaimState): boolean =>
  (granted ?? declined ?? closed) === undefined;

/** One of those that are due; rudely now and then any other. */
function oneDue<T>({ chance }: HouseSight, all: readonly T[], isDue: (one: T) => boolean): T | null {
  const due = chance.maybe(0.1) ? all : all.filter(isDue);
  return due.length > 0 ? chance.one(due) : null;
}

/** Where growers are paid from the books of the show. */
const paysGrowers = ({ feePercent }: ShowRules): boolean => feePercent !== undefined;

/** What comes after the sale: the way of the goods, what is wrong with them, and the growers' money. */
const acts: readonly Omit<KindOfAct, 'where'>[] = [
  {
    name: 'paid at last',
    often: 0.1,
    ask: (sight) => {
      if (sight.state.phase !== 'closed') return null;
      const sale = oneDue(sight, salesIn(sight), ({ phase }) => phase === 'awaiting');
      if (!sale) return null;
      const money = { amountFen: sale.unitPriceFen * sale.units, channel: 'transfer' as const };
      return {
        by: 'host',
        name: 'paid',
        body: { sale: sale.sale, ...money, txn: hashOf(`in ${sight.nth()}`) },
      };
    },
  },
  {
    name: 'all is packed that is paid for',
    often: 0.4,
    ask: (sight) => {
      const isRude = sight.chance.maybe(0.1);
      const due = salesIn(sight).filter(({ phase, goods }) => isRude || (phase === 'paid' && !goods));
      const packed = isRude ? due.slice(-1) : due;
      return packed.length > 0 ? packed.map(({ sale }): Asked => ({ by: 'host', name: 'pack', sale })) : null;
    },
  },
  {
    name: 'a parcel is shipped, now and then by a number that is another’s',
    often: 0.4,
    ask: (sight) => {
      const one = oneDue(sight, salesIn(sight), isPacked);
      if (!one) return null;
      const tracking = hashOf(sight.chance.maybe(0.1) ? sight.chance.one(sight.buyers) : one.bidder);
      const parcel = salesIn(sight).filter((sale) => isPacked(sale) && sale.bidder === one.bidder);
      return (parcel.length > 0 ? parcel : [one]).map(({ sale }): Asked => ({
        by: 'host',
        name: 'ship',
        body: { sale, courier: 'sf', tracking },
      }));
    },
  },
  {
    name: 'received',
    often: 0.3,
    ask: (sight) => {
      const sale = oneDue(
        sight,
        salesIn(sight),
        ({ goods }) => goods !== undefined && goods.received === undefined,
      );
      if (!sale) return null;
      const cause = sight.chance.one(['courier', 'pickup', 'buyer'] as const);
      if (cause !== 'buyer') return { by: 'host', name: 'receive', body: { sale: sale.sale, cause } };
      const { bidder } = sale;
      return { by: bidder, name: 'receive', body: { sale: sale.sale, cause, bidder } };
    },
  },
  {
    name: 'received by lapse of time',
    often: 0.3,
    ask: (sight) => {
      const lapsed = new Set(lapsedSales(sight.state, sight.nowMs));
      const sale = oneDue(sight, salesIn(sight), (one) => lapsed.has(one.sale));
      return sale && { by: 'platform', name: 'receive', body: { sale: sale.sale, cause: 'lapse' } };
    },
  },
  {
    name: 'a claim for damage, now and then late or of too much',
    often: 0.25,
    ask: (sight) => {
      const { chance, state, nowMs } = sight;
      const withinMs = state.rules.afterSale!.claimWithinMs;
      const sale = oneDue(
        sight,
        salesIn(sight),
        ({ goods }) => goods?.received !== undefined && nowMs < goods.received + withinMs,
      );
      if (!sale) return null;
      const { sale: id, bidder } = sale;
      const body = { bidder, kind: 'damaged' as const, sale: id, units: 1 + chance.below(sale.units) };
      return { by: bidder, name: 'fileClaim', body: { ...body, photo: hashOf(`photo of ${id}`) } };
    },
  },
  {
    name: 'a complaint',
    often: 0.04,
    ask: (sight) => {
      const bidder = sight.chance.one(sight.buyers);
      const body = { bidder, kind: 'complaint' as const, category: 'not-as-described' as const };
      return { by: bidder, name: 'fileClaim', body };
    },
  },
  {
    name: 'a claim is granted, or a grant proposed',
    often: 0.35,
    ask: (sight) => {
      const { chance, state } = sight;
      const claim = oneDue(sight, claimsIn(sight), (one) => isOpen(one) && one.kind !== 'complaint');
      const sale = claim && state.sales[claim.sale ?? ''];
      if (!sale) return null;
      const wholeFen = sale.unitPriceFen * (claim.units ?? 1);
      // Who agrees says the same sum.
      const amountFen = claim.amountFen ?? chance.one([wholeFen, Math.ceil(wholeFen / 2)]);
      const person = chance.one(clerks);
      return { by: 'officer', name: 'grantClaim', claim: claim.claim, amountFen, person };
    },
  },
  {
    name: 'a claim is declined, a complaint answered',
    often: 0.2,
    ask: (sight) => {
      const claim = oneDue(sight, claimsIn(sight), isOpen);
      if (!claim) return null;
      const body = { claim: claim.claim, person: clerks[0]! };
      if (claim.kind === 'complaint') return { by: 'officer', name: 'closeClaim', body };
      if (sight.chance.maybe(0.7)) return null;
      return { by: 'officer', name: 'declineClaim', body: { ...body, reason: 'not-visible' } };
    },
  },
  {
    name: 'what was granted goes back, now and then once too often',
    often: 0.4,
    ask: (sight) => {
      const granted = claimsIn(sight).filter(({ granted }) => granted !== undefined);
      const claim = oneDue(sight, granted, ({ refunded }) => refunded === undefined);
      if (!claim) return null;
      const money = { sale: claim.sale!, amountFen: claim.amountFen!, channel: 'transfer' as const };
      const txn = hashOf(`back ${sight.nth()}`);
      return { by: 'officer', name: 'refunded', body: { ...money, txn, claim: claim.claim } };
    },
  },
  { name: 'a batch of payouts', often: 0.35, ask: payouts },
  {
    name: 'a grower gives back what he owes, or a fen too much',
    often: 0.08,
    ask: (sight) => {
      const owed = owedOf(sight);
      if (!owed) return null;
      const amountFen = owed.amountFen + (sight.chance.maybe(0.3) ? 1 : 0);
      const money = { channel: 'cash' as const, txn: hashOf(`repaid ${sight.nth()}`) };
      return { by: 'officer', name: 'repayClawback', body: { ...owed, amountFen, ...money } };
    },
  },
  {
    name: 'what a grower owes is carried on',
    often: 0.15,
    ask: (sight) => {
      const owed = owedOf(sight);
      return owed && { by: 'officer', name: 'carryClawback', body: owed };
    },
  },
];
export const actsAfterSale: readonly KindOfAct[] = acts.map((one) => ({ ...one, where: paysGrowers }));

/** 扣回: what a grower owes back of one sale. */
function owedOf({ state }: HouseSight): { sale: string; grower: string; amountFen: number } | null {
  const sale = Object.values(state.sales).find((one) => clawbackFen(state.rules, one) > 0);
  if (!sale) return null;
  return { sale: sale.sale, grower: growerOf(state, sale), amountFen: clawbackFen(state.rules, sale) };
}

/** One transfer: all that is payable, rudely also what is not, less what its grower owes back. */
function payouts(sight: HouseSight): Asked[] | null {
  const { state, chance, nowMs, nth } = sight;
  const isRude = chance.maybe(0.15);
  const due = salesIn(sight).filter((sale) =>
    isRude
      ? growersFen(state.rules, sale) > 0 && chance.maybe(0.3)
      : payoutStateOf(state, sale, nowMs) === 'payable',
  );
  if (due.length === 0) return null;
  const number = nth();
  const transfer = { payout: `P${number}`, channel: 'transfer' as const, txn: hashOf(`payout ${number}`) };
  const made = due.map((sale): Asked => {
    const feeFen = feeOfFen(state.rules, keptFen(sale));
    const amountFen = growersFen(state.rules, sale);
    const body = { ...transfer, sale: sale.sale, grower: growerOf(state, sale), amountFen };
    return { by: 'officer', name: 'payOut', body: { ...body, ...(feeFen > 0 && { feeFen }) } };
  });
  const wholeFen = due.reduce((sum, sale) => sum + growersFen(state.rules, sale), 0);
  const owed = owedOf(sight);
  if (!owed) return made;
  const amountFen = Math.min(owed.amountFen, wholeFen);
  return [
    ...made,
    { by: 'officer', name: 'takeBack', body: { ...owed, amountFen, payout: transfer.payout } },
  ];
}
