import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { transform } from '@swc/core';

const source = join(__dirname, '..');
export const compiledFolder = join(source, '../../../.cache/compiled-launcher', String(process.pid));

/**
 * The launcher as plain JavaScript, for tests that kill the Node it runs in. It lies inside the repository so
 * that packages are found.
 */
export async function compiled(): Promise<string> {
  for (const inner of ['.', 'postgres', 'jobs']) {
    mkdirSync(join(compiledFolder, inner), { recursive: true });
    const files = readdirSync(join(source, inner)).filter((name) => /^(?!.*\.spec\.).*\.ts$/.test(name));
    for (const name of files) {
      const { code } = await transform(readFileSync(join(source, inner, name), 'utf8'), {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      });
      writeFileSync(join(compiledFolder, inner, name.replace(/\.ts$/, '.js')), code);
    }
  }
  return compiledFolder;
}
