import { defineConfig } from 'vitest/config';

/** Tests that need programs from Debian's and PyPI's packages, which they install: `npm run test:services`. */
export default defineConfig({
  test: {
    include: ['test/services/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--import', './test/support/typescript.mjs'],
    maxWorkers: 1,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    reporters: ['default', ['json', { outputFile: 'build/services-report.json' }]],
    allowOnly: false,
  },
});
