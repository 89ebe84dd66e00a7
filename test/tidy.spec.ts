import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/** House rules that a reader should be able to rely on. Each test names every file that breaks one. */

const root = join(__dirname, '..');
const source = /\.(ts|mts|mjs|cjs|vue)$/;

/** Path from the root → text, of everything we wrote. */
const files = new Map(
  ['apps', 'libs', 'scripts', 'test']
    .flatMap(walk)
    .map((path) => [path, readFileSync(join(root, path), 'utf8')]),
);
const sources = [...files].filter(([path]) => source.test(path) && path !== 'test/tidy.spec.ts');

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path);
    return source.test(path) || /\.(html|json|md|css)$/.test(path) ? [path] : [];
  });
}

const isTest = (path: string) => /\.spec\.ts$|\/testing\/|^test\//.test(path);
const isRule = (path: string) => /^libs\/\w+\/src\/rules\//.test(path) && !isTest(path);
const libOf = (path: string) => /^libs\/(\w+)\//.exec(path)?.[1];

/** Every module a file asks for, as it is written there. */
function importsOf(text: string): string[] {
  const asked = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*['"]([^'"]+)['"]/g;
  return [...text.matchAll(asked)].map((match) => match[1]!);
}

/** Lines "path: what" for whoever breaks a rule; a passing rule has none. */
function offences(of: (path: string, text: string) => string[]): string[] {
  return sources.flatMap(([path, text]) => of(path, text).map((what) => `${path}: ${what}`));
}

const mayImport: Record<string, string[]> = {
  wire: [],
  platform: ['wire'],
  members: ['wire', 'platform'],
  ledger: ['wire', 'platform', 'members'],
  payments: ['wire', 'platform', 'members', 'ledger'],
  auction: ['wire', 'platform', 'members', 'ledger', 'payments'],
  media: ['wire', 'platform', 'members'],
  township: ['wire', 'platform', 'members', 'ledger', 'auction'],
};
/** Pure arithmetic, so rules may have it: RFC 6962 hashes and Ed25519. */
const pure = /^@noble\//;
const doors = /^@qingpai\/\w+(\/(rules|testing|reasons))?$/;

describe('who may import whom', () => {
  test('a library imports those below it only', () => {
    expect(
      offences((path, text) => {
        const lib = libOf(path);
        if (!lib || isTest(path)) return [];
        const below = [lib, ...mayImport[lib]!];
        return importsOf(text).filter((name) => {
          const other = /^@qingpai\/(\w+)/.exec(name)?.[1];
          return other !== undefined && !below.includes(other);
        });
      }),
    ).toEqual([]);
  });

  test('a library is entered by its index, its rules or its test kit, and the kit by tests alone', () => {
    expect(
      offences((path, text) =>
        importsOf(text).filter((name) => {
          if (name.endsWith('/testing') && name.startsWith('@qingpai/')) return !isTest(path);
          if (name.startsWith('@qingpai/')) return !doors.test(name);
          if (isTest(path) && /\/src\/(rules\/)?testing\/\w+\.js$/.test(name)) return false;
          if (!name.startsWith('.')) return false;
          const house = houseOf(normalize(join(dirname(path), name)));
          // An app has no index: a test that looks at one from outside names the file.
          return house !== houseOf(path) && !(isTest(path) && house.startsWith('apps/'));
        }),
      ),
    ).toEqual([]);
  });

  test('wire imports zod only', () => {
    const others = (path: string, text: string) =>
      libOf(path) === 'wire' && !isTest(path)
        ? importsOf(text).filter((name) => !/^(zod(\/.*)?|\.)/.test(name))
        : [];
    expect(offences(others)).toEqual([]);
  });

  test('rules import wire, other rules and pure arithmetic', () => {
    expect(
      offences((path, text) => {
        if (!isRule(path)) return [];
        const rules = /^libs\/\w+\/src\/rules/.exec(path)![0];
        return importsOf(text).filter((name) => {
          if (name.startsWith('.')) return !normalize(join(dirname(path), name)).startsWith(rules);
          return !/^@qingpai\/(wire(\/reasons)?|\w+\/rules)$/.test(name) && !pure.test(name);
        });
      }),
    ).toEqual([]);
  });

  test('the pages and the auditor import wire and rules, and nothing else of ours', () => {
    const outside = (path: string, text: string) =>
      /^apps\/(web|auditor)\//.test(path) && !isTest(path)
        ? importsOf(text).filter((name) => /^@qingpai\/(?!wire(\/reasons)?$|\w+\/rules$)/.test(name))
        : [];
    expect(offences(outside)).toEqual([]);
  });
});

/** libs/x or apps/x: where relative imports stay. Scripts and tests may look at each other. */
function houseOf(path: string): string {
  return /^(libs|apps)\/\w+/.exec(path)?.[0] ?? 'around';
}

/** What the text says, without what it says about itself. */
function code(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}

function found(pattern: RegExp, where: (path: string) => boolean): string[] {
  return offences((path, text) =>
    where(path) ? [...code(text).matchAll(pattern)].map((match) => match[0].trim()) : [],
  );
}

