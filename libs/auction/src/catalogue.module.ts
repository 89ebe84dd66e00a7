import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { Ledger } from '@qingpai/ledger';
import { MEMBERS_OPTIONS, MembersService, type MembersOptions, Vault } from '@qingpai/members';
import { SHOW_DEPOSITS, SHOW_PAYOUTS, SHOW_SALES } from '@qingpai/payments';
import { PictureFolder } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { Carried } from './catalogue/carried.js';
import { CatalogueController } from './catalogue/catalogue.controller.js';
import { Catalogue } from './catalogue/catalogue.service.js';
import { Imports } from './catalogue/imports.service.js';
import { PhotosController } from './catalogue/photos.controller.js';
import { ConsentController } from './consent/consent.controller.js';
import { Consents } from './consent/consents.js';
import { SealConsents } from './consent/sealConsents.js';
import { Desks } from './desk/desks.js';
import { Registry } from './registry/registry.js';
import { defaultHouse, type House } from './shows/house.js';
import { ShowEnds } from './shows/showEnds.js';
import { ShowsController } from './shows/shows.controller.js';
import { Shows } from './shows/shows.service.js';
import { showDeposits } from './shows/showDeposits.js';
import { showPayouts } from './shows/showPayouts.js';
import { showSales } from './shows/showSales.js';
import { PostgresShowLog } from './store/postgresShowLog.js';
import { ShowStore } from './store/showStore.js';

export const CATALOGUE_OPTIONS = Symbol('catalogue options');

export interface CatalogueOptions {
  /** Where files are kept; photos of lots go into its folder `photos`. */
  dataDir: string;
  /** What shows say of their seller; default: `defaultHouse`. */
  house?: House;
  /** Every show of this installation is a demonstration. */
  demo?: boolean;
  /** Modules that provide `Desks` and `ShowStore`. */
  imports: NonNullable<DynamicModule['imports']>;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}

/** Shows, their catalogues and photos, and the sales as payments see them. The server must take multipart bodies. */
@Module({})
export class CatalogueModule {
  static forRoot(options: CatalogueOptions): DynamicModule {
    return {
      module: CatalogueModule,
      imports: options.imports,
      controllers: [ShowsController, CatalogueController, PhotosController, ConsentController],
      providers: [
        { provide: CATALOGUE_OPTIONS, useValue: options },
        {
          provide: Catalogue,
          useFactory: catalogueOf,
          inject: [DataSource, ShowStore, Desks, CATALOGUE_OPTIONS],
        },
        {
          provide: Imports,
          useFactory: importsOf,
          inject: [DataSource, MEMBERS_OPTIONS, Desks, Catalogue, CATALOGUE_OPTIONS],
        },
        {
          provide: Shows,
          useFactory: showsOf,
          inject: [DataSource, ShowStore, MembersService, CATALOGUE_OPTIONS],
        },
        {
          provide: Carried,
          useFactory: (db: DataSource, store: ShowStore, desks: Desks, catalogue: Catalogue) =>
            new Carried({ db, store, desks, catalogue }),
          inject: [DataSource, ShowStore, Desks, Catalogue],
        },
        {
          provide: ShowEnds,
          useFactory: showEndsOf,
          inject: [DataSource, Ledger, ShowStore, Desks, Registry, Carried, CATALOGUE_OPTIONS],
        },
        { provide: SHOW_DEPOSITS, useFactory: showDeposits, inject: [Desks, ShowStore, DataSource] },
        {
          provide: Consents,
          useFactory: (
            db: DataSource,
            { vaultKey }: MembersOptions,
            desks: Desks,
            store: ShowStore,
            { nowMs = Date.now }: CatalogueOptions,
          ) => new Consents({ db, desks, store, vault: new Vault(vaultKey), nowMs }),
          inject: [DataSource, MEMBERS_OPTIONS, Desks, ShowStore, CATALOGUE_OPTIONS],
        },
        {
          provide: SealConsents,
          useFactory: (db: DataSource, { nowMs = Date.now }: CatalogueOptions) =>
            new SealConsents({ db, nowMs }),
          inject: [DataSource, CATALOGUE_OPTIONS],
        },
        {
          provide: SHOW_SALES,
          useFactory: showSales,
          inject: [Desks, ShowStore, PostgresShowLog, DataSource],
        },
        {
          provide: SHOW_PAYOUTS,
          useFactory: (db: DataSource, desks: Desks, store: ShowStore) => showPayouts({ db, desks, store }),
          inject: [DataSource, Desks, ShowStore],
        },
      ],
      exports: [Catalogue, Imports, Shows, SHOW_DEPOSITS, SHOW_PAYOUTS, SHOW_SALES],
    };
  }
}

function catalogueOf(db: DataSource, store: ShowStore, desks: Desks, { dataDir }: CatalogueOptions) {
  return new Catalogue({ db, store, desks, photos: new PictureFolder(join(dataDir, 'photos')) });
}

function importsOf(
  db: DataSource,
  { vaultKey }: MembersOptions,
  desks: Desks,
  catalogue: Catalogue,
  { nowMs = Date.now }: CatalogueOptions,
) {
  return new Imports({ db, desks, catalogue, nowMs, vault: new Vault(vaultKey) });
}

function showEndsOf(
  db: DataSource,
  ledger: Ledger,
  store: ShowStore,
  desks: Desks,
  registry: Registry,
  carried: Carried,
  { nowMs = Date.now }: CatalogueOptions,
) {
  return new ShowEnds({ db, ledger, store, desks, registry, carried, nowMs });
}

function showsOf(
  db: DataSource,
  store: ShowStore,
  members: MembersService,
  { house = defaultHouse, demo = false, nowMs = Date.now }: CatalogueOptions,
) {
  return new Shows({ db, store, members, house, demo, nowMs });
}
