import { type Leaf } from '@qingpai/wire';
import { all, type Past, type Sale, salesOf, saysAgain } from './past.js';
import { growerOf, shares, waitsFor } from './payouts.js';
import { type World } from './rules.js';

/** What growers owe back, counted from the first leaf on whenever it is asked for. */
type Clawback = Extract<Leaf, { type: `clawback.${string}` }>;
export const isClawback = (leaf: Leaf): leaf is Clawback => leaf.type.startsWith('clawback.');

/** Of a sale that was paid out: what he got above his share as it is now, less what came of it since. */
export function owedBack({ past, rules }: Pick<World, 'past' | 'rules'>, sale: Sale): number {
  const out = all(past, 'payout.made').find(({ body }) => body.sale === sale.sale);
  if (!out) return 0;
  let owed = out.body.amountFen - shares(past, sale, rules).growerFen;
  for (const { body } of past.filter(isClawback)) {
    if ('sale' in body && body.sale === sale.sale) owed -= body.amountFen;
  }
  return owed;
}

export function wrongClawback(world: World, leaf: Clawback): string | null {
  const { past } = world;
  if (leaf.type === 'clawback.taken') {
    const wrong = wrongTaking(past, leaf);
    if (wrong) return wrong;
    if ('debt' in leaf.body) return leaf.body.debt.startsWith(`${world.origin}#`) ? 'of this show' : null;
  }
  const body = leaf.body as { sale: string; grower: string; amountFen: number };
  const sale = salesOf(past).find((one) => one.sale === body.sale);
  if (!sale || growerOf(past, sale.lot) !== body.grower) return 'no such sale of his';
  const owed = owedBack(world, sale);
  if (body.amountFen > owed) return 'more than he owes';
  if (leaf.type === 'clawback.repaid') return wrongReference(past, leaf);
  if (leaf.type !== 'clawback.carried') return null;
  if (body.amountFen !== owed) return 'not all of it';
  if (saysAgain(past)) return null;
  const his = salesOf(past).filter(({ lot }) => growerOf(past, lot) === body.grower);
  return his.some((one) => waitsFor(world, one)) ? 'more is to come' : null;
}

/** Beside the payout, of its grower, and no more than it comes to. */
function wrongTaking(past: Past, { t, body }: Extract<Leaf, { type: 'clawback.taken' }>): string | null {
  const made = all(past, 'payout.made').filter((one) => one.body.payout === body.payout);
  if (made.length === 0 || made.some((one) => one.t !== t)) return 'no payout at this moment';
  if (made.some((one) => one.body.grower !== body.grower)) return 'another grower';
  const earlier = all(past, 'clawback.taken').filter((one) => one.body.payout === body.payout);
  const sum = (leaves: readonly { body: { amountFen: number } }[]) =>
    leaves.reduce((fen, one) => fen + one.body.amountFen, 0);
  return sum(earlier) + body.amountFen > sum(made) ? 'more than the payout' : null;
}

/** A transfer of one grower, and nothing else. */
function wrongReference(past: Past, { body }: Extract<Leaf, { type: 'clawback.repaid' }>): string | null {
  const others = past.filter((one) => 'txn' in one.body && one.body.txn === body.txn);
  const isHis = (one: Leaf) => one.type === 'clawback.repaid' && one.body.grower === body.grower;
  return others.every(isHis) ? null : 'txn of other money';
}
export const isRepaidTxn = (past: Past, txn: string): boolean =>
  all(past, 'clawback.repaid').some(({ body }) => body.txn === txn);
