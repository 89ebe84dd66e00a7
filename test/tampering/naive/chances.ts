import { type EventBody, type Leaf, type ShowRules } from '@qingpai/wire';
import { all, nextSale, type Past, people, phaseOf, type Sale, salesOf, lotOf } from './past.js';
import { isTooDear, mayBuy } from './offers.js';

/** 顺位成交: what follows a default, told from the first leaf on. */
type Chance = EventBody<'sale.offered'> & { i: number; over: boolean };

function chancesOf(past: Past): Chance[] {
  return all(past, 'sale.offered').map(({ i, body }) => {
    const isAnswer = ({ type }: Leaf) => ['sale.accepted', 'sale.declined', 'sale.lapsed'].includes(type);
    const over = past.some((leaf) => isAnswer(leaf) && 'sale' in leaf.body && leaf.body.sale === body.sale);
    return { ...body, i, over };
  });
}

/** All sales of the same units, from the one that the hammer made. */
function chainOf(past: Past, sale: string): string[] {
  const before = chancesOf(past).find((one) => one.sale === sale);
  return before ? [...chainOf(past, before.replaces), sale] : [sale];
}

/** Whose bids could have bought it, the highest first. */
function runnersUp(
  past: Past,
  { lot, offering }: Sale,
  hasFloor: boolean,
): { bidder: string; fen: number }[] {
  const best: { bidder: string; fen: number }[] = [];
  const call = all(past, 'lot.offered').find(({ body }) => body.lot === lot && body.offering === offering)!;
  if (call.body.format !== 'english') return best;
  for (const { body } of all(past, 'bid.accepted')) {
    if (body.lot !== lot || body.offering !== offering || (hasFloor && !body.floorMet)) continue;
    const his = best.find(({ bidder }) => bidder === body.bidder);
    if (his) his.fen = Math.max(his.fen, body.amountFen);
    else best.push({ bidder: body.bidder, fen: body.amountFen });
  }
  return best.sort((a, b) => b.fen - a.fen).slice(0, 21);
}

const owes = (past: Past, bidder: string): boolean =>
  salesOf(past).some((sale) => sale.bidder === bidder && sale.defaulted);

function mayHave(past: Past, rules: ShowRules, id: string, bidder: string, fen: number): boolean {
  const lot = lotOf(past, id, rules)!;
  return mayBuy(past, lot, bidder) && !owes(past, bidder) && !isTooDear(past, rules, bidder, fen);
}

function next(past: Past, rules: ShowRules, sale: Sale): { bidder: string; fen: number } | undefined {
  const root = chainOf(past, sale.sale)[0];
  const asked = chancesOf(past).filter((one) => chainOf(past, one.sale)[0] === root);
  if (asked.length >= rules.secondChance!.perSaleMax) return undefined;
  const hasFloor = lotOf(past, sale.lot, rules)!.said.floor !== null;
  return runnersUp(past, sale, hasFloor).find(
    ({ bidder, fen }) =>
      !asked.some((one) => one.bidder === bidder) && mayHave(past, rules, sale.lot, bidder, fen * sale.units),
  );
}

type Due = { atMs: number; type: Leaf['type']; body: object };

/** What the platform owes next after the close, whenever that is; null: nothing. */
export function chanceDue(past: Past, rules: ShowRules, t: number): Due | null {
  if (!rules.secondChance || phaseOf(past) !== 'closed') return null;
  const chances = chancesOf(past);
  let lapse: Chance | null = null;
  for (const one of chances) if (!one.over && (!lapse || one.expiresAt < lapse.expiresAt)) lapse = one;
  const soon = past.at(-1)!.t + 1;
  const lapsed: Due | null = lapse && {
    ...{ atMs: lapse.expiresAt, type: 'sale.lapsed', body: { sale: lapse.sale, lot: lapse.lot } },
  };
  if (lapsed && lapsed.atMs <= soon) return lapsed;
  for (const sale of salesOf(past)) {
    const isAsked = chances.some((one) => one.replaces === sale.sale && !one.over);
    if (!sale.defaulted || sale.followed || isAsked || sale.foreign) continue;
    const { lot, units, sale: replaces } = sale;
    const runner = next(past, rules, sale);
    if (runner) {
      const number = nextSale(past);
      const expiresAt = t + rules.secondChance.answerWithinMs;
      const who = { bidder: runner.bidder, unitPriceFen: runner.fen };
      return {
        atMs: soon,
        type: 'sale.offered',
        body: { sale: number, replaces, lot, units, ...who, expiresAt },
      };
    }
    if (rules.secondChance.atLast === 'carry') {
      return { atMs: soon, type: 'lot.carried', body: { lot, units, sale: replaces } };
    }
  }
  return lapsed;
}

/** @param is whether the leaf's body is exactly this */
export function wrongChance(
  past: Past,
  rules: ShowRules,
  leaf: Extract<Leaf, { type: 'sale.accepted' | 'sale.declined' }>,
  is: (body: object) => boolean,
): string | null {
  const one = chancesOf(past).find(({ sale }) => sale === leaf.body.sale);
  if (!one || one.over) return 'no such chance stands';
  const { sale, lot, bidder, units, unitPriceFen } = one;
  const byHouse = leaf.body.byModerator === true;
  const isHall = people(past).find((person) => person.bidder === bidder)!.kind === 'hall';
  if (byHouse !== isHall) return 'the house answers for the hall';
  if (!byHouse && leaf.by !== bidder) return 'somebody else answers';
  const byModerator = byHouse ? true : undefined;
  if (!is({ sale, lot, bidder, units, unitPriceFen, byModerator })) return 'told wrong';
  if (leaf.type === 'sale.declined') return null;
  return mayHave(past, rules, lot, bidder, units * unitPriceFen) ? null : 'may not have it';
}
