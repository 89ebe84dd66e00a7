import { type DynamicModule, Module } from '@nestjs/common';
import { Ledger, LogTiles } from '@qingpai/ledger';
import { type VerifierKey } from '@qingpai/ledger/rules';
import { MEMBERS_OPTIONS, type MembersOptions, MembersService, Vault } from '@qingpai/members';
import { DataSource } from 'typeorm';
import { Registry } from './registry/registry.js';
import { Export } from './store/export.js';
import { judgeInWorker } from './store/judge.js';
import { LogFilesController } from './store/logFiles.controller.js';
import { PostgresShowLog } from './store/postgresShowLog.js';
import { ProofsController } from './store/proofs.controller.js';
import { type Judge, Proofs } from './store/proofs.js';
import { ShowStore } from './store/showStore.js';

export const STORE_OPTIONS = Symbol('store options');

export interface StoreOptions {
  /** The first part of every log's origin, e.g. market.example. It is signed: once chosen, it stays. */
  host: string;
  /** Default: the offline verifier, in a thread of its own. */
  judge?: Judge;
  /** The file of the verifier that works offline, for the export; while it is not there the export goes without. */
  verifierPage?: string;
  /** Who is asked to cosign the logs; default: nobody. */
  witnesses?: readonly VerifierKey[];
  /** Milliseconds since 1970, UTC; default: the wall clock. */
  nowMs?: () => number;
}

/**
 * Shows, their logs and what they prove. Needs a `DataSource` provider and the MembersModule; tells it where shows are
 * looked up.
 */
@Module({})
export class StoreModule {
  static forRoot(options: StoreOptions): DynamicModule {
    return {
      module: StoreModule,
      controllers: [ProofsController, LogFilesController],
      providers: [
        { provide: STORE_OPTIONS, useValue: options },
        { provide: Ledger, useFactory: ledgerOf, inject: [DataSource, MEMBERS_OPTIONS] },
        {
          provide: Registry,
          useFactory: registryOf,
          inject: [DataSource, Ledger, MEMBERS_OPTIONS, STORE_OPTIONS],
        },
        {
          provide: ShowStore,
          useFactory: storeOf,
          inject: [DataSource, Ledger, MembersService, Registry, MEMBERS_OPTIONS, STORE_OPTIONS],
        },
        {
          provide: PostgresShowLog,
          useFactory: (ledger: Ledger, shows: ShowStore) => new PostgresShowLog(ledger, shows),
          inject: [Ledger, ShowStore],
        },
        {
          provide: Proofs,
          useFactory: proofsOf,
          inject: [Ledger, ShowStore, MembersService, STORE_OPTIONS],
        },
        { provide: LogTiles, useFactory: (ledger: Ledger) => new LogTiles(ledger), inject: [Ledger] },
        { provide: Export, useFactory: exportOf, inject: [Proofs, ShowStore, LogTiles, STORE_OPTIONS] },
      ],
      exports: [Ledger, LogTiles, Registry, ShowStore, PostgresShowLog, Proofs],
    };
  }
}

function ledgerOf(db: DataSource, { vaultKey }: MembersOptions): Ledger {
  return new Ledger(db, new Vault(vaultKey));
}

function registryOf(
  db: DataSource,
  ledger: Ledger,
  { vaultKey }: MembersOptions,
  { host }: StoreOptions,
): Registry {
  return new Registry({ db, ledger, host, vault: new Vault(vaultKey) });
}

function storeOf(
  db: DataSource,
  ledger: Ledger,
  members: MembersService,
  registry: Registry,
  { vaultKey }: MembersOptions,
  { host, witnesses = [] }: StoreOptions,
): ShowStore {
  const vault = new Vault(vaultKey);
  const store = new ShowStore({ db, ledger, members, registry, host, witnesses, vault });
  members.findShowsBy(store.findShow);
  members.findKeptBy(store.keptOf);
  return store;
}

function proofsOf(
  ledger: Ledger,
  shows: ShowStore,
  members: MembersService,
  { judge = judgeInWorker, witnesses = [], nowMs = Date.now }: StoreOptions,
): Proofs {
  return new Proofs({ ledger, shows, members, judge, witnesses, nowMs });
}

function exportOf(proofs: Proofs, shows: ShowStore, tiles: LogTiles, { verifierPage }: StoreOptions): Export {
  return new Export({ proofs, shows, tiles, ...(verifierPage && { verifierPage }) });
}
