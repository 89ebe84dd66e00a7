import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const outDir = here('../../dist/web');

/** Writes each text asset once more as .gz and .br, so that the server never compresses while a lot is open. */
function precompressed(): Plugin {
  return {
    name: 'precompressed',
    apply: 'build',
    writeBundle({ dir }, files) {
      for (const name of Object.keys(files).filter((file) => /\.(js|css|svg|html|json)$/.test(file))) {
        const bytes = readFileSync(join(dir ?? outDir, name));
        writeFileSync(join(dir ?? outDir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
        writeFileSync(join(dir ?? outDir, `${name}.br`), brotliCompressSync(bytes));
      }
    },
  };
}

/** The pages speak websocket only: the code of the other transports stays out of them. */
function websocketOnly(): Plugin {
  return {
    name: 'websocket-only',
    enforce: 'pre',
    resolveId: (id, importer) =>
      importer?.includes('engine.io-client') &&
      /\/(polling-xhr|polling-fetch|webtransport)(\.node)?\.js$/.test(id)
        ? '\0no-transport'
        : undefined,
    load: (id) =>
      id === '\0no-transport' ? 'export class XHR {}; export class WT {}; export class Fetch {};' : undefined,
  };
}

const pages = (...names: string[]) =>
  Object.fromEntries(
    names.map((name) => [name, here(`${name}.html`)]).filter(([, path]) => existsSync(path!)),
  );

/** Few files for a slow network: the framework, the socket, the page. Kits stay with the page that imports them. */
function chunkOf(id: string): string | undefined {
  if (/node_modules\/(@vue|vue)\//.test(id)) return 'vue';
  if (/node_modules\/(socket\.io-|engine\.io-|@socket\.io\/)/.test(id)) return 'socket';
  return undefined;
}

/** What a page does not use of wire and rules stays out of it: evaluating them changes nothing (no schema, no zod). */
const treeshake = { moduleSideEffects: [{ test: /\/libs\//, sideEffects: false }] };

/** Input and output of one build; see `environments`. */
const bundle = (input: Record<string, string>, emptyOutDir: boolean) => ({
  outDir,
  emptyOutDir,
  target: 'es2020',
  assetsInlineLimit: 0, // inlined files would be data: addresses; the policy allows them for pictures only
  modulePreload: { polyfill: false },
  rollupOptions: {
    input,
    output: { manualChunks: chunkOf },
    treeshake,
  },
});

export default defineConfig({
  root: here('.'),
  base: '/',
  publicDir: here('public'),
  plugins: [vue(), websocketOnly(), precompressed()],
  resolve: {
    alias: [
      { find: /^@qingpai\/wire$/, replacement: here('../../libs/wire/src/index.ts') },
      { find: /^@qingpai\/wire\/reasons$/, replacement: here('../../libs/wire/src/reasons.ts') },
      {
        find: /^@qingpai\/(auction|ledger)\/rules$/,
        replacement: `${here('../../libs')}/$1/src/rules/index.ts`,
      },
    ],
  },
  // All components here, and those of the kits we use, are written with `setup`.
  define: { __VUE_OPTIONS_API__: 'false', __VUE_PROD_DEVTOOLS__: 'false' },
  worker: { format: 'es', rollupOptions: { treeshake } },
  // Built apart, so that the room carries only the parts of Vue that it uses itself, not those of the kits.
  environments: {
    client: { build: bundle(pages('room'), true) },
    desks: {
      consumer: 'client',
      build: bundle(
        pages(
          'host',
          'camera',
          'township',
          'certificate',
          'pay',
          'parcel',
          'after',
          'replay',
          'consent',
          'hall',
          'plain',
        ),
        false,
      ),
    },
  },
  builder: {
    async buildApp(builder) {
      for (const [name, { config }] of Object.entries(builder.environments)) {
        const inputs = Object.keys(config.build.rollupOptions.input ?? {});
        if (name !== 'ssr' && inputs.length) await builder.build(builder.environments[name]!);
      }
    },
  },
});
