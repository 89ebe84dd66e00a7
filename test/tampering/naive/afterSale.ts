import { type EventBody, type Leaf, type ShowRules } from '@qingpai/wire';
import { all, type Past, phaseOf, type Sale, salesOf, saysAgain } from './past.js';

/** Goods and claims, told from the first leaf on. */
type Of<T extends Leaf['type']> = Extract<Leaf, { type: T }>;
type Goods = Of<'sale.packed' | 'sale.shipped' | 'sale.received'>;
type About = Of<'claim.filed' | 'claim.proposed' | 'claim.granted' | 'claim.declined' | 'claim.closed'>;

export const isOfGoods = (leaf: Leaf): leaf is Goods =>
  ['sale.packed', 'sale.shipped', 'sale.received'].includes(leaf.type);
export const isOfClaim = (leaf: Leaf): leaf is About => leaf.type.startsWith('claim.');

const about = (past: Past, type: Goods['type'], sale: string): Goods | undefined =>
  past.filter(isOfGoods).find((leaf) => leaf.type === type && leaf.body.sale === sale);
const totalFen = (sale: Sale): number => sale.unitPriceFen * sale.units;
/** Paid, and not all of it went back. */
const isKept = (sale: Sale): boolean => sale.paid && sale.backFen < totalFen(sale);

export function wrongGoods(past: Past, rules: ShowRules, leaf: Goods): string | null {
  if (!['open', 'closed'].includes(phaseOf(past)) && !saysAgain(past)) return 'not now';
  const sale = salesOf(past).find((one) => one.sale === leaf.body.sale);
  if (!sale || sale.voided) return 'no such sale';
  const packed = about(past, 'sale.packed', sale.sale);
  const shipped = about(past, 'sale.shipped', sale.sale);
  if (about(past, 'sale.received', sale.sale)) return 'it came already';
  if (leaf.type === 'sale.packed') return !isKept(sale) || packed ? 'not to be packed' : null;
  if (leaf.type === 'sale.shipped') {
    if (!isKept(sale) || !packed || shipped) return 'not to be shipped';
    const others = all(past, 'sale.shipped').filter(({ body }) => body.tracking === leaf.body.tracking);
    const sales = salesOf(past);
    const isShared = others.some(
      ({ body }) => sales.find((one) => one.sale === body.sale)!.bidder !== sale.bidder,
    );
    return isShared ? "another buyer's parcel" : null;
  }
  const { cause } = leaf.body;
  if (cause === 'pickup') return shipped || !isKept(sale) ? 'cannot be taken along' : null;
  if (!shipped) return 'never shipped';
  if (cause === 'buyer') return leaf.body.bidder === sale.bidder ? null : 'not his';
  if (cause === 'courier') return null;
  if (saysAgain(past)) return null;
  return rules.afterSale && leaf.t >= shipped.t + rules.afterSale.lapseAfterMs ? null : 'too early';
}

interface Claim {
  filed: Of<'claim.filed'>;
  proposed: Of<'claim.proposed'> | undefined;
  granted: Of<'claim.granted'> | undefined;
  declined: boolean;
  isOver: boolean;
  back: boolean;
}
function claimsOf(past: Past): Claim[] {
  return all(past, 'claim.filed').map((filed) => {
    const his = past.filter((leaf) => 'claim' in leaf.body && leaf.body.claim === filed.body.claim);
    const granted = all(his, 'claim.granted')[0];
    const declined = all(his, 'claim.declined').length > 0;
    return {
      ...{ filed, granted, declined, proposed: all(his, 'claim.proposed').at(-1) },
      isOver: granted !== undefined || declined || all(his, 'claim.closed').length > 0,
      back: all(his, 'sale.refunded').length > 0,
    };
  });
}

function owedOf(past: Past, sale: string): number {
  let fen = 0;
  for (const { filed, granted, back } of claimsOf(past)) {
    if (filed.body.sale === sale && granted && !back) fen += granted.body.amountFen;
  }
  return fen;
}

export function wrongClaim(past: Past, rules: ShowRules, leaf: About): string | null {
  if (!['open', 'closed'].includes(phaseOf(past)) && !saysAgain(past)) return 'not now';
  const claims = claimsOf(past);
  if (leaf.type === 'claim.filed') return wrongFiling(past, rules, leaf);
  const claim = claims.find(({ filed }) => filed.body.claim === leaf.body.claim);
  if (!claim || claim.isOver) return 'no such open claim';
  const isComplaint = claim.filed.body.kind === 'complaint';
  if (leaf.type === 'claim.declined') return isComplaint ? 'not declined but closed' : null;
  if (leaf.type === 'claim.closed') return isComplaint ? null : 'not closed but answered';
  const sale = salesOf(past).find((one) => one.sale === claim.filed.body.sale);
  if (!sale || !isKept(sale)) return 'nothing to give back';
  const { amountFen, person } = leaf.body;
  const allFen = sale.backFen + owedOf(past, sale.sale) + amountFen;
  if (allFen > totalFen(sale)) return 'more than came';
  const isSmall = allFen <= rules.afterSale!.grantAloneMaxFen;
  const isSeconded = claim.proposed?.body.amountFen === amountFen;
  if (leaf.type === 'claim.proposed') return isSmall || isSeconded ? 'no proposal needed' : null;
  return isSmall || (isSeconded && claim.proposed!.body.person !== person) ? null : 'one person alone';
}

