import { verifyBundle, type VerifyOptions } from '@qingpai/auction/rules';
import { cases, policy, verify } from './cases.js';
import { failsSpecs, judgedFiles, type Mutant, mutantsOf, verifierOf } from './mutants.js';
import { randomBundle } from './randomBundle.js';

/**
 * Take each check out of the verifier in turn: some bundle must be judged otherwise, or a spec of the rules fail. Here
 * every eighth; `npm run mutants` takes them all, with MUTANTS_ONLY=<part of a path> those of some files. Survivors are named: most make a crash out of a refusal.
 */
const RANDOM = 400;
const SHARE = Number(process.env.MUTANTS_EVERY ?? 8);

interface Judged {
  text: string;
  options: VerifyOptions;
  expected: string;
}
const judge = (run: typeof verifyBundle, text: string, options: VerifyOptions): string => {
  try {
    const { verdict, findings, notes } = run(text, options);
    return JSON.stringify([verdict, findings[0]?.code, findings[0]?.i, notes.map(({ code }) => code)]);
  } catch (thrown) {
    return `thrown: ${String(thrown)}`;
  }
};
const judged = (text: string, options: VerifyOptions = {}): Judged => {
  const all = { policy, verify, ...options };
  return { text, options: all, expected: judge(verifyBundle, text, all) };
};
const corpus = [
  ...cases.map(({ text, options }) => judged(text(), options)),
  ...Array.from({ length: RANDOM }, (_, seed) => judged(randomBundle(seed).text)),
];
const survives = (mutant: Mutant): boolean => {
  const run = verifierOf(mutant);
  return (
    corpus.every(({ text, options, expected }) => judge(run, text, options) === expected) &&
    !failsSpecs(mutant)
  );
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
