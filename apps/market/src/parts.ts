import { type Clock, type Log } from '@qingpai/platform';
import { type MediaServer } from '@qingpai/media';
import { type ConfiguredWitness } from '@qingpai/auction';
import { type DataSource } from 'typeorm';
import { type Config } from './config.js';

/** What the server is made of: opened by whoever starts it (main.ts, a test), closed by the same. */
export interface MarketParts {
  config: Config;
  db: DataSource;
  /** 32 bytes. */
  vaultKey: Buffer;
  /** Origins of our own pages; grows until the server listens, since ports may be given by the system. */
  origins: string[];
  /** Who is asked to cosign the logs: those of the configuration, and the one started with us. */
  witnesses: readonly ConfiguredWitness[];
  /** Tells the one started with us of a log. */
  introduce?: (vkey: string) => void;
  /** Who carries live video; null: nobody. `key` signs what a second phone carries. */
  media: { server: MediaServer; key: Uint8Array } | null;
  clock: Clock;
  log: Log;
  /** Where Vite wrote the pages: dist/web. */
  webFolder: string;
  version: string;
}

export const MARKET_PARTS = Symbol('market parts');