function wrongFiling(past: Past, rules: ShowRules, { t, body }: Of<'claim.filed'>): string | null {
  const { bidder, kind, units, category, photo } = body;
  const claims = claimsOf(past);
  if (!rules.afterSale || body.claim !== `C${claims.length + 1}`) return 'no such number';
  if (!all(past, 'bidder.registered').some((one) => one.body.bidder === bidder)) return 'nobody';
  if (claims.filter(({ filed, isOver }) => filed.body.bidder === bidder && !isOver).length >= 20)
    return 'too many';
  const sales = salesOf(past);
  const sale = sales.find((one) => one.sale === body.sale && one.bidder === bidder);
  if (body.sale !== undefined && !sale) return 'not his';
  const cameAt = (of: string) => about(past, 'sale.received', of)?.t;
  if (kind === 'complaint') {
    if (category === undefined || units !== undefined) return 'shape';
    const closed = all(past, 'show.closed')[0];
    if (!closed) return null;
    let from = closed.t;
    for (const one of sales) if (one.bidder === bidder) from = Math.max(from, cameAt(one.sale) ?? 0);
    return t < from + rules.complaintMs ? null : 'too late';
  }
  if (!sale || units === undefined || category !== undefined) return 'shape';
  if (kind === 'damaged' && photo === undefined) return 'no photo';
  const came = cameAt(sale.sale);
  if (came === undefined) return 'it never came';
  if (kind === 'unwanted' && saidOf(past, sale.lot).fresh !== false) return 'living goods';
  const { claimWithinMs, returnWithinMs } = rules.afterSale;
  if (t >= came + (kind === 'damaged' ? claimWithinMs : returnWithinMs)) return 'too late';
  let claimed = units;
  for (const { filed, declined } of claims) {
    if (filed.body.sale === sale.sale && !declined) claimed += filed.body.units ?? 0;
  }
  return claimed > sale.units ? 'more than was bought' : null;
}

const saidOf = (past: Past, lot: string): Pick<EventBody<'lot.catalogued'>, 'fresh'> =>
  all(past, 'sale.takenOver').find(({ body }) => body.lot === lot)?.body ??
  past.findLast(
    (leaf): leaf is Of<'lot.catalogued' | 'lot.amended'> =>
      (leaf.type === 'lot.catalogued' || leaf.type === 'lot.amended') && leaf.body.lot === lot,
  )!.body;

/** Money that goes back for a claim is what was granted, once; any other leaves what is owed. */
export function wrongBack(
  past: Past,
  sale: Sale,
  { claim: id, amountFen }: EventBody<'sale.refunded'>,
): boolean {
  if (id === undefined) return sale.backFen + owedOf(past, sale.sale) + amountFen > totalFen(sale);
  const claim = claimsOf(past).find(({ filed }) => filed.body.claim === id);
  return claim?.filed.body.sale !== sale.sale || claim.back || claim.granted?.body.amountFen !== amountFen;
}

/** What keeps a show from being settled. */
export function leftOver(past: Past, rules: ShowRules, t: number): string | null {
  for (const sale of salesOf(past)) {
    const left = leftOf(past, rules, sale, t);
    if (left !== null) return left;
  }
  return claimsOf(past).some(({ isOver }) => !isOver) ? 'an open claim' : null;
}

/** What may still take money back from one sale. */
export function leftOf(past: Past, rules: ShowRules, sale: Sale, t: number): string | null {
  const [packed, shipped] = [about(past, 'sale.packed', sale.sale), about(past, 'sale.shipped', sale.sale)];
  const came = about(past, 'sale.received', sale.sale);
  if (!came && (shipped || (packed && isKept(sale)))) return 'on its way';
  if (came && t < came.t + (rules.afterSale?.claimWithinMs ?? 0)) return 'time to complain';
  if (owedOf(past, sale.sale) > 0) return 'owed';
  const open = claimsOf(past).filter(({ isOver }) => !isOver);
  return open.some(({ filed }) => filed.body.sale === sale.sale) ? 'an open claim' : null;
}
