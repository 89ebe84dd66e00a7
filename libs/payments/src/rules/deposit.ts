import { type DepositStanding, type DepositState } from '@qingpai/wire';

type Sums = Pick<DepositState, 'amountFen' | 'forfeitedFen' | 'releasedFen' | 'returnedFen'>;

/** What is still held of it, fen. */
export const heldFenOf = ({ amountFen, forfeitedFen, releasedFen }: Sums): number =>
  amountFen - forfeitedFen - releasedFen;

/** Let go, and not back with its bidder yet, fen. */
export const owedBackFenOf = ({ releasedFen, returnedFen }: Sums): number => releasedFen - returnedFen;

/**
 * 未交 → 已登记待确认 → 已收 → 退还中 → 已退 / 已抵, of all that one bidder gave in a show. One that is held counts before one
 * that is on its way back, and that before one that is over.
 * @param deposits oldest first
 * @param isRecorded somebody saw money come, and nobody has confirmed it
 */
export function standingOf(deposits: readonly Sums[], isRecorded: boolean): DepositStanding {
  if (deposits.some((one) => heldFenOf(one) > 0)) return 'held';
  if (isRecorded) return 'recorded';
  if (deposits.some((one) => owedBackFenOf(one) > 0)) return 'releasing';
  const last = deposits.at(-1);
  if (!last) return 'none';
  return last.returnedFen > 0 ? 'returned' : 'forfeited';
}
