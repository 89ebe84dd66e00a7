import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { MEMBERS_OPTIONS, MembersService, type MembersOptions, Vault } from '@qingpai/members';
import { PictureFolder } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { Bills } from './bills.js';
import { BillsController } from './bills.controller.js';
import { PAYMENTS_OPTIONS, type PaymentsOptions } from './options.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';
import { SHOW_SALES, type ShowSales } from './sales.js';

/** Payments by hand and bills. Needs a `DataSource` with `paymentsEntities` and a server that takes multipart. */
@Module({})
export class PaymentsModule {
  static forRoot(options: PaymentsOptions): DynamicModule {
    return {
      module: PaymentsModule,
      imports: options.imports,
      controllers: [BillsController, PaymentsController],
      providers: [
        { provide: PAYMENTS_OPTIONS, useValue: options },
        { provide: Bills, useFactory: billsOf, inject: [SHOW_SALES, MembersService] },
        {
          provide: PaymentsService,
          useFactory: serviceOf,
          inject: [DataSource, MembersService, MEMBERS_OPTIONS, SHOW_SALES, PAYMENTS_OPTIONS],
        },
      ],
      exports: [Bills, PaymentsService],
    };
  }
}

const billsOf = (sales: ShowSales, members: MembersService) => new Bills(sales, members);

function serviceOf(
  db: DataSource,
  members: MembersService,
  { vaultKey }: MembersOptions,
  sales: ShowSales,
  { dataDir, nowMs = Date.now }: PaymentsOptions,
): PaymentsService {
  const receipts = new PictureFolder(join(dataDir, 'receipts'));
  return new PaymentsService({ db, members, sales, receipts, nowMs, vault: new Vault(vaultKey) });
}
