import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ledger from '@qingpai/ledger';
import * as ledgerRules from '@qingpai/ledger/rules';
import * as platform from '@qingpai/platform';
import { certificateOf, moneyFactsOf } from '@qingpai/auction/rules';
import { Desk } from '@qingpai/auction/testing';
import { worldOf } from '../tampering/mutants.js';
import { type StoreFlaw } from './planted/stores.js';

interface Bug {
  name: string;
  /** It was ours once: the simulator found it. */
  isOurs?: true;
  /** Only seeds that this divides play what it is in. Left out: all do. */
  every?: number;
  /** The invariant that it is the proof of: it sees this bug even when all others are blind. */
  proves?: string;
}
/** One bug: a piece of one line of the product, and what somebody might have written in its place. */
export interface PlantedLine extends Bug {
  /** Path from the root. */
  file: string;
  was: string;
  is: string;
}
/** Or something around the desk that does not keep its word. */
export interface PlantedAround extends Bug {
  store?: StoreFlaw;
  /** The desk is given the clock that anybody can set. */
  isByWall?: true;
  /** Pages take no notice of gaps. */
  isGapBlind?: true;
}
export type Planted = PlantedLine | PlantedAround;

/** What a show is played with: the product, as it is or with one bug in it. */
export interface World {
  Desk: typeof Desk;
  journalOf: typeof ledgerRules.journalOf;
  moneyFactsOf: typeof moneyFactsOf;
  certificateOf: typeof certificateOf;
  store: StoreFlaw;
  isByWall: boolean;
  isGapBlind: boolean;
}
export const honest: World = {
  ...{ Desk, moneyFactsOf, certificateOf, journalOf: ledgerRules.journalOf },
  ...{ store: {}, isByWall: false, isGapBlind: false },
};

export function worldWith(planted: Planted): World {
  if (!('file' in planted)) return { ...honest, ...planted };
  const { name, file, was, is } = planted;
  const lines = readFileSync(join(__dirname, '../..', file), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(was));
  if (at < 0) throw new Error(`bug: "${name}" is nowhere to be planted: ${file} has no line with ${was}`);
  const mutant = { file, line: at + 1, was: lines[at]!, is: lines[at]!.replace(was, () => is) };
  const shared = {
    '@qingpai/ledger': ledger,
    '@qingpai/platform': platform,
    ...(!file.startsWith('libs/ledger/') && { '@qingpai/ledger/rules': ledgerRules }),
  };
  const open = worldOf(mutant, {}, shared);
  return {
    ...honest,
    ...(open('libs/auction/src/desk/desk.ts') as Pick<World, 'Desk'>),
    ...(open('libs/auction/src/rules/books.ts') as Pick<World, 'moneyFactsOf'>),
    ...(open('libs/auction/src/rules/certificate.ts') as Pick<World, 'certificateOf'>),
    ...(open('libs/ledger/src/rules/journal.ts') as Pick<World, 'journalOf'>),
  };
}
