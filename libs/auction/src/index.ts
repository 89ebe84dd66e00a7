export { auctionEntities, auctionMigrations } from './database.js';
export { Lot, Sale, Show, ShowBidder } from './store/entities.js';
export { PostgresShowLog } from './store/postgresShowLog.js';
export { type NewShow, ShowStore, type ShowStoreParts } from './store/showStore.js';
export { Fenced, OutcomeUnknown, type ShowHead, type ShowLog, type TakenShow } from './store/showLog.js';
