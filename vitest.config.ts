import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'models/mini/data/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/services/**', '**/node_modules/**'],
    // Worker threads are started from TypeScript sources in the tests, so they inherit a loader for them.
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: 'build/test-report.json' }]],
    // A test left with .only would hide the others.
    allowOnly: false,
  },
});
