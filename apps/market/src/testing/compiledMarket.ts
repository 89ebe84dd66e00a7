import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type Options, transform } from '@swc/core';

const root = join(__dirname, '../../../..');
const swc = JSON.parse(readFileSync(join(root, 'swc.json'), 'utf8')) as Options;
const cache = join(root, '.cache/compiled-market', String(process.pid));

/**
 * The server as plain JavaScript, for tests that start and kill it as a process: its sources as they are now, not
 * what somebody built. Answers the path of main.js; it lies inside the project so that packages are found, and the
 * witness and the relay lie beside it.
 */
export async function compiledMarket(): Promise<string> {
  const libs = readdirSync(join(root, 'libs')).map((lib) => `libs/${lib}/src`);
  const files = ['apps/market/src', 'apps/auditor/src', 'apps/relay/src', ...libs].flatMap(sourcesIn);
  await Promise.all(files.map(compile));
  return join(cache, 'apps/market/src/main.js');
}

export const compiledFolder = cache;

function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /^(?!.*(\.spec\.|\btesting\/)).*\.ts$/.test(path))
    .map((path) => join(folder, path));
}

async function compile(path: string): Promise<void> {
  const { code } = await transform(readFileSync(join(root, path), 'utf8'), swc);
  const to = join(cache, path.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(to), { recursive: true });
  writeFileSync(to, withRelativeImports(code, dirname(path)));
}

/** `@qingpai/x` and `@qingpai/x/rules`, as tsconfig's paths say. */
function withRelativeImports(code: string, from: string): string {
  return code.replace(/require\("@qingpai\/(\w+)(?:\/(\w+))?"\)/g, (_, lib: string, part?: string) => {
    const file = part === undefined ? 'index.js' : part === 'reasons' ? 'reasons.js' : `${part}/index.js`;
    return `require(${JSON.stringify(`./${relative(from, join('libs', lib, 'src', file))}`)})`;
  });
}
