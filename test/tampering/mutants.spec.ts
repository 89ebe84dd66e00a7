import * as rules from '@qingpai/auction/rules';
import { type VerifyOptions } from '@qingpai/auction/rules';
import { type Verification } from '@qingpai/wire';
import { policyOfBoth } from '../../libs/auction/src/rules/testing/paperContinued.js';
import { registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { cases, policy, verify } from './cases.js';
import { beforeText, rows } from './continuedCases.js';
import { failsSpecs, judgedFiles, type Mutant, mutantsOf, type Verifiers, verifiersOf } from './mutants.js';
import { randomBundle } from './randomBundle.js';
import { randomSeason } from './randomSeason.js';

/**
 * Take each check out of the verifier in turn: some bundle must be judged otherwise, or a spec of the rules fail. Here
 * every twentieth; `npm run mutants` takes them all, with MUTANTS_ONLY=<part of a path> those of some files. Survivors are named: most make a crash out of a refusal.
 */
const RANDOM = 400;
const SEASONS = 20;
const SHARE = Number(process.env.MUTANTS_EVERY ?? 20);

interface Judged {
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
const judged = (judge: Judged['judge']): Judged => ({ judge, expected: told({ judge }, rules) });
const ofShow = (text: string, options: VerifyOptions = {}): Judged =>
  judged((by) => by.verifyBundle(text, { policy, verify, ...options }));
const shows = [
  ...cases.map(({ text, options }) => ofShow(text(), options)),
  ...Array.from({ length: RANDOM }, (_, seed) => ofShow(randomBundle(seed).text)),
];
const continued = rows
  .map(({ text }) => text())
  .map((text) => judged((by) => by.verifyContinued([text, beforeText], { policy: policyOfBoth, verify })));
const seasons = Array.from({ length: SEASONS }, (_, seed) => randomSeason(seed).text).map((text) =>
  judged((by) => by.verifySeason(text, { policy: registryPolicy, verify })),
);
/** What can tell of it: a check between logs is not met in any one of them. */
const corpusOf = ({ file }: Mutant): Judged[] =>
  /\/season\/|\/(registry|takenOver)\.ts/.test(file) ? [...continued, ...seasons] : shows;
const survives = (mutant: Mutant): boolean => {
  const by = verifiersOf(mutant);
  return corpusOf(mutant).every((one) => told(one, by) === one.expected) && !failsSpecs(mutant);
};

const only = process.env.MUTANTS_ONLY ?? '';
const mutants = judgedFiles
  .filter((file) => file.includes(only))
  .flatMap(mutantsOf)
  .filter((_, n) => n % SHARE === 0);

it('the rules as they are pass their own specs here', () => {
  expect(failsSpecs({ file: '', line: 0, was: '', is: '' })).toBe(false);
});

it(
  `${mutants.length} verifiers with one check less are found out`,
  () => {
    const survivors = mutants.filter(survives).map(({ file, line, was }) => `${file}:${line} ${was.trim()}`);
    process.stdout.write(`\nmutants ${mutants.length - survivors.length} of ${mutants.length} found out\n`);
    for (const survivor of survivors) process.stdout.write(`mutants survivor ${survivor}\n`);
    expect(survivors.length).toBeLessThanOrEqual(mutants.length / 5);
  },
  600_000 * (8 / SHARE),
);
