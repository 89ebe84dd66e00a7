import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { libs } from './aliases.mts';

/** The command in one file without dependencies: see scripts/pack-verify.mjs. */
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  publicDir: false,
  resolve: { alias: libs },
  ssr: { noExternal: true, target: 'node' },
  build: {
    ssr: 'src/verify.ts',
    target: 'node20',
    minify: false,
    emptyOutDir: false,
    rollupOptions: {
      output: { format: 'cjs', entryFileNames: 'qingpai-verify.cjs', banner: '#!/usr/bin/env node' },
      treeshake: { moduleSideEffects: [{ test: /\/libs\//, sideEffects: false }] },
    },
  },
});
