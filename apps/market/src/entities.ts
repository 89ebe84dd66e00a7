import { auctionEntities, auctionMigrations } from '@qingpai/auction';
import { ledgerEntities, ledgerMigrations } from '@qingpai/ledger';
import { mediaEntities, mediaMigrations } from '@qingpai/media';
import { membersEntities, membersMigrations } from '@qingpai/members';
import { paymentsEntities, paymentsMigrations } from '@qingpai/payments';
import { type EntityClass, type MigrationClass, platformMigrations } from '@qingpai/platform';

/** Everything the database holds, lib by lib; migrations run in the order of their timestamps. */
export const marketEntities: EntityClass[] = [
  ...membersEntities,
  ...ledgerEntities,
  ...auctionEntities,
  ...paymentsEntities,
  ...mediaEntities,
];
export const marketMigrations: MigrationClass[] = [
  ...platformMigrations,
  ...membersMigrations,
  ...ledgerMigrations,
  ...auctionMigrations,
  ...paymentsMigrations,
  ...mediaMigrations,
];
