import { join } from 'node:path';
import { type DynamicModule, Module } from '@nestjs/common';
import { MEMBERS_OPTIONS, MembersService, type MembersOptions, Vault } from '@qingpai/members';
import { Jobs, PictureFolder } from '@qingpai/platform';
import { DataSource } from 'typeorm';
import { Bills } from './bills.js';
import { BillsController } from './bills.controller.js';
import { Cases } from './cases.js';
import { CasesController } from './cases.controller.js';
import { FreshWords } from './freshWords.js';
import { HandRefunds } from './handRefunds.js';
import { HandRefundsController } from './handRefunds.controller.js';
import { DepositsController } from './deposits/deposits.controller.js';
import { DepositsService } from './deposits/deposits.service.js';
import { DepositViews } from './deposits/depositViews.js';
import { OnlineDeposits } from './deposits/onlineDeposits.js';
import { MyDepositController } from './deposits/myDeposit.controller.js';
import { SHOW_DEPOSITS, type ShowDeposits } from './deposits/port.js';
import { Means } from './means.js';
import { GrowerAccounts } from './growers/accounts.js';
import { Clawbacks } from './growers/clawbacks.js';
import { ClawbacksController } from './growers/clawbacks.controller.js';
import { Payouts } from './growers/payouts.js';
import { PayoutsController } from './growers/payouts.controller.js';
import { Statements } from './growers/statements.js';
import { StatementsController } from './growers/statements.controller.js';
import { SHOW_PAYOUTS, type ShowPayouts } from './growers/port.js';
import { HookController } from './online/hook.controller.js';
import { Knocks } from './online/knocks.js';
import { MyPayments } from './online/myPayment.js';
import { MyPaymentController } from './online/myPayment.controller.js';
import { OnlinePayments } from './online/onlinePayments.js';
import { OnlineOrders } from './online/orders.js';
import { OrdersController } from './online/orders.controller.js';
import { OnlineRefunds } from './online/refunds.js';
import { PAYMENTS_OPTIONS, type PaymentsOptions } from './options.js';
import { ParcelsController } from './parcels.controller.js';
import { Parcels } from './parcels.js';
import { PayWindows } from './payWindows.js';
import { PaymentsController } from './payments.controller.js';
import { PaymentsService } from './payments.service.js';
import { SHOW_SALES, type ShowSales } from './sales.js';

/**
 * Bills, and the means by which they are paid: by hand, and online where a provider is given. Needs a `DataSource` with
 * `paymentsEntities`, `Jobs` and a server that takes multipart and keeps raw bodies.
 */
@Module({})
export class PaymentsModule {
  static forRoot(options: PaymentsOptions): DynamicModule {
    return {
      module: PaymentsModule,
      imports: options.imports,
      controllers: [
        BillsController,
        ParcelsController,
        PaymentsController,
        HandRefundsController,
        DepositsController,
        MyDepositController,
        CasesController,
        MyPaymentController,
        OrdersController,
        HookController,
        PayoutsController,
        ClawbacksController,
        StatementsController,
      ],
      providers: [
        { provide: PAYMENTS_OPTIONS, useValue: options },
        {
          provide: PARTS,
          useFactory: partsOf,
          inject: [
            DataSource,
            MembersService,
            MEMBERS_OPTIONS,
            SHOW_SALES,
            SHOW_PAYOUTS,
            SHOW_DEPOSITS,
            PAYMENTS_OPTIONS,
            Jobs,
          ],
        },
        ...[
          Bills,
          Parcels,
          Cases,
          PaymentsService,
          HandRefunds,
          DepositsService,
          DepositViews,
          OnlineDeposits,
          OnlineOrders,
          OnlineRefunds,
          Knocks,
          MyPayments,
          OnlinePayments,
          PayWindows,
          Payouts,
          Clawbacks,
          Statements,
        ].map((one) => ({ provide: one, useFactory: (parts: Parts) => parts.get(one), inject: [PARTS] })),
      ],
      exports: [
        Bills,
        DepositsService,
        Parcels,
        PaymentsService,
        HandRefunds,
        OnlineRefunds,
        OnlinePayments,
        PayWindows,
      ],
    };
  }
}

const PARTS = Symbol('parts of payments');
/** By class, made together since they know each other. */
type Parts = Map<unknown, object>;

function partsOf(
  db: DataSource,
  members: MembersService,
  { vaultKey }: MembersOptions,
  sales: ShowSales,
  payouts: ShowPayouts,
  deposits: ShowDeposits,
  {
    dataDir,
    counter,
    provider = null,
    tell = () => undefined,
    warn = () => undefined,
    nowMs = Date.now,
  }: PaymentsOptions,
  jobs: Jobs,
): Parts {
  const ground = { db, members, sales, provider, nowMs, vault: new Vault(vaultKey), means: new Means() };
  const accounts = new GrowerAccounts(ground);
  const parcels = new Parcels(ground);
  const freshWords = new FreshWords(ground);
  const bills = new Bills(sales, members, parcels, freshWords);
  const cases = new Cases({ ...ground, tell });
  const receipts = new PictureFolder(join(dataDir, 'receipts'));
  const depositReceipts = new PictureFolder(join(dataDir, 'deposit-receipts'));
  const orders = new OnlineOrders({ ...ground, bills, cases });
  const refunds = new OnlineRefunds({ ...ground, cases });
  const online = new OnlineDeposits({ ...ground, deposits, cases });
  const views = new DepositViews({ ...ground, deposits, counter, online });
  const knocks = new Knocks({ ...ground, orders, refunds, deposits: online, cases });
  const paidGrowers = new Payouts({ ...ground, payouts, accounts });
  const made = [
    ...[
      parcels,
      bills,
      cases,
      orders,
      refunds,
      knocks,
      new OnlinePayments([orders, refunds, online, knocks]),
    ],
    new PaymentsService({ ...ground, bills, cases, receipts, freshWords }),
    new HandRefunds(ground),
    ...[online, views, new DepositsService({ ...ground, deposits, views, receipts: depositReceipts })],
    new MyPayments({ ...ground, deposits, parcels, bills, cases, refunds, counter }),
    paidGrowers,
    new Clawbacks({ ...ground, payouts, debts: paidGrowers }),
    new Statements({ ...ground, payouts }),
    new PayWindows({ ...ground, jobs, warn }),
  ];
  return new Map(made.map((one) => [one.constructor, one]));
}
