import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Desks, Registry } from '@qingpai/auction';
import { Ledger } from '@qingpai/ledger';
import { MembersService } from '@qingpai/members';
import { DataSource } from 'typeorm';
import { TownshipBooks } from './books.js';
import { checksOn } from './invariants/checks.js';
import { type InvariantAlarm, InvariantRuns } from './invariants/invariantRuns.js';
import { ShowBooksController } from './showBooks.controller.js';
import { InvariantsController } from './invariants/invariants.controller.js';
import { DailyReports } from './report/dailyReports.js';
import { Issues } from './report/issues.js';
import { ReportController } from './report/report.controller.js';
import { SignedReports } from './report/signedReports.js';
import { noVerdicts, SHOW_VERDICTS, type ShowVerdicts } from './showVerdicts.js';
import { TownshipController } from './township.controller.js';

export const TOWNSHIP_OPTIONS = Symbol('township options');

export interface TownshipOptions {
  /** Modules that provide `Ledger`, `Registry` and, for other badges than yellow, `SHOW_VERDICTS`. */
  imports: NonNullable<DynamicModule['imports']>;
  /** Further statements that must hold, of tables this library does not know; each answers what breaks it. */
  invariants?: readonly { name: string; zh: string; sql: string }[];
  /** Told of invariants that do not hold; default: the framework's log. */
  alarm?: InvariantAlarm;
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}

/** The township's desk: what its officers read. Needs a `DataSource` with the auction's and the ledger's tables. */
@Module({})
export class TownshipModule {
  static forRoot(options: TownshipOptions): DynamicModule {
    return {
      module: TownshipModule,
      imports: options.imports,
      controllers: [TownshipController, InvariantsController, ShowBooksController, ReportController],
      providers: [
        { provide: TOWNSHIP_OPTIONS, useValue: options },
        {
          provide: TownshipBooks,
          useFactory: booksOf,
          inject: [DataSource, Ledger, TOWNSHIP_OPTIONS, { token: SHOW_VERDICTS, optional: true }],
        },
        { provide: InvariantRuns, useFactory: runsOf, inject: [DataSource, Ledger, TOWNSHIP_OPTIONS] },
        {
          provide: DailyReports,
          useFactory: reportsOf,
          inject: [
            DataSource,
            Desks,
            InvariantRuns,
            TOWNSHIP_OPTIONS,
            { token: SHOW_VERDICTS, optional: true },
          ],
        },
        {
          provide: SignedReports,
          useFactory: signedOf,
          inject: [DataSource, DailyReports, Registry, MembersService, TOWNSHIP_OPTIONS],
        },
        {
          provide: Issues,
          useFactory: (db: DataSource, members: MembersService, { nowMs = Date.now }: TownshipOptions) =>
            new Issues({ db, members, nowMs }),
          inject: [DataSource, MembersService, TOWNSHIP_OPTIONS],
        },
      ],
      exports: [InvariantRuns, DailyReports],
    };
  }
}

function booksOf(
  db: DataSource,
  ledger: Ledger,
  { nowMs = Date.now }: TownshipOptions,
  verdicts: ShowVerdicts = noVerdicts,
): TownshipBooks {
  const log = new Logger('township');
  const warn = (showId: string, error: unknown) =>
    log.error(`the verifier failed on ${showId}: ${String(error)}`);
  return new TownshipBooks({ db, ledger, verdicts, warn, nowMs });
}

function reportsOf(
  db: DataSource,
  desks: Desks,
  runs: InvariantRuns,
  { nowMs = Date.now }: TownshipOptions,
  verdicts: ShowVerdicts = noVerdicts,
): DailyReports {
  return new DailyReports({ db, desks, runs, verdicts, nowMs });
}

function signedOf(
  db: DataSource,
  reports: DailyReports,
  registry: Registry,
  members: MembersService,
  { nowMs = Date.now }: TownshipOptions,
): SignedReports {
  return new SignedReports({ db, reports, registry, members, nowMs });
}

function runsOf(
  db: DataSource,
  ledger: Ledger,
  { invariants, alarm, nowMs = Date.now }: TownshipOptions,
): InvariantRuns {
  const log = new Logger('invariants');
  const say: InvariantAlarm = (name, details) => log.error(`${name}: ${JSON.stringify(details)}`);
  const checks = checksOn(db, ledger, invariants);
  return new InvariantRuns({ db, nowMs, checks, alarm: alarm ?? say });
}
