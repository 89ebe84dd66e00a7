import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';
import * as wire from '@qingpai/wire';
import type * as rules from '@qingpai/auction/rules';

/** The verifier and its rules with one check taken out. */
export interface Mutant {
  /** Path from the root. */
  file: string;
  line: number;
  was: string;
  is: string;
}

/** One that is known again wherever its line moves; of lines that read alike each has its number. */
export interface CheckLess extends Mutant {
  id: string;
}

const root = join(__dirname, '..', '..');
const auction = 'libs/auction/src/rules';
const ledger = 'libs/ledger/src/rules';
const ledgerFiles = [
  'jcs',
  'leaf',
  'merkle',
  'note',
  'checkpoint',
  'policy',
  'proof',
  'essence',
  'vkey',
  'commit',
];
const auctionFiles = [
  ...[
    'replay',
    'bids',
    'english',
    'dutch',
    'ladder',
    'offers',
    'secondChance',
    'deposits',
    'ending',
    'lots',
    'sales',
    'parcels',
    'claims',
    'payouts',
    'takenOver',
    'recordings',
    'clawbacks',
    'catalogue',
    'people',
    'decide',
  ],
  ...[
    'registry',
    'clock',
    'increments',
    'floorClaims',
    'floor',
    'due',
    'lot',
    'press',
    'bidBook',
    'proxy',
    'replayAuto',
  ],
];
const verifyFiles = readdirSync(join(root, auction, 'verify'))
  .filter((name) => !name.endsWith('.spec.ts') && !/^(index|finding|notes)\.ts$/.test(name))
  .map((name) => `${auction}/verify/${name}`);
const seasonFiles = readdirSync(join(root, auction, 'season'))
  .filter((name) => !name.endsWith('.spec.ts') && !/^(index|words|together)\.ts$/.test(name))
  .map((name) => `${auction}/season/${name}`);
export const judgedFiles = [
  ...verifyFiles,
  ...seasonFiles,
  ...auctionFiles.map((name) => `${auction}/${name}.ts`),
  ...ledgerFiles.map((name) => `${ledger}/${name}.ts`),
];

export const isOfBytes = ({ file }: Mutant): boolean => file.startsWith(ledger);

/** Every early exit in turn is never taken: `if (…) return`. */
export function mutantsOf(file: string): CheckLess[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  const alike = new Map<string, number>();
  return lines.flatMap((was, at) => {
    const is = was.replace(/\bif \((.+)\) (return|continue)\b/, 'if (false && ($1)) $2');
    if (is === was) return [];
    const text = `${file} ${was.trim()}`;
    const nth = (alike.get(text) ?? 0) + 1;
    alike.set(text, nth);
    return [{ id: nth === 1 ? text : `${text} #${nth}`, file, line: at + 1, was, is }];
  });
}

const compiled = new Map<string, string>();
function compile(file: string, text: string): string {
  return transformSync(text, {
    filename: file,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  }).code;
}
function codeOf(file: string, mutant: Mutant): string {
  if (file === mutant.file) {
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    return compile(file, lines.with(mutant.line - 1, mutant.is).join('\n'));
  }
  const code = compiled.get(file) ?? compile(file, readFileSync(join(root, file), 'utf8'));
  compiled.set(file, code);
  return code;
}

const factories = new Map<string, (...given: unknown[]) => void>();
/** What makes a module of a file; parsed once for all mutants of other files. */
function factoryOf(file: string, mutant: Mutant, names: string[]): (...given: unknown[]) => void {
  const key = `${file} ${names.join()}`;
  const known = file === mutant.file ? undefined : factories.get(key);
  if (known) return known;
  const factory = new Function(...names, codeOf(file, mutant)) as (...given: unknown[]) => void;
  if (file !== mutant.file) factories.set(key, factory);
  return factory;
}

const outside = createRequire(__filename);

/**
 * The mutant's world: all its modules by path, loaded anew; it shares only the wire and the packages.
 * @param shared modules that are taken as they are, by name
 */
export function worldOf(
  mutant: Mutant,
  globals: Record<string, unknown> = {},
  shared: Record<string, object> = {},
): (file: string) => object {
  const loaded = new Map<string, { exports: object }>();
  const find = (from: string, name: string): object => {
    if (shared[name]) return shared[name];
    if (name === '@qingpai/wire') return wire;
    if (name === '@qingpai/ledger/rules') return open(`${ledger}/index.ts`);
    if (!name.startsWith('.')) return outside(name) as object;
    return open(join(dirname(from), name).replace(/\.js$/, '.ts'));
  };
  const open = (file: string): object => {
    const known = loaded.get(file);
    if (known) return known.exports;
    if (!existsSync(join(root, file))) throw new Error(`bug: no file ${file}`);
    const module = { exports: {} };
    loaded.set(file, module);
    const given = {
      exports: module.exports,
      require: (name: string) => find(file, name),
      module,
      ...globals,
    };
    const here = { __dirname: join(root, dirname(file)), __filename: join(root, file) };
    const all = { ...given, ...here };
    factoryOf(file, mutant, Object.keys(all))(...Object.values(all));
    return module.exports;
  };
  return open;
}

/** Whatever judges: a show, logs that go on from each other, a season. */
export type Verifiers = Pick<typeof rules, 'verifyBundle' | 'verifyContinued' | 'verifySeason'>;
export const verifiersOf = (mutant: Mutant): Verifiers => worldOf(mutant)(`${auction}/index.ts`) as Verifiers;

/** The rules' own specs, without those that play thousands of shows or do not run in this small harness. */
const specs = [auction, `${auction}/verify`, `${auction}/season`, ledger].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.spec.ts') && !/^(anyEvening|speed|certificate|leaf)/.test(name))
    .map((name) => `${folder}/${name}`),
);
/** The one of the same name first: who breaks a file is most often seen by its own spec. */
const specsFor = ({ file }: Mutant): string[] => {
  const own = file.replace(/\.ts$/, '.spec.ts');
  const near = specs.filter((spec) => spec.startsWith(file.startsWith(ledger) ? ledger : auction));
  return near.includes(own) ? [own, ...near.filter((spec) => spec !== own)] : near;
};

type Body = (...args: unknown[]) => unknown;
/** The first of the rules' own specs that fails on the mutant. */
export function failingSpec(
  mutant: Mutant,
  among = mutant.file === '' ? specs : specsFor(mutant),
): string | null {
  return among.find((spec) => fails(mutant, spec)) ?? null;
}

function fails(mutant: Mutant, spec: string): boolean {
  const tests: (() => unknown)[] = [];
  const it = Object.assign((_name: string, body: Body) => void tests.push(body), {
    each: (rows: unknown[]) => (_name: string, body: Body) => {
      for (const row of rows) tests.push(() => body(...(Array.isArray(row) ? row : [row])));
    },
  });
  const describe = Object.assign((_name: string, body: Body) => void body(), {
    each: (rows: unknown[]) => (_name: string, body: Body) => {
      for (const row of rows) body(...(Array.isArray(row) ? row : [row]));
    },
  });
  try {
    worldOf(mutant, { it, test: it, describe, expect })(spec);
    for (const test of tests) test();
    return false;
  } catch {
    return true;
  }
}
