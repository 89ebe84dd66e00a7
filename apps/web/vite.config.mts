import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
    closeBundle() {
      for (const name of readdirSync(outDir, { recursive: true }) as string[]) {
        if (!/\.(js|css|svg|html|json)$/.test(name)) continue;
        const bytes = readFileSync(join(outDir, name));
        writeFileSync(join(outDir, `${name}.gz`), gzipSync(bytes, { level: 9 }));
        writeFileSync(join(outDir, `${name}.br`), brotliCompressSync(bytes));
      }
    },
  };
}

const pages = ['room', 'host', 'township'].filter((page) => existsSync(here(`${page}.html`)));

/** One chunk for what all pages share; a page's own parts and kits stay with the page that imports them. */
function chunkOf(id: string): string | undefined {
  if (/node_modules\/(@vue|vue)\//.test(id)) return 'vue';
  if (/node_modules\/(socket\.io-|engine\.io-|@socket\.io\/)/.test(id)) return 'socket';
  return undefined;
}

export default defineConfig({
  root: here('.'),
  base: '/',
  publicDir: here('public'),
  plugins: [vue(), precompressed()],
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
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2020',
    // Inlined images would be data: addresses; the policy allows them for pictures only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: Object.fromEntries(pages.map((page) => [page, here(`${page}.html`)])),
      output: { manualChunks: chunkOf },
    },
  },
});
