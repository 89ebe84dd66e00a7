import { afterSaleEntities } from './aftersale/entities.js';
import { afterSaleMigrations } from './aftersale/migrations/1795500700000-after-sale.js';
import { catalogueEntities } from './catalogue/entities.js';
import { catalogueMigrations } from './catalogue/migrations/1795500400000-catalogue.js';
import { consentMigrations } from './consent/migrations.js';
import { registryEntities } from './registry/entities.js';
import { registryMigrations } from './registry/migrations/1795500220000-registry.js';
import { storeEntities } from './store/entities.js';
import { storeMigrations } from './store/migrations/1795500300000-store.js';
import { salesAfterwardsMigrations } from './store/migrations/1795500310000-sales-afterwards.js';
import { proxiesMigrations } from './store/migrations/1795500330000-proxies.js';
import { seenLogsMigrations } from './store/migrations/1795500340000-seen-logs.js';
import { dailyReportsMigrations } from './store/migrations/1795500345000-daily-reports.js';
import { signedReportsMigrations } from './store/migrations/1795500397000-signed-reports.js';
import { payoutsMigrations } from './store/migrations/1795500360000-payouts.js';
import { growerDuesMigrations } from './store/migrations/1795500370000-grower-dues.js';
import { deskSignsMigrations } from './store/migrations/1795500350000-desk-signs.js';
import { wayOfGoodsMigrations } from './store/migrations/1795500380000-way-of-goods.js';
import { evenAtTheSettlementMigrations } from './store/migrations/1795500399000-even-at-the-settlement.js';
import { freightComeOverMigrations } from './store/migrations/1795500395000-freight-come-over.js';
import { secondChancesMigrations } from './store/migrations/1795500390000-second-chances.js';
import { booksByTheRulesMigrations } from './store/migrations/1795500399500-books-by-the-rules.js';
import { talkMigrations } from './talk/migrations/1795500398000-talk.js';
import { keptRowsMigrations } from './store/migrations/1795500320000-kept-rows.js';

/** Everything this library keeps in the database, for who opens it. */
export const auctionEntities = [
  ...storeEntities,
  ...registryEntities,
  ...catalogueEntities,
  ...afterSaleEntities,
];
export const auctionMigrations = [
  ...registryMigrations,
  ...storeMigrations,
  ...salesAfterwardsMigrations,
  ...keptRowsMigrations,
  ...proxiesMigrations,
  ...seenLogsMigrations,
  ...dailyReportsMigrations,
  ...signedReportsMigrations,
  ...deskSignsMigrations,
  ...wayOfGoodsMigrations,
  ...payoutsMigrations,
  ...growerDuesMigrations,
  ...secondChancesMigrations,
  ...freightComeOverMigrations,
  ...evenAtTheSettlementMigrations,
  ...catalogueMigrations,
  ...afterSaleMigrations,
  ...consentMigrations,
  ...talkMigrations,
  ...booksByTheRulesMigrations,
];
