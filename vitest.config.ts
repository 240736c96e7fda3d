import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: true, checker: 'tsc', include: ['test/**/*.test-d.ts'] },
    pool: 'forks',
    // Tests provoke warnings by the dozen; those that check one listen for it.
    execArgv: ['--expose-gc', '--disable-warning=CancelScopeWarning'],
  },
});
