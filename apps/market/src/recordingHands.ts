import { type Desks, type ShowStore } from '@qingpai/auction';
import { type RecordingHands } from '@qingpai/media';

/** A piece goes into the log as any leaf does: in the line of its show, and with the row that it belongs to. */
export const recordingHands = (desks: Desks, store: ShowStore): RecordingHands => ({
  keep: async (showId, piece, beside) => {
    const desk = await desks.of(showId);
    const { sha256, bytes, fromMs, toMs } = piece;
    const segment = (desk.state.recordings?.length ?? 0) + 1;
    const body = { segment, sha256, bytes, fromMs, toMs };
    const answer = await desk.command({ by: 'platform', name: 'keepRecording', body }, (manager) =>
      beside(manager, segment),
    );
    return answer.ok ? null : answer.reason;
  },
  titleOf: async (showId) => (await store.show(showId)).title,
  isOver: async (showId) => {
    const { phase } = (await desks.of(showId)).state;
    return phase === 'closed' || phase === 'settled';
  },
  bidderOf: async (showId, memberId) => {
    const bidder = await store.pseudonymOf(showId, memberId);
    return Object.hasOwn((await desks.of(showId)).state.bidders, bidder) ? bidder : null;
  },
  saleOf: async (showId, id) => {
    const { state } = await desks.of(showId);
    const sale = Object.hasOwn(state.sales, id) ? state.sales[id]! : null;
    if (!sale) return null;
    const offering = state.lots[sale.lot]!.offerings.find((one) => one.offering === sale.offering);
    return { bidder: sale.bidder, fromMs: offering?.startedAt ?? sale.t, toMs: sale.t };
  },
});
