import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasons } from './reasons.js';
import { ruleReasons, ruleWords } from './ruleReasons.js';

const folder = join(__dirname, '../../auction/src/rules');
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
  .map((name) => readFileSync(join(folder, name), 'utf8'))
  .join('\n');

it('what the rules refuse has its words where the verifier finds them', () => {
  const named = Object.keys(reasons).filter((reason) => sources.includes(`'${reason}'`));
  expect(named.filter((reason) => !(reason in ruleReasons))).toEqual([]);
  expect(named.length).toBeGreaterThan(50);
});

it('a reason without words there is told by its name', () => {
  expect(ruleWords('off-grid').zh).toMatch(/\p{Script=Han}/u);
  expect(ruleWords('something-new')).toEqual({ zh: 'something-new', en: 'something-new' });
});
