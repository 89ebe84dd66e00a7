import { type EventOf, type LoggedEvent, type SaleState, type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { clawbackFen, growerOf, payoutStateOf } from './payouts.js';
import { entry } from './show.js';
import { isTakingOver } from './takenOver.js';

/**
 * 扣回: money of a sale went back after its grower had been paid for it, so he owes it. It comes off his next payout of this
 * show; or he gives it back himself; or, when nothing more comes to him here, it is carried on by name and comes off his
 * next payout of another show.
 */

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** Taken off a payout as it is made: at the same moment, of the same grower, and never more than it comes to. */
export function takeBack(state: ShowState, { by, body }: Of<'takeBack'>, nowMs: number): Decision {
  const paid = Object.values(state.sales).flatMap(({ payout }) =>
    payout?.payout === body.payout ? payout : [],
  );
  if (paid.length === 0) return refuse('not-found');
  if (paid.some(({ t }) => t !== nowMs)) return refuse('already-decided');
  if (paid[0]!.grower !== body.grower) return refuse('other-grower');
  const wholeFen = paid.reduce((sum, { amountFen }) => sum + amountFen, 0);
  if (takenFenOf(state, body.payout) + body.amountFen > wholeFen) return refuse('amount-differs');
  // What another show carried on is in its log; here it is only named.
  if ('debt' in body && body.debt.startsWith(`${state.origin}#`)) return refuse('malformed');
  const refusal = 'sale' in body ? refusalOf(state, body) : null;
  return refusal ?? happens(by, { type: 'clawback.taken', body });
}

/** He gave it back himself, whole or in part. */
export function repayClawback(state: ShowState, { by, body }: Of<'repayClawback'>): Decision {
  return refusalOf(state, body) ?? happens(by, { type: 'clawback.repaid', body });
}

/** All that he still owes of a sale; not while something of this show is to come to him, from which it can be taken. */
export function carryClawback(state: ShowState, { by, body }: Of<'carryClawback'>, nowMs: number): Decision {
  const refusal = refusalOf(state, body);
  if (refusal) return refusal;
  if (body.amountFen !== owedBack(state, body.sale)) return refuse('amount-differs');
  if (!isTakingOver(state) && hasMoreToCome(state, body.grower, nowMs)) return refuse('clawback-takeable');
  return happens(by, { type: 'clawback.carried', body });
}

function refusalOf(
  state: ShowState,
  { sale: id, grower, amountFen }: { sale: string; grower: string; amountFen: number },
): Decision | null {
  const sale = entry(state.sales, id);
  if (!sale) return refuse('unknown-sale');
  if (growerOf(state, sale) !== grower) return refuse('other-grower');
  const owedFen = owedBack(state, id);
  if (owedFen <= 0) return refuse('clawback-none');
  return amountFen > owedFen ? refuse('clawback-above-owed') : null;
}

const owedBack = (state: ShowState, sale: string): number => clawbackFen(state.rules, state.sales[sale]!);
const takenFenOf = ({ clawbacks }: ShowState, payout: string): number =>
  entry(clawbacks?.takenFen ?? {}, payout) ?? 0;

/** Whether a sale of his is awaited, held or payable. */
const hasMoreToCome = (state: ShowState, grower: string, nowMs: number): boolean =>
  Object.values(state.sales).some((sale: SaleState) => {
    if (growerOf(state, sale) !== grower) return false;
    return ['unpaid', 'held', 'payable'].includes(payoutStateOf(state, sale, nowMs));
  });

/** What was carried on to another show, fen. */
export const carriedTotalFen = ({ clawbacks }: ShowState): number => clawbacks?.carriedFen ?? 0;

// ---------------------------------------------------------------- folding

type Back = EventOf<'clawback.repaid' | 'clawback.carried'> & Pick<LoggedEvent, 'i'>;
export function noteBack(state: ShowState, { type, body }: Back): void {
  addBack(state, body.sale, body.amountFen);
  if (type === 'clawback.carried') clawbacksOf(state).carriedFen += body.amountFen;
}

export function noteTaken(state: ShowState, { body }: EventOf<'clawback.taken'>): void {
  clawbacksOf(state).takenFen[body.payout] = takenFenOf(state, body.payout) + body.amountFen;
  if ('sale' in body) addBack(state, body.sale, body.amountFen);
}

const clawbacksOf = (state: ShowState) => (state.clawbacks ??= { takenFen: {}, carriedFen: 0 });

function addBack({ sales }: ShowState, sale: string, amountFen: number): void {
  const { payout } = sales[sale]!;
  if (!payout) throw new Error(`bug: a clawback of ${sale}, which was not paid out`);
  payout.backFen = (payout.backFen ?? 0) + amountFen;
}
