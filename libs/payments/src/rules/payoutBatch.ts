import { type GrowerAccount, type PayoutConfirmation, type Reason } from '@qingpai/wire';

/** What a batch takes of one grower: his sales that are payable and in no other batch. */
export interface PayoutPart {
  sale: string;
  amountFen: number;
  feeFen: number;
}

/** made → paid | failed. What failed is payable again, in another batch. */
export const nextPayoutRowStates = { made: ['paid', 'failed'], paid: [], failed: [] } as const;

export interface RowToDecide {
  payout: string;
  state: keyof typeof nextPayoutRowStates;
  madeBy: string;
}

/** Why this member cannot say what came of these rows; null when he can (four eyes: never who made the batch). */
export function refusalOfConfirming(
  rows: readonly RowToDecide[],
  { rows: said }: PayoutConfirmation,
  memberId: string,
): Reason | null {
  const named = said.map(({ payout }) => rows.find((row) => row.payout === payout));
  if (named.some((row) => row === undefined)) return 'not-found';
  if (new Set(said.map(({ payout }) => payout)).size !== said.length) return 'malformed';
  if (named.some((row) => nextPayoutRowStates[row!.state].length === 0)) return 'already-decided';
  return named.some((row) => row!.madeBy === memberId) ? 'same-person' : null;
}

/** The account as a screen shows it: enough to recognise it, too little to use it. */
export const masked = ({ payee, bank, number }: GrowerAccount) => ({
  payee: `${payee.slice(0, 1)}${'*'.repeat(Math.max(1, payee.length - 1))}`,
  bank,
  number: `**** ${number.slice(-4)}`,
});
