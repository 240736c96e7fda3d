import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    typecheck: { enabled: true, checker: 'tsc', include: ['test/**/*.test-d.ts'] },
    pool: 'forks',
    execArgv: ['--expose-gc'],
  },
});
