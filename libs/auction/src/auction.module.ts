import { type DynamicModule, Module } from '@nestjs/common';
import { type Clock } from '@qingpai/platform';
import { CatalogueModule, type CatalogueOptions } from './catalogue.module.js';
import { DeskModule, type DeskOptions } from './desk.module.js';
import { RegistryModule, type RegistryOptions } from './registry.module.js';
import { RoomModule, type RoomOptions } from './room.module.js';
import { StandingModule } from './standing.module.js';
import { StoreModule, type StoreOptions } from './store.module.js';
import { WitnessModule, type WitnessOptions } from './witness.module.js';

export interface AuctionOptions
  extends
    Omit<StoreOptions, 'nowMs' | 'witnesses'>,
    Omit<CatalogueOptions, 'imports' | 'nowMs'>,
    Pick<DeskOptions, 'warn' | 'onBid'>,
    Pick<RegistryOptions, 'judgeSeason'>,
    Pick<RoomOptions, 'rateTimes' | 'stages'>,
    WitnessOptions {
  /** Stamps bids, dates shows, counts pages down. */
  clock: Clock;
}

/** Shows from their first lot to their certificate. Needs a `DataSource` provider and the MembersModule. */
@Module({})
export class AuctionModule {
  static forRoot({
    host,
    judge,
    judgeSeason,
    verifierPage,
    clock,
    warn,
    onBid,
    witnesses = [],
    introduce,
    askWitness,
    rateTimes,
    stages,
    ...catalogueOptions
  }: AuctionOptions): DynamicModule {
    const nowMs = () => clock.nowMs();
    const keys = witnesses.map(({ key }) => key);
    const store = StoreModule.forRoot({ host, judge, verifierPage, nowMs, witnesses: keys });
    const desk = DeskModule.forRoot({ clock, warn, onBid, imports: [store] });
    const witness = WitnessModule.forRoot({ witnesses, introduce, askWitness, imports: [store, desk] });
    const room = RoomModule.forRoot({ imports: [store, desk, witness], rateTimes, stages });
    const catalogue = CatalogueModule.forRoot({ ...catalogueOptions, nowMs, imports: [store, desk] });
    const registry = RegistryModule.forRoot({ imports: [store, desk], witnesses: keys, judgeSeason });
    const standing = StandingModule.forRoot({ imports: [store, desk, room] });
    const parts = [store, desk, witness, registry, room, standing, catalogue];
    return { module: AuctionModule, imports: parts, exports: parts };
  }
}
