import { type DynamicModule, Logger, Module } from '@nestjs/common';
import { Ledger } from '@qingpai/ledger';
import { DataSource } from 'typeorm';
import { TownshipBooks } from './books.js';
import { noVerdicts, SHOW_VERDICTS, type ShowVerdicts } from './showVerdicts.js';
import { TownshipController } from './township.controller.js';

export const TOWNSHIP_OPTIONS = Symbol('township options');

export interface TownshipOptions {
  /** Modules that provide `Ledger` and, for other badges than yellow, `SHOW_VERDICTS`. */
  imports: NonNullable<DynamicModule['imports']>;
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
      controllers: [TownshipController],
      providers: [
        { provide: TOWNSHIP_OPTIONS, useValue: options },
        {
          provide: TownshipBooks,
          useFactory: booksOf,
          inject: [DataSource, Ledger, TOWNSHIP_OPTIONS, { token: SHOW_VERDICTS, optional: true }],
        },
      ],
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
