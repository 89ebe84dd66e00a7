import {
  type DynamicModule,
  Module,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { Ledger } from '@qingpai/ledger';
import { type VerifierKey } from '@qingpai/ledger/rules';
import { DataSource } from 'typeorm';
import { DESK_OPTIONS, type DeskParts } from './desk.module.js';
import { processTimers } from './desk/timers.js';
import { Registrar } from './registry/registrar.js';
import { Registry } from './registry/registry.js';
import { Season } from './registry/season.js';
import { TownshipsController } from './registry/townships.controller.js';
import { type JudgeSeason, judgeSeasonInWorker } from './store/judge.js';
import { PostgresShowLog } from './store/postgresShowLog.js';
import { Proofs } from './store/proofs.js';
import { Moments } from './witness/moments.js';

export interface RegistryOptions {
  /** Who is asked to cosign: pinned in the policy of a season. */
  witnesses: readonly VerifierKey[];
  /** Default: the offline verifier, in a thread of its own. */
  judgeSeason?: JudgeSeason;
  /** Modules that provide `Ledger`, `Registry`, `Proofs`, `PostgresShowLog` and the desk's options. */
  imports: NonNullable<DynamicModule['imports']>;
}

/** The townships' registries: kept in step with the shows' logs, and served to whoever asks. */
@Module({})
export class RegistryModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(private readonly registrar: Registrar) {}

  static forRoot({ imports, witnesses, judgeSeason = judgeSeasonInWorker }: RegistryOptions): DynamicModule {
    return {
      module: RegistryModule,
      imports,
      controllers: [TownshipsController],
      providers: [
        {
          provide: Registrar,
          useFactory: registrarOf,
          inject: [DataSource, Ledger, Registry, PostgresShowLog, DESK_OPTIONS],
        },
        {
          provide: Season,
          useFactory: (ledger: Ledger, registry: Registry, proofs: Proofs, { clock }: DeskParts) =>
            new Season({
              ...{ ledger, registry, proofs, witnesses, judge: judgeSeason },
              nowMs: () => clock.nowMs(),
            }),
          inject: [Ledger, Registry, Proofs, DESK_OPTIONS],
        },
      ],
      exports: [Registrar, Season],
    };
  }

  onApplicationBootstrap(): void {
    this.registrar.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.registrar.stop();
  }
}

function registrarOf(
  db: DataSource,
  ledger: Ledger,
  registry: Registry,
  log: PostgresShowLog,
  { clock, warn }: DeskParts,
): Registrar {
  const nowMs = () => clock.nowMs();
  const moments = new Moments(db);
  const registrar = new Registrar({ db, ledger, registry, moments, nowMs, timers: processTimers, warn });
  log.onAppended(registrar.handleAppended);
  return registrar;
}
