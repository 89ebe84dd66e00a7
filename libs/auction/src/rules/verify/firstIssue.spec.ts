import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifyBundle } from './index.js';

/** A show as the first version of the leaves wrote it, kept as it was: whoever saved such a bundle can still judge it. */
const kept = (name: string): string =>
  readFileSync(join(__dirname, '../../../../../test/vectors/first-issue', name), 'utf8');

test.each(['bundle.json', 'officer.json'])('an old %s still verifies, and says what it lacks', (name) => {
  const judged = verifyBundle(kept(name), { policy: kept('policy.txt') });
  expect([judged.verdict, judged.findings]).toEqual(['ALL_SOLD_UNSETTLED', []]);
  expect(judged.notes.map(({ code }) => code)).toEqual(expect.arrayContaining(['version-1', 'late-witness']));
});

test('a leaf of the new version in an old log is refused', () => {
  const old = JSON.parse(kept('bundle.json')) as { leaves: string[] };
  const [first, ...rest] = old.leaves;
  const judged = verifyBundle(
    JSON.stringify({ ...old, leaves: [first!.replace('"v":1', '"v":2'), ...rest] }),
  );
  expect(judged.verdict).toBe('DAMAGED');
});
