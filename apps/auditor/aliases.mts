import { fileURLToPath } from 'node:url';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where Vite finds our own libraries. */
export const libs = [
  { find: /^@qingpai\/wire$/, replacement: here('../../libs/wire/src/index.ts') },
  { find: /^@qingpai\/wire\/reasons$/, replacement: here('../../libs/wire/src/reasons.ts') },
  {
    find: /^@qingpai\/(auction|ledger)\/rules$/,
    replacement: `${here('../../libs')}/$1/src/rules/index.ts`,
  },
];
