import { type MyGoods } from '@qingpai/wire';
import { type Desks } from '../desk/desks.js';
import { complainUntilMs } from '../rules/index.js';
import { type Claimant, type Claims } from './claims.js';
import { type Parcels } from './parcels.js';

/** What a buyer sees of his goods. */
export class MyParcels {
  constructor(
    private readonly desks: Desks,
    private readonly parcels: Parcels,
    private readonly claims: Claims,
    private readonly nowMs: () => number,
  ) {}

  async of(showId: string, who: Claimant): Promise<MyGoods> {
    const { state } = await this.desks.of(showId);
    const [[parcel = null], claims, freshWordAtMs] = await Promise.all([
      this.parcels.list(showId, who.bidder),
      this.claims.listOf(showId, who),
      this.claims.freshWord(showId, who.memberId),
    ]);
    const { afterSale } = state.rules;
    const untilMs = complainUntilMs(state, who.bidder);
    return {
      ...{ parcel, claims, freshWordAtMs, nowMs: this.nowMs() },
      claimWithinMs: afterSale?.claimWithinMs ?? 0,
      returnWithinMs: afterSale?.returnWithinMs ?? 0,
      complainUntilMs: Number.isFinite(untilMs) ? untilMs : null,
      open: afterSale !== undefined && (state.phase === 'open' || state.phase === 'closed'),
    };
  }
}
