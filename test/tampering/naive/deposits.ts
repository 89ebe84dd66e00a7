import { type Leaf, type ShowRules } from '@qingpai/wire';
import { all, lotIds, openOf, type Past, people, phaseOf, salesOf, saysAgain } from './past.js';
import { placedOn } from './proxies.js';

/** 保证金, summed up over all leaves whenever it is asked for. */
interface Deposit {
  deposit: string;
  bidder: string;
  wholeFen: number;
  leftFen: number;
  /** Let go, and not given back yet. */
  owedFen: number;
}

export function depositsOf(past: Past): Deposit[] {
  return all(past, 'deposit.held').map(({ body: { deposit, bidder, amountFen } }) => {
    const sum = (type: 'deposit.forfeited' | 'deposit.released' | 'deposit.returned') =>
      all(past, type)
        .filter(({ body }) => body.deposit === deposit)
        .reduce((fen, { body }) => fen + body.amountFen, 0);
    const released = sum('deposit.released');
    const leftFen = amountFen - sum('deposit.forfeited') - released;
    return { deposit, bidder, wholeFen: amountFen, leftFen, owedFen: released - sum('deposit.returned') };
  });
}

const heldBy = (past: Past, bidder: string): Deposit | undefined =>
  depositsOf(past).find((one) => one.bidder === bidder && one.leftFen > 0);

/** @param fen what the bid comes to in all; Infinity: nobody knows */
export function needsDeposit(past: Past, { deposit }: ShowRules, bidder: string, fen: number): boolean {
  return deposit !== undefined && fen > (deposit.abovePriceFen ?? 0) && !heldBy(past, bidder);
}

const isOwing = (past: Past, who: string): boolean =>
  salesOf(past).some((sale) => sale.bidder === who && !sale.paid && !sale.voided && !sale.defaulted);

type Due = { type: Leaf['type']; body: object };

/** Right after a default. */
export function forfeitDue(past: Past): Due | null {
  const last = past.at(-1);
  if (last?.type !== 'sale.defaulted') return null;
  const sale = salesOf(past).find((one) => one.sale === last.body.sale)!;
  const held = heldBy(past, sale.bidder);
  if (!held) return null;
  const amountFen = Math.min(held.leftFen, sale.units * sale.unitPriceFen);
  return { type: 'deposit.forfeited', body: { deposit: held.deposit, sale: sale.sale, amountFen } };
}

/** After the close, in the moment after the last leaf. */
export function releaseDue(past: Past, rules: ShowRules): (Due & { atMs: number }) | null {
  if (!rules.deposit || phaseOf(past) !== 'closed') return null;
  const free = depositsOf(past).find((one) => one.leftFen > 0 && !isOwing(past, one.bidder));
  if (!free) return null;
  const body = { deposit: free.deposit, amountFen: free.leftFen, reason: 'nothing-owed' };
  return { type: 'deposit.released', body, atMs: past.at(-1)!.t + 1 };
}

type Asked = Extract<Leaf, { type: 'deposit.held' | 'deposit.released' | 'deposit.returned' }>;

export function wrongDeposit(past: Past, rules: ShowRules, leaf: Asked): string | null {
  const known = depositsOf(past);
  const phase = phaseOf(past);
  if (leaf.type === 'deposit.held') {
    const { bidder, amountFen, deposit, txn } = leaf.body;
    if (phase !== 'sealed' && phase !== 'open' && !saysAgain(past)) return 'not now';
    if (!people(past).some((person) => person.bidder === bidder) || heldBy(past, bidder))
      return 'nobody, or twice';
    if (amountFen !== rules.deposit?.amountFen) return 'amount';
    return deposit === `D${known.length + 1}` ? wrongTxn(past, txn) : 'number';
  }
  if ((phase === 'draft' && !saysAgain(past)) || phase === 'settled') return 'not now';
  const one = known.find(({ deposit }) => deposit === leaf.body.deposit);
  if (!one) return 'no such deposit';
  if (leaf.type === 'deposit.returned') {
    const isDue = one.owedFen > 0 && leaf.body.amountFen === one.owedFen;
    return isDue ? wrongTxn(past, leaf.body.txn) : 'not owed';
  }
  const isItself = leaf.body.reason === 'nothing-owed';
  if (isItself !== (leaf.by === 'platform') || (isItself && !saysAgain(past))) return 'not due';
  if (one.leftFen === 0 || leaf.body.amountFen !== one.leftFen) return 'amount';
  const leads = openOf(past, rules).some(({ offering }) => offering.leader === one.bidder);
  const wants = lotIds(past).some((id) =>
    placedOn(past, id, rules).some(({ body }) => body.bidder === one.bidder),
  );
  return !leads && !wants && !isOwing(past, one.bidder) ? null : 'it is needed';
}

/** The transfer of a deposit is for nothing else. */
function wrongTxn(past: Past, txn: string): string | null {
  return past.some(({ body }) => 'txn' in body && body.txn === txn) ? 'txn of another' : null;
}
export const isDepositTxn = (past: Past, txn: string): boolean =>
  [...all(past, 'deposit.held'), ...all(past, 'deposit.returned')].some(({ body }) => body.txn === txn);
