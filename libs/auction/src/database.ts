import { catalogueEntities } from './catalogue/entities.js';
import { catalogueMigrations } from './catalogue/migrations/1795500400000-catalogue.js';
import { storeEntities } from './store/entities.js';
import { storeMigrations } from './store/migrations/1795500300000-store.js';

/** Everything this library keeps in the database, for who opens it. */
export const auctionEntities = [...storeEntities, ...catalogueEntities];
export const auctionMigrations = [...storeMigrations, ...catalogueMigrations];
