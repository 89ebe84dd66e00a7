import { shortCode, fromBase64 } from '@qingpai/ledger/rules';
import { type Movement, type ShowGrowers, type ShowPayouts } from '@qingpai/payments';
import { type EventBody, type LoggedEvent, type LotCard, type ShowState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { cardsOf } from '../catalogue/lotCards.js';
import { type Desks } from '../desk/desks.js';
import { growerOf, growerSaleOf, releasedAtMs } from '../rules/index.js';
import { type ShowStore } from '../store/showStore.js';

export interface ShowPayoutsParts {
  db: DataSource;
  desks: Desks;
  store: ShowStore;
}

/** The port by which payouts see what growers are owed, and have them paid: what the desk holds, and what only it may write. */
export function showPayouts({ db, desks, store }: ShowPayoutsParts): ShowPayouts {
  /** Of this show; then of those that it goes on from: lots whose sales were taken over are described there. */
  const cardsSince = async (showId: string): Promise<LotCard[]> => {
    const before = await store.before(showId);
    return [...(before ? await cardsSince(before.showId) : []), ...(await cardsOf(db.manager, showId))];
  };
  return {
    async growersOf(showId) {
      const [{ title, townshipId }, cards] = [await store.show(showId), await cardsSince(showId)];
      const desk = await desks.of(showId);
      const { state } = desk;
      return {
        ...{ title, townshipId, origin: state.origin },
        ...{ code: shortCode(fromBase64(desk.head.root)!) },
        payableAtMs: releasedAtMs(state),
        feePercent: state.rules.feePercent ?? 0,
        growers: growersIn(state, cards, desk.nowMs()),
      };
    },
    async movementsOf(showId) {
      const desk = await desks.of(showId);
      const moved = new Map<string, Movement>();
      for (let i = 0; i < desk.head.size; i++) addMoved(moved, desk.leaf(i)!);
      // Where all of a payout comes off, nothing moves.
      return [...moved.values()].filter(({ amountFen }) => amountFen > 0);
    },
    async payOut(showId, by, made, taken, beside) {
      const desk = await desks.of(showId);
      const answer = await desk.command(
        [
          ...made.map((body) => ({ by, name: 'payOut' as const, body })),
          ...taken.map((body) => ({ by, name: 'takeBack' as const, body })),
        ],
        beside,
      );
      return answer.ok ? null : answer.reason;
    },
    async clawBack(showId, by, said, beside) {
      const desk = await desks.of(showId);
      const answer = await desk.command(
        said.map((one) => ({ by, ...one })),
        beside,
      );
      return answer.ok ? null : answer.reason;
    },
  };
}

const kinds = {
  'sale.paid': 'paid',
  'sale.refunded': 'refunded',
  'payout.made': 'paidOut',
  'deposit.held': 'paid',
  'deposit.returned': 'refunded',
  'clawback.repaid': 'paid',
} as const;
type Moving = Extract<LoggedEvent, { type: keyof typeof kinds }>;
const isMoving = (event: LoggedEvent): event is Moving => Object.hasOwn(kinds, event.type);

/** The leaves of one transfer share its reference; freight comes and goes with it. */
function addMoved(moved: Map<string, Movement>, event: LoggedEvent): void {
  if (event.type === 'clawback.taken') return takeOff(moved, event.body);
  if (!isMoving(event)) return;
  const { type, body, t } = event;
  const { txn, channel, amountFen } = body;
  const [key, day] = [`${type} ${txn}`, new Date(t + TOWNSHIP_OFFSET_MS).toISOString().slice(0, 10)];
  const one = moved.get(key) ?? {
    ...{ kind: kinds[type], channel, txn, day, amountFen: 0, sales: [] },
    ...('payout' in body && { payout: body.payout }),
  };
  const movedFen = amountFen + (('freightFen' in body && body.freightFen) || 0);
  const sales = 'sale' in body ? [...one.sales, body.sale] : one.sales;
  moved.set(key, { ...one, amountFen: one.amountFen + movedFen, sales });
}
/** The transfer is less by what the grower owed back. */
function takeOff(moved: Map<string, Movement>, { payout, amountFen }: EventBody<'clawback.taken'>): void {
  for (const [key, one] of moved)
    if (one.payout === payout) moved.set(key, { ...one, amountFen: one.amountFen - amountFen });
}
const TOWNSHIP_OFFSET_MS = 8 * 3_600_000;

/** By village, then by name: the order of every list and sheet. */
function growersIn(state: ShowState, cards: readonly LotCard[], nowMs: number): ShowGrowers['growers'] {
  const names = new Map(cards.map((card) => [card.lot, card]));
  const growers = new Map<string, ShowGrowers['growers'][number]>();
  const sales = Object.values(state.sales).sort((a, b) => a.i - b.i);
  for (const sale of sales.filter(({ phase }) => phase !== 'voided')) {
    const id = growerOf(state, sale);
    const card = names.get(sale.lot);
    const grower = growers.get(id) ?? {
      ...{ grower: id, name: card?.growerName ?? '', village: card?.village ?? '', sales: [] },
    };
    grower.sales.push(growerSaleOf(state, sale, nowMs));
    growers.set(id, grower);
  }
  return [...growers.values()].sort(
    (a, b) => a.village.localeCompare(b.village, 'zh') || a.name.localeCompare(b.name, 'zh'),
  );
}
