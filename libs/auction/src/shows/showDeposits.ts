import { type ShowDeposits } from '@qingpai/payments';
import { type Desks } from '../desk/desks.js';

/** The port by which payments see deposits and have them held, let go and given back. */
export function showDeposits(desks: Desks): ShowDeposits {
  return {
    async depositsOf(showId) {
      const { state } = await desks.of(showId);
      return { askedFen: state.rules.deposit?.amountFen ?? null, deposits: Object.values(state.deposits) };
    },
    async act(showId, by, act, beside) {
      const answer = await (await desks.of(showId)).command({ by, ...act }, beside);
      return answer.ok ? null : answer.reason;
    },
  };
}
