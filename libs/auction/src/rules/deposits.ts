import {
  type DepositState,
  type EventOf,
  type LoggedEvent,
  type Reason,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { type Command, type DecidedEvent, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { saleTotalFen } from './sales.js';
import { bidderIn, entry, openLots } from './show.js';
import { isTakingOver } from './takenOver.js';

/**
 * 保证金 (RULES §5): where the sealed rules ask for one, nobody bids without it. It is the bidder's all the time, until a sale
 * of his is in default: then as much of it as that sale comes to belongs to the lot's grower. What is left is his again as
 * soon as the show is closed and he owes nothing.
 */

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** What is still held of it, fen. */
export const heldFen = ({ amountFen, forfeitedFen, releasedFen }: DepositState): number =>
  amountFen - forfeitedFen - releasedFen;

/** The deposit that is held of this bidder: one at a time. */
export const depositOf = ({ deposits }: ShowState, bidder: string): DepositState | undefined =>
  Object.values(deposits).find((one) => one.bidder === bidder && heldFen(one) > 0);

/** Whether he lacks the deposit that a bid of this total needs, fen; null: a maximum, and nobody knows how much. */
export function lacksDeposit(state: ShowState, bidder: string, totalFen: number | null): boolean {
  const { deposit } = state.rules;
  if (!deposit || (totalFen !== null && totalFen <= (deposit.abovePriceFen ?? 0))) return false;
  return depositOf(state, bidder) === undefined;
}

// ---------------------------------------------------------------- what is asked

/** It came in: the sealed amount, once. That a reference is used once is the books' to see. */
export function holdDeposit(state: ShowState, { by, body }: Of<'holdDeposit'>): Decision {
  const { deposit: rule } = state.rules;
  if (!rule) return refuse('deposit-none');
  if (!bidderIn(state, body.bidder)) return refuse('no-paddle');
  if (depositOf(state, body.bidder)) return refuse('already-paid');
  if (body.amountFen !== rule.amountFen) return refuse('amount-differs');
  const deposit = `D${Object.keys(state.deposits).length + 1}`;
  return happens(by, { type: 'deposit.held', body: { ...body, deposit } });
}

/** The officer lets go of it before its time; not while a bid, a maximum or a debt depends on it. */
export function releaseDeposit(
  state: ShowState,
  { by, deposit: id, reason }: Of<'releaseDeposit'>,
): Decision {
  const deposit = entry(state.deposits, id);
  if (!deposit) return refuse('not-found');
  if (heldFen(deposit) === 0) return refuse('already-decided');
  // By itself it happens when it is due; here it is told again.
  if (reason === 'nothing-owed' && !isTakingOver(state)) return refuse('deposit-bound');
  const why = whyBound(state, deposit.bidder);
  if (why) return refuse(why);
  return happens(by, {
    type: 'deposit.released',
    body: { deposit: id, amountFen: heldFen(deposit), reason },
  });
}

function whyBound(state: ShowState, bidder: string): Reason | null {
  const leads = openLots(state).some(({ offering }) => offering.leader === bidder);
  const wants = Object.values(state.lots).some(({ proxies }) => proxies.some((one) => one.bidder === bidder));
  return leads || wants || owes(state, bidder) ? 'deposit-bound' : null;
}

/** What was released went back, whole. */
export function returnDeposit(state: ShowState, { by, body }: Of<'returnDeposit'>): Decision {
  const deposit = entry(state.deposits, body.deposit);
  if (!deposit) return refuse('not-found');
  const dueFen = deposit.releasedFen - deposit.returnedFen;
  if (dueFen === 0) return refuse('already-decided');
  if (body.amountFen !== dueFen) return refuse('amount-differs');
  return happens(by, { type: 'deposit.returned', body });
}

// ---------------------------------------------------------------- what follows by itself

const owes = ({ sales }: ShowState, bidder: string): boolean =>
  Object.values(sales).some((sale) => sale.bidder === bidder && sale.phase === 'awaiting');

/** What a default brings with it, as the very next leaf; null: he has no deposit. */
export function forfeitAfter(state: ShowState, sale: SaleState): DecidedEvent | null {
  const deposit = depositOf(state, sale.bidder);
  if (!deposit) return null;
  const amountFen = Math.min(heldFen(deposit), saleTotalFen(sale));
  const body = { deposit: deposit.deposit, sale: sale.sale, amountFen };
  return { type: 'deposit.forfeited', body, by: 'platform' };
}

/** The next deposit that is its bidder's again since he owes nothing; in the millisecond after the last leaf. */
export function nextRelease(state: ShowState): { atMs: number; event: DecidedEvent } | null {
  if (!state.rules.deposit || state.phase !== 'closed') return null;
  const free = Object.values(state.deposits).find((one) => heldFen(one) > 0 && !owes(state, one.bidder));
  if (!free) return null;
  const body = { deposit: free.deposit, amountFen: heldFen(free), reason: 'nothing-owed' as const };
  return { atMs: state.t + 1, event: { type: 'deposit.released', body, by: 'platform' } };
}

/** None is held, and what was released has gone back. */
export const areDepositsSettled = ({ deposits }: ShowState): boolean =>
  Object.values(deposits).every((one) => heldFen(one) === 0 && one.releasedFen === one.returnedFen);

// ---------------------------------------------------------------- folding

type Held = EventOf<'deposit.held'> & Pick<LoggedEvent, 'i'>;
export function noteHeld({ deposits }: ShowState, { i, body: { deposit, bidder, amountFen } }: Held): void {
  deposits[deposit] = { deposit, bidder, amountFen, i, forfeitedFen: 0, releasedFen: 0, returnedFen: 0 };
}

/** The leaf's type says where it went. */
type Moved = EventOf<'deposit.forfeited' | 'deposit.released' | 'deposit.returned'>;
export function moveDeposit({ deposits, sales }: ShowState, { type, body }: Moved): void {
  if ('sale' in body) sales[body.sale]!.forfeitFen = body.amountFen;
  deposits[body.deposit]![`${type.slice(8) as 'forfeited'}Fen`] += body.amountFen;
}
