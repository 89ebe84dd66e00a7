import { transformSync, version } from '@swc/core';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { threadId } from 'node:worker_threads';
import { root } from './ground.mjs';

// Lets this process require our TypeScript as it lies there: for tools that must start at once, without a build.
// What was compiled is kept under what it was compiled from, so that a second start compiles nothing.
const cache = join(root, '.cache', 'typescript');
const options = JSON.parse(readFileSync(join(root, 'swc.json'), 'utf8'));

/** A `require` that knows our sources and our aliases. */
export function requireTypescript() {
  const { paths } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')).compilerOptions;
  const find = Module._resolveFilename;
  Module._resolveFilename = function (name, parent, ...rest) {
    const [alias] = paths[name] ?? [];
    if (alias) return join(root, `${alias}.ts`);
    if (name.startsWith('.') && name.endsWith('.js') && parent?.filename?.endsWith('.ts')) {
      const source = resolve(dirname(parent.filename), name.replace(/\.js$/, '.ts'));
      if (existsSync(source)) return source;
    }
    return find.call(this, name, parent, ...rest);
  };
  Module._extensions['.ts'] = (module, file) => module._compile(compiled(file), file);
  return createRequire(import.meta.url);
}

function compiled(file) {
  const text = readFileSync(file, 'utf8');
  const made = createHash('sha256').update(JSON.stringify([version, options, file, text]));
  const kept = join(cache, `${made.digest('hex').slice(0, 32)}.js`);
  if (existsSync(kept)) return readFileSync(kept, 'utf8');
  const { code } = transformSync(text, { ...options, filename: file, swcrc: false });
  mkdirSync(cache, { recursive: true });
  // Two start at once: each file is there whole or not at all.
  const mine = `${kept}.${process.pid}-${threadId}`;
  writeFileSync(mine, code);
  renameSync(mine, kept);
  return code;
}
