import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';
import { libs } from './aliases.mts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = here('../../dist/verify');

/** zod's printer of JSON schemas, a tenth of the page: nothing here prints one, so each part of it does nothing. */
function withoutJsonSchema(): Plugin {
  return {
    name: 'without-json-schema',
    enforce: 'pre',
    load(id) {
      if (!/zod\/v4\/core\/(to-json-schema|json-schema-processors|json-schema-generator)\.js$/.test(id))
        return null;
      const names = [...readFileSync(id, 'utf8').matchAll(/^export (?:const|function|class) (\w+)/gm)];
      return `const none = () => () => {};\n${names.map(([, name]) => `export const ${name} = none;`).join('\n')}`;
    },
  };
}

/** zod's sentences about what does not fit: the page names the place and has words of its own; without a place, the kind says enough. */
function withoutSentences(): Plugin {
  return {
    name: 'without-sentences',
    enforce: 'pre',
    load: (id) =>
      /zod\/v4\/locales\/en\.js$/.test(id)
        ? "export default () => ({ localeError: ({ code }) => code.replace(/_/g, ' ') });"
        : null,
  };
}

/** What our schemas say of each field is for /docs; what cannot be told to be such a sentence stays. */
function withoutDescriptions(): Plugin {
  const description = /\s*\.describe\(\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"),?\s*\)/g;
  return {
    name: 'without-descriptions',
    enforce: 'pre',
    transform: (code, id) => (/\/libs\/wire\/src\//.test(id) ? code.replace(description, '') : undefined),
  };
}

/**
 * zod writes code and evaluates it where it may. The page's policy refuses that, so zod would go on without; here it does
 * not even try.
 */
function withoutEval(): Plugin {
  return {
    name: 'without-eval',
    transform: (code, id) =>
      /zod\/v4\/core\/(util|doc|compile)\.js$/.test(id)
        ? code.replace(
            /const F = Function;/g,
            "const F = class { constructor() { throw new Error('no eval'); } };",
          )
        : undefined,
  };
}

/**
 * One HTML file with script and style inside, and a policy that lets in nothing else, by their hashes: it must work from
 * a USB stick, and nothing that a bundle says can make it ask a network.
 */
function oneFile(): Plugin {
  return {
    name: 'one-file',
    apply: 'build',
    generateBundle(_, files) {
      const chunk = Object.values(files).find((file) => file.type === 'chunk');
      if (chunk?.type !== 'chunk') throw new Error('bug: no script was built');
      // A script's end inside of it would end it; nothing of ours writes one.
      if (/<\/script|<!--/i.test(chunk.code)) throw new Error('the script cannot stand in a page');
      const script = `\n${chunk.code.trim()}\n`;
      const style = `\n${[here('../web/src/shared/tokens.css'), here('page/page.css')]
        .map((path) => readFileSync(path, 'utf8'))
        .join('\n')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\s+/g, ' ')}\n`;
      const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
      const policy = [
        "default-src 'none'",
        `script-src ${hash(script)}`,
        `style-src ${hash(style)}`,
        'worker-src blob:',
        'child-src blob:', // Safari before 15.5 knows no other word for a worker
        "base-uri 'none'",
        "form-action 'none'",
      ].join('; ');
      const html = readFileSync(here('page/index.html'), 'utf8')
        .replace('%POLICY%', policy)
        .replace(/\s*%STYLE%\s*/, () => style)
        .replace(/\s*%SCRIPT%\s*/, () => script);
      for (const name of Object.keys(files)) delete files[name];
      mkdirSync(outDir, { recursive: true });
      writeFileSync(join(outDir, 'verify.html'), html);
    },
  };
}

export default defineConfig({
  root: here('page'),
  publicDir: false,
  plugins: [withoutJsonSchema(), withoutSentences(), withoutDescriptions(), withoutEval(), oneFile()],
  resolve: {
    alias: libs,
  },
  build: {
    outDir,
    emptyOutDir: false,
    target: 'es2020',
    lib: { entry: here('page/main.ts'), formats: ['iife'], name: 'qingpai' },
    rollupOptions: { treeshake: { moduleSideEffects: [{ test: /\/libs\//, sideEffects: false }] } },
  },
});
