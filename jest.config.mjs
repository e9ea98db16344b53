// The SDK warns on Node 20 that it will stop supporting it; we test there on purpose.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';

/** @type {import('jest').Config} */
export default {
  roots: ['<rootDir>/tests', '<rootDir>/packages'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: [],
  transform: {
    '^.+\\.(ts|mjs|js)$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
  // middy and a few others are published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!(@middy)/)'],
  setupFiles: ['<rootDir>/tests/keepCorpus.cjs'],
  testSequencer: '<rootDir>/tests/sequencer.mjs',
  testEnvironment: '<rootDir>/tests/environment.ts',
  // The first test that needs the stack compiles it: over Jest's five seconds where the cache is cold and the cores are busy.
  testTimeout: 60_000,
  // What the modules of finished test files leave adds up to V8's limit of some 4 GB: a worker above this begins anew.
  workerIdleMemoryLimit: '2.5GB',
  // Jest leaves one core free unless told.
  maxWorkers: '100%',
};
