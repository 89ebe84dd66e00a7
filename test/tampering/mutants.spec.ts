import * as rules from '@qingpai/auction/rules';
import { type VerifyOptions } from '@qingpai/auction/rules';
import { type Verification } from '@qingpai/wire';
import { policyOfBoth } from '../../libs/auction/src/rules/testing/paperContinued.js';
import { registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { cases, policy, verify } from './cases.js';
import { beforeText, rows } from './continuedCases.js';
import { type FoundBy, keep, knownOf, NEVER_ENDS } from './foundBy.js';
import {
  type CheckLess,
  failingSpec,
  isOfBytes,
  judgedFiles,
  type Mutant,
  mutantsOf,
  type Verifiers,
  verifiersOf,
} from './mutants.js';
import { randomBundle } from './randomBundle.js';
import { randomSeason } from './randomSeason.js';

/**
 * Take each check out of the verifier in turn: some bundle must be judged otherwise, or a spec of the rules fail. What
 * told of a mutant the last time is asked first (`foundBy.json`), then everything. `npm run mutants` also takes those
 * that were never sought, writes down what told of each, and asks everything again about those of which nothing did;
 * MUTANTS_ONLY=<part of a path> takes those of some files. Survivors are named: most make a crash out of a refusal.
 */
const RANDOM = 400;
const SEASONS = 20;
const isKept = process.env.MUTANTS_KEEP === '1';
/** Of those that were never sought: one in so many, outside of `npm run mutants`. */
const SHARE = 20;

interface Judged {
  name: string;
  judge: (by: Verifiers) => Verification;
  expected: string;
}
const told = ({ judge }: Pick<Judged, 'judge'>, by: Verifiers): string => {
  try {
    const { verdict, findings, notes } = judge(by);
    return JSON.stringify([verdict, findings[0]?.code, findings[0]?.i, notes.map(({ code }) => code)]);
  } catch (thrown) {
    return `thrown: ${String(thrown)}`;
  }
};
const judged = (name: string, judge: Judged['judge']): Judged => ({
  ...{ name, judge },
  expected: told({ judge }, rules),
});
const ofShow = (name: string, text: string, options: VerifyOptions = {}): Judged =>
  judged(name, (by) => by.verifyBundle(text, { policy, verify, ...options }));
const shows = [
  ...cases.map(({ row, text, options }) => ofShow(row, text(), options)),
  ...Array.from({ length: RANDOM }, (_, seed) => ofShow(`random show ${seed}`, randomBundle(seed).text)),
];
const continued = rows.map(({ row, text }) => {
  const bundle = text();
  return judged(row, (by) => by.verifyContinued([bundle, beforeText], { policy: policyOfBoth, verify }));
});
const seasons = Array.from({ length: SEASONS }, (_, seed) => {
  const { text } = randomSeason(seed);
  return judged(`random season ${seed}`, (by) => by.verifySeason(text, { policy: registryPolicy, verify }));
});
/** What can tell of it: a check between logs is not met in any one of them. */
const corpusOf = ({ file }: Mutant): Judged[] =>
  /\/season\/|\/(registry|takenOver)\.ts/.test(file) ? [...continued, ...seasons] : shows;

function isFoundBy(mutant: Mutant, name: string): boolean {
  if (name.endsWith('.spec.ts')) return failingSpec(mutant, [name]) !== null;
  const one = corpusOf(mutant).find((judgement) => judgement.name === name);
  return one !== undefined && told(one, verifiersOf(mutant)) !== one.expected;
}
function corpusCaseOf(mutant: Mutant): FoundBy {
  const by = verifiersOf(mutant);
  return corpusOf(mutant).find((one) => told(one, by) !== one.expected)?.name ?? null;
}
function sought(mutant: Mutant): FoundBy {
  // Bytes have specs that ask for each check by name, where a show goes through all of them at once.
  const ways = [() => corpusCaseOf(mutant), () => failingSpec(mutant)];
  for (const way of isOfBytes(mutant) ? ways.reverse() : ways) {
    const found = way();
    if (found !== null) return found;
  }
  return null;
}
function foundBy(mutant: CheckLess): FoundBy {
  const known = knownOf(mutant);
  if (known === NEVER_ENDS) return known;
  if (known && isFoundBy(mutant, known)) return known;
  if (known === null && !isKept) return null;
  const found = sought(mutant);
  if (isKept) keep(mutant, found);
  return found;
}

const only = process.env.MUTANTS_ONLY ?? '';
const mutants = judgedFiles
  .filter((file) => file.includes(only))
  .flatMap(mutantsOf)
  .filter((mutant, n) => isKept || knownOf(mutant) !== undefined || n % SHARE === 0);

it('the rules as they are pass their own specs here', () => {
  expect(failingSpec({ file: '', line: 0, was: '', is: '' })).toBe(null);
});

it(`${mutants.length} verifiers with one check less are found out`, () => {
  const survivors: string[] = [];
  for (const mutant of mutants) {
    if (foundBy(mutant) === null) survivors.push(`${mutant.file}:${mutant.line} ${mutant.was.trim()}`);
  }
  process.stdout.write(`\nmutants ${mutants.length - survivors.length} of ${mutants.length} found out\n`);
  for (const survivor of survivors) process.stdout.write(`mutants survivor ${survivor}\n`);
  expect(survivors.length).toBeLessThanOrEqual(mutants.length / 5);
}, 4_800_000);
