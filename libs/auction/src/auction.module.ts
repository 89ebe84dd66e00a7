import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock } from '@qingpai/platform';
import { CatalogueModule, type CatalogueOptions } from './catalogue.module.js';
import { DeskModule, type DeskOptions } from './desk.module.js';
import { RoomModule } from './room.module.js';
import { StoreModule, type StoreOptions } from './store.module.js';

export interface AuctionOptions
  extends
    Omit<StoreOptions, 'nowMs'>,
    Omit<CatalogueOptions, 'imports' | 'nowMs'>,
    Pick<DeskOptions, 'warn' | 'onBid'> {
  /** Stamps bids, dates shows, counts pages down. */
  clock: Clock;
}

/** Shows from their first lot to their certificate. Needs a `DataSource` provider and the MembersModule. */
@Module({})
export class AuctionModule {
  static forRoot({
    host,
    judge,
    verifierPage,
    clock,
    warn,
    onBid,
    ...catalogueOptions
  }: AuctionOptions): DynamicModule {
    const nowMs = () => clock.nowMs();
    const store = StoreModule.forRoot({ host, judge, verifierPage, nowMs });
    const desk = DeskModule.forRoot({ clock, warn, onBid, imports: [store] });
    const room = RoomModule.forRoot({ imports: [store, desk] });
    const catalogue = CatalogueModule.forRoot({ ...catalogueOptions, nowMs, imports: [store, desk] });
    const parts = [store, desk, room, catalogue];
    return { module: AuctionModule, imports: parts, exports: parts };
  }
}
