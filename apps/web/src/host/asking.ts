import { standingOffer, standingOffers } from '@qingpai/auction/rules';
import type { LotState, OfferState, ShowState } from '@qingpai/wire';

/** Who is asked about a lot now (保不流拍), and whether the house answers for him. */
export function askedOf(state: ShowState, lot: LotState): (OfferState & { isHall: boolean }) | null {
  const offer = standingOffer(lot);
  return offer ? { ...offer, isHall: state.bidders[offer.bidder]?.kind === 'hall' } : null;
}

/** What is left to think, as minutes and seconds; — before the server's time is known. */
export function leftOf({ expiresAt }: Pick<OfferState, 'expiresAt'>, nowMs: number | null): string {
  if (nowMs === null) return '—';
  const seconds = Math.max(0, Math.ceil((expiresAt - nowMs) / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How many lots are offered to somebody now, and the offer that ends first; null: none. */
export function askingNow(state: ShowState): { lots: number; first: OfferState } | null {
  const all = standingOffers(state).map(({ offer }) => offer);
  const [first] = all.sort((a, b) => a.expiresAt - b.expiresAt);
  return first ? { lots: all.length, first } : null;
}
