import { type GrowerSale } from '@qingpai/wire';

/** What a grower owes back: of a sale of this show, or carried on from another, `<origin>#<sale>`. */
export interface Debt {
  of: string;
  isCarried: boolean;
  amountFen: number;
}

/**
 * What comes off a payout: the oldest debts first, those of other shows before those of this one, and never more than the
 * payout comes to.
 */
export function takenOff(payoutFen: number, debts: readonly Debt[]): Debt[] {
  let leftFen = payoutFen;
  const taken: Debt[] = [];
  for (const debt of debts) {
    const amountFen = Math.min(leftFen, debt.amountFen);
    if (amountFen > 0) taken.push({ ...debt, amountFen });
    leftFen -= amountFen;
  }
  return taken;
}

export const sumFen = (all: readonly { amountFen: number }[]): number =>
  all.reduce((sum, { amountFen }) => sum + amountFen, 0);

/**
 * What he owes for sales of this show, less what payouts that are not decided yet or repayments that wait for a second person
 * are to take of it.
 * @param pendingFen by sale
 */
export const debtsOf = (sales: readonly GrowerSale[], pendingFen: ReadonlyMap<string, number>): Debt[] =>
  sales.flatMap(({ sale, clawbackFen }) => {
    const amountFen = clawbackFen - (pendingFen.get(sale) ?? 0);
    return amountFen > 0 ? [{ of: sale, isCarried: false, amountFen }] : [];
  });
