import { rowsOf } from '@qingpai/members';
import { type ShowDeposits } from '@qingpai/payments';
import { type DepositForfeit, type LoggedEvent, type ShowState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type Desks } from '../desk/desks.js';
import { type Desk } from '../desk/desk.js';
import { phasesFor } from '../rules/show.js';
import { soldLot } from '../rules/takenOver.js';
import { type ShowStore } from '../store/showStore.js';

/** The port by which payments see deposits and have them held, let go and given back. */
export function showDeposits(desks: Desks, store: Pick<ShowStore, 'endOf'>, db: DataSource): ShowDeposits {
  /** After a restore they are held, let go and given back in the log that goes on from this one. */
  const deskOf = async (showId: string): Promise<Desk> => {
    const next = (await store.endOf(showId))?.byShow;
    return next ? deskOf(next) : desks.of(showId);
  };
  return {
    async depositsOf(showId) {
      const desk = await deskOf(showId);
      const { state } = desk;
      const { deposit } = state.rules;
      const all = Object.values(state.deposits).sort((a, b) => a.i - b.i);
      const lost = all.some(({ forfeitedFen }) => forfeitedFen > 0) ? await forfeitsOf(db, state) : [];
      return {
        askedFen: deposit?.amountFen ?? null,
        abovePriceFen: deposit?.abovePriceFen ?? 0,
        isTaken: deposit !== undefined && phasesFor.holdDeposit.includes(state.phase),
        deposits: all.map((one) => ({
          ...one,
          ...cameBy(desk.leaf(one.i)),
          forfeits: lost.filter(({ deposit: id }) => id === one.deposit).map(({ deposit: _, ...of }) => of),
        })),
      };
    },
    async act(showId, by, act, beside) {
      const answer = await (await deskOf(showId)).command({ by, ...act }, beside);
      return answer.ok ? null : answer.reason;
    },
  };
}

/** What its leaf says beside the state. */
function cameBy(leaf: LoggedEvent | undefined) {
  if (leaf?.type !== 'deposit.held') throw new Error('bug: a deposit whose leaf is not there');
  return { channel: leaf.body.channel, txn: leaf.body.txn };
}

/** For which lots deposits were forfeited: the books say it, entry by entry. */
async function forfeitsOf(
  db: DataSource,
  state: ShowState,
): Promise<(DepositForfeit & { deposit: string })[]> {
  const rows = await rowsOf<{ deposit: string; sale: string; fen: string }>(db.manager, forfeitsSql, [
    state.origin,
  ]);
  return rows.map(({ deposit, sale, fen }) => {
    const { number, title } = soldLot(state, state.sales[sale]!);
    return { deposit, sale, number, title, amountFen: Number(fen) };
  });
}

const forfeitsSql = `
  SELECT deposit, sale, sum(amount_fen)::text AS fen
  FROM journal_entries e JOIN journal_lines l USING (log, n)
  WHERE log = (SELECT log FROM logs WHERE origin = $1) AND kind = 'forfeited' AND side = 'debit'
  GROUP BY e.n, deposit, sale ORDER BY e.n`;
