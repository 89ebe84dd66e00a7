export { AfterSaleModule, type AfterSaleOptions } from './afterSale.module.js';
export { type Address, type Addresses } from './aftersale/addresses.js';
export { Claims } from './aftersale/claims.js';
export { afterSaleInvariants } from './aftersale/invariants.js';
export { pickingOf } from './aftersale/lists.js';
export { Parcels } from './aftersale/parcels.js';
export { AuctionModule, type AuctionOptions } from './auction.module.js';
export { CatalogueModule, type CatalogueOptions } from './catalogue.module.js';
export { Catalogue } from './catalogue/catalogue.service.js';
export { Imports } from './catalogue/imports.service.js';
export { LotCardRow } from './catalogue/entities.js';
export { cardOfLot, cardsOf } from './catalogue/lotCards.js';
export { DeskModule, type DeskOptions } from './desk.module.js';
export { Desk, type Newcomer, type Registered } from './desk/desk.js';
export { Desks } from './desk/desks.js';
export { type FrameListener } from './desk/frames.js';
export { type Asked, type Beside } from './desk/line.js';
export { LoopWatch } from './desk/loopWatch.js';
export { type DeskPorts } from './desk/ports.js';
export { processTimers, type Timers } from './desk/timers.js';
export { queuedBytesOf } from './gateway/socketVisitor.js';
export { Defaulters } from './standing/defaulters.js';
export { defaultHouse, type House } from './shows/house.js';
export { Shows } from './shows/shows.service.js';
export { auctionEntities, auctionMigrations } from './database.js';
export { Lot, Sale, Show, ShowBidder } from './store/entities.js';
export { Registry } from './registry/registry.js';
export { PostgresShowLog } from './store/postgresShowLog.js';
export { type NewShow, ShowStore, type ShowStoreParts } from './store/showStore.js';
export { Fenced, OutcomeUnknown, type ShowHead, type ShowLog, type TakenShow } from './store/showLog.js';
export { RoomModule } from './room.module.js';
export { type Room } from './room/room.js';
export { Rooms } from './room/rooms.js';
export { type Seat, Seats } from './room/seats.js';
export { StoreModule, type StoreOptions } from './store.module.js';
export {
  brokenInvariants,
  type BrokenInvariant,
  firstUnreproduced,
  type Invariant,
  invariants,
  rememberLogs,
  rowsAgainst,
} from './store/invariants.js';
export { type Judge, Proofs } from './store/proofs.js';
export { judgeHere, judgeInWorker } from './store/judge.js';
export { WitnessModule, type WitnessOptions } from './witness.module.js';
export { type AskWitness, askWitness, type WitnessReply } from './witness/askWitness.js';
export { type ConfiguredWitness, parseWitnesses } from './witness/configured.js';
export { Witnessing } from './witness/witnessing.js';
