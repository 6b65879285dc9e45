/** One configuration for all levels; scripts/jest.mjs picks the level by the suffix of the file name. */
export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/libs/testing/global-setup.mjs',
  globalTeardown: '<rootDir>/libs/testing/global-teardown.mjs',
  // "#libs/*" and "#demo/*" resolve to the TypeScript source: no build between an edit and a test.
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  roots: ['<rootDir>/apps', '<rootDir>/libs', '<rootDir>/demo', '<rootDir>/bench', '<rootDir>/faults'],
  testMatch: ['**/*.spec.ts'],
  testTimeout: 30_000,
  maxWorkers: 2,
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'node'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        swcrc: false,
        sourceMaps: 'inline',
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  coverageProvider: 'babel',
  collectCoverageFrom: ['apps/**/*.ts', 'libs/**/*.ts', '!**/main.ts', '!**/*migrations.ts'],
};
