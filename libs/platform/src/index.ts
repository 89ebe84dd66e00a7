export { claimDataDirectory, type Claim } from './claim.js';
export { anchoredClock, type AnchoredClock, type Clock } from './clock.js';
export { keepPlanned } from './databaseClient.js';
export { openDatabase, type DatabaseOptions, type EntityClass, type MigrationClass } from './database.js';
export { giveUp } from './databaseClient.js';
export { dequeue, enqueue } from './jobs/enqueue.js';
export { type JobHandler, Jobs } from './jobs/jobs.js';
export { platformMigrations } from './jobs/migrations/1795500160000-jobs.js';
export * from './limits.js';
export { createLog, type Log } from './log.js';
export { OneByOne } from './oneByOne.js';
export { PictureFolder, type KeptPicture } from './pictures/pictureFolder.js';
export { PICTURE_BYTES_MAX } from './pictures/limits.js';
export {
  startEmbeddedPostgres,
  type DatabaseUrls,
  type EmbeddedOptions,
  type EmbeddedPostgres,
} from './postgres/embeddedPostgres.js';
export * from './refused.js';
export { bigintColumn, safeInteger } from './safeInteger.js';
export { onStopSignal } from './stopSignal.js';
export { uploadOf } from './upload.js';
