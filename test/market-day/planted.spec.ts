import { invariantNames } from './invariants/index.js';
import { planted } from './planted/index.js';
import { runMarketDay } from './run.js';

/** Rows of the printed table, by bug: after how many seeds it was found, and by which invariant alone. */
const rows = new Map<string, { seeds: string; proof: string }>();
let code: number | null = null;

beforeAll(async () => {
  const told = await runMarketDay('--planted', '--brief');
  code = told.code;
  for (const line of told.lines) {
    const [, bug, seeds, , , proof] = line.split('|').map((cell) => cell.trim());
    if (bug && seeds && proof !== undefined) rows.set(bug.replace(/ \*$/, ''), { seeds, proof });
    else process.stdout.write(`${line}\n`);
  }
}, 550_000);

it.each(planted.map(({ name }) => name))('the simulator finds: %s', (name) => {
  expect(rows.get(name)?.seeds).toMatch(/^\d+$/);
});

it.each(invariantNames)('all others being blind, a planted bug is seen by: %s', (name) => {
  const proofs = [...rows.values()].filter(({ proof }) => proof.endsWith(`: ${name}`));
  expect(proofs.filter(({ proof }) => /^\d+: /.test(proof))).not.toEqual([]);
});

it('there are more than twenty, each with a name of its own', () => {
  expect(code).toBe(0);
  expect(planted.length).toBeGreaterThan(20);
  expect(new Set(planted.map(({ name }) => name)).size).toBe(planted.length);
});