describe('what is not done here', () => {
  test('rules have no clock, no chance, no timers and no machine', () => {
    const machine =
      /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bset(Timeout|Interval|Immediate)\b|['"]node:[^'"]*|\bprocess\.|\bperformance\./g;
    expect(found(machine, isRule)).toEqual([]);
  });

  test('one file reads the environment', () => {
    const elsewhere = (path: string) =>
      !isTest(path) && !path.startsWith('scripts/') && path !== 'apps/market/src/config.ts';
    expect(found(/\bprocess\.env\b/g, elsewhere)).toEqual([]);
  });

  test('one file speaks to Stripe, and its stand-in in tests', () => {
    const speakers = sources.filter(([, text]) => importsOf(text).includes('stripe')).map(([path]) => path);
    expect(speakers.filter((path) => !isTest(path))).toEqual(['libs/payments/src/stripe/stripeProvider.ts']);
  });

  test('the schema is what the migrations say: nothing is synchronized', () => {
    expect(found(/\bsynchronize\s*:\s*true|\.synchronize\(/g, () => true)).toEqual([]);
  });

  test('no file or class is called Manager, Helper or Util where the trade has a word', () => {
    const vague = /(manager|helpers?|utils?)$/i;
    const named = [...files.keys()].filter((path) => vague.test(basename(path).replace(/\..*$/, '')));
    expect(named).toEqual([]);
    expect(found(/\b(class|interface) \w*(Manager|Helper|Utils?)\b/g, () => true)).toEqual([]);
  });

  test('tests are sentences about what happens, not about what should', () => {
    expect(found(/\b(test|it|describe)\b[\w.]*\(\s*['"`][^'"`\n]*\bshould\b/g, isTest)).toEqual([]);
  });

  test('no test is left alone, or left out without a reason', () => {
    expect(found(/\b(test|it|describe)\.only\b|\bf(it|describe)\(|\bx(it|describe)\(/g, isTest)).toEqual([]);
  });

  test('nothing speaks of the place where it was written', () => {
    const workplace = /(?<![\w.])\/(?:work|home|Users)\/\w|\bissue #?\d/gi;
    const documents = ['README.md', 'README.en.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', 'docs']
      .filter((name) => existsSync(join(root, name)))
      .flatMap((name) => (name === 'docs' ? walk('docs') : [name]))
      .map((path) => [path, readFileSync(join(root, path), 'utf8')] as const);
    const said = [...sources, ...documents].flatMap(([path, text]) =>
      [...text.matchAll(workplace)].map((match) => `${path}: ${match[0]}`),
    );
    expect(said).toEqual([]);
  });
});

describe('nothing is dead', () => {
  /** Started by a person, a tool or a page rather than imported. */
  const entries = [
    'apps/market/src/main.ts',
    'apps/auditor/src/verify.ts',
    'apps/relay/src/main.ts',
    'apps/auditor/src/witness.ts',
    /^apps\/auditor\/(\w+\.config\.mts|page\/main\.ts)$/,
    /^apps\/web\/(vite\.config\.mts|src\/\w+\/main\.ts)$/,
    /^scripts\/[\w-]+\.mjs$/,
    /^libs\/platform\/src\/testing\/(run|end|watchdog)\.mjs$/,
    // Processes of their own.
    'test/faults/crowd.mjs',
    /^test\/bench\/(\w+Process|tidyMemory)\.mjs$/,
    // Writes docs/roles.md, with which its test compares it.
    'libs/members/src/rules/rolesPage.ts',
    /\.d\.ts$/,
  ];
  const isEntry = (path: string) =>
    entries.some((entry) => (typeof entry === 'string' ? entry === path : entry.test(path)));

  const aliases = (
    JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as {
      compilerOptions: { paths: Record<string, string[]> };
    }
  ).compilerOptions.paths;

  /** The file of ours that an import means; undefined for packages. */
  function meant(path: string, name: string): string | undefined {
    const target = name.startsWith('.') ? join(dirname(path), name) : aliases[name]?.[0];
    if (!target) return undefined;
    const plain = normalize(target);
    const bare = plain.replace(/\.js$/, '');
    return [plain, `${bare}.ts`, `${bare}/index.ts`].find((candidate) => files.has(candidate));
  }

  function importedBy(importers: typeof sources): Set<string> {
    const all = importers.flatMap(([path, text]) => importsOf(text).map((name) => meant(path, name)));
    return new Set(all.flatMap((one) => one ?? []));
  }

  test('every file is used by another, and what only its own test uses is not used', () => {
    const byCode = importedBy(sources.filter(([path]) => !isTest(path)));
    const byTests = importedBy(sources);
    const dead = sources.filter(([path]) => {
      if (isEntry(path) || /\.spec\.ts$/.test(path)) return false;
      return isTest(path) ? !byTests.has(path) : !byCode.has(path);
    });
    expect(dead.map(([path]) => path)).toEqual([]);
  });
});
