import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Ledger } from '@qingpai/ledger';
import { DataSource } from 'typeorm';
import { DESK_OPTIONS, type DeskParts } from './desk.module.js';
import { processTimers } from './desk/timers.js';
import { Registry } from './registry/registry.js';
import { PostgresShowLog } from './store/postgresShowLog.js';
import { ShowStore } from './store/showStore.js';
import { type AskWitness, askWitness } from './witness/askWitness.js';
import { type ConfiguredWitness } from './witness/configured.js';
import { Moments } from './witness/moments.js';
import { WitnessController } from './witness/witness.controller.js';
import { Witnessing } from './witness/witnessing.js';

export interface WitnessOptions {
  /** Who is asked to cosign the logs; default: nobody. */
  witnesses?: readonly ConfiguredWitness[];
  /** Tells of a log's key, before any witness is asked about it, where a witness reads a file of ours. */
  introduce?: (vkey: string) => void | Promise<void>;
  /** Default: over HTTP. */
  askWitness?: AskWitness;
}

/** The witnesses of our logs: asked in the background, never in a bid's way. */
@Module({})
export class WitnessModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly witnessing: Witnessing) {}

  /** @param imports modules that provide `Ledger`, `Registry`, `ShowStore`, `PostgresShowLog` and the desk's options */
  static forRoot({ imports, ...options }: WitnessOptions & Pick<DynamicModule, 'imports'>): DynamicModule {
    return {
      module: WitnessModule,
      imports: imports ?? [],
      controllers: [WitnessController],
      providers: [
        {
          provide: Witnessing,
          useFactory: (
            db: DataSource,
            ledger: Ledger,
            shows: ShowStore,
            log: PostgresShowLog,
            registry: Registry,
            desk: DeskParts,
          ) => witnessingOf({ db, ledger, shows, log, registry, desk }, options),
          inject: [DataSource, Ledger, ShowStore, PostgresShowLog, Registry, DESK_OPTIONS],
        },
      ],
      exports: [Witnessing],
    };
  }

  onApplicationBootstrap(): void {
    this.witnessing.start();
  }

  onApplicationShutdown(): void {
    this.witnessing.stop();
  }
}

interface Found {
  db: DataSource;
  ledger: Ledger;
  shows: ShowStore;
  log: PostgresShowLog;
  registry: Registry;
  desk: DeskParts;
}

function witnessingOf(
  { db, ledger, shows, log, registry, desk }: Found,
  options: WitnessOptions,
): Witnessing {
  const { witnesses = [], introduce, askWitness: ask = askWitness } = options;
  const witnessing = new Witnessing({
    ...{ db, ledger, shows, witnesses, ask, moments: new Moments(db), ahead: registry.ahead },
    ...(introduce && { introduce }),
    ...{ nowMs: () => desk.clock.nowMs(), timers: processTimers, warn: desk.warn },
  });
  log.onAppended(witnessing.handleAppended);
  registry.onAppended((origin) => witnessing.news(origin, false));
  return witnessing;
}
