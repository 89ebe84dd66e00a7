const swc = require('./swc.json');

const names = ['wire', 'platform', 'members', 'ledger', 'payments', 'auction', 'media', 'township'];
const aliases = Object.fromEntries(
  names.flatMap((name) => [
    [`^@qingpai/${name}$`, `<rootDir>/libs/${name}/src/index.ts`],
    [`^@qingpai/${name}/(rules|testing)$`, `<rootDir>/libs/${name}/src/$1/index.ts`],
  ]),
);
const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: {
    // Beside our own: packages that are ESM only, which jest cannot require before Node 24.9.
    '(\\.ts|/node_modules/(content-disposition)/.+\\.js)$': ['@swc/jest', swc],
  },
  transformIgnorePatterns: ['/node_modules/(?!(content-disposition)/)'],
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json', 'node'],
  moduleNameMapper: {
    ...aliases,
    '^@qingpai/wire/reasons$': '<rootDir>/libs/wire/src/reasons.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/.cache', '<rootDir>/.data'],
  globalSetup: '<rootDir>/libs/platform/src/testing/run.mjs',
  globalTeardown: '<rootDir>/libs/platform/src/testing/end.mjs',
};

/** Suites by name: `npx jest --selectProjects unit`. */
module.exports = {
  /** Of no effect inside a project. */
  testTimeout: 30_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: [
        '<rootDir>/libs/**/*.spec.ts',
        '<rootDir>/apps/**/*.spec.ts',
        '<rootDir>/test/*.spec.ts',
        '<rootDir>/test/faults/*udge.spec.ts',
      ],
    },
    { ...common, displayName: 'tampering', testMatch: ['<rootDir>/test/tampering/**/*.spec.ts'] },
    { ...common, displayName: 'market-day', testMatch: ['<rootDir>/test/market-day/**/*.spec.ts'] },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/faults.spec.ts'] },
    { ...common, displayName: 'stories', testMatch: ['<rootDir>/test/stories/**/*.spec.ts'] },
    { ...common, displayName: 'video', testMatch: ['<rootDir>/test/video/**/*.spec.ts'] },
    { ...common, displayName: 'browser', testMatch: ['<rootDir>/test/browser/**/*.spec.ts'] },
    { ...common, displayName: 'interop', testMatch: ['<rootDir>/test/interop/**/*.spec.ts'] },
  ],
};
