import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as ledger from '@qingpai/ledger';
import * as ledgerRules from '@qingpai/ledger/rules';
import * as platform from '@qingpai/platform';
import { Desk } from '@qingpai/auction/testing';
import { worldOf } from '../tampering/mutants.js';

/** One bug: a piece of one line of the product, and what somebody might have written in its place. */
export interface Planted {
  name: string;
  /** Path from the root. */
  file: string;
  was: string;
  is: string;
}

/** What a show is played with: the desk, as it is or with one bug in it or in the rules below it. */
export type DeskClass = typeof Desk;
export const honest: DeskClass = Desk;

const shared = {
  '@qingpai/ledger': ledger,
  '@qingpai/ledger/rules': ledgerRules,
  '@qingpai/platform': platform,
};

export function deskWith({ name, file, was, is }: Planted): DeskClass {
  const lines = readFileSync(join(__dirname, '../..', file), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(was));
  if (at < 0) throw new Error(`bug: "${name}" is nowhere to be planted: ${file} has no line with ${was}`);
  const mutant = { file, line: at + 1, was: lines[at]!, is: lines[at]!.replace(was, () => is) };
  return (worldOf(mutant, {}, shared)('libs/auction/src/desk/desk.ts') as { Desk: DeskClass }).Desk;
}
