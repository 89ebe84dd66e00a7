import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { MEMBERS_OPTIONS, MembersService, type MembersOptions, Vault } from '@qingpai/members';
import { HandRefunds, OnlineRefunds, ParcelAddresses, SHOW_SALES, type ShowSales } from '@qingpai/payments';
import { PictureFolder } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { Claims } from './aftersale/claims.js';
import { ClaimsController } from './aftersale/claims.controller.js';
import { MyGoodsController } from './aftersale/myGoods.controller.js';
import { MyParcels } from './aftersale/myParcels.js';
import { Parcels } from './aftersale/parcels.js';
import { PackingTableController } from './aftersale/parcels.controller.js';
import { Desks } from './desk/desks.js';
import { ShowStore } from './store/showStore.js';

export interface AfterSaleOptions {
  /** Where files are kept; photos of damage go into its folder `claims`. */
  dataDir: string;
  /** Modules that provide `Desks`, `ShowStore`, `SHOW_SALES`, and those of payments. */
  imports: NonNullable<DynamicModule['imports']>;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}

/** Parcels, claims and complaints. The server must take multipart bodies. */
@Module({})
export class AfterSaleModule {
  static forRoot({ dataDir, imports, nowMs = Date.now }: AfterSaleOptions): DynamicModule {
    return {
      module: AfterSaleModule,
      imports,
      controllers: [PackingTableController, ClaimsController, MyGoodsController],
      providers: [
        {
          provide: Parcels,
          useFactory: (
            ...[db, desks, store, members, sales, { vaultKey }, addresses]: [...Ground, ParcelAddresses]
          ) =>
            new Parcels({
              ...{ db, desks, store, members, sales, addresses },
              vault: new Vault(vaultKey),
            }),
          inject: [...ground, ParcelAddresses],
        },
        {
          provide: Claims,
          useFactory: (
            ...[db, desks, store, members, sales, { vaultKey }, handRefunds, onlineRefunds]: [
              ...Ground,
              HandRefunds,
              OnlineRefunds,
            ]
          ) =>
            new Claims({
              ...{ db, desks, store, members, sales, handRefunds, onlineRefunds, nowMs },
              vault: new Vault(vaultKey),
              photos: new PictureFolder(join(dataDir, 'claims')),
            }),
          inject: [...ground, HandRefunds, OnlineRefunds],
        },
        {
          provide: MyParcels,
          useFactory: (desks: Desks, parcels: Parcels, claims: Claims) =>
            new MyParcels(desks, parcels, claims, nowMs),
          inject: [Desks, Parcels, Claims],
        },
      ],
      exports: [Parcels, Claims],
    };
  }
}

const ground = [DataSource, Desks, ShowStore, MembersService, SHOW_SALES, MEMBERS_OPTIONS];
type Ground = [DataSource, Desks, ShowStore, MembersService, ShowSales, MembersOptions];
