/** The suite of NestJS, with NestJS 11 in place of the current one. */
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const INSTALLED = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/platform-fastify', 'rxjs'];
const HERE = import.meta.dirname;

export default defineConfig({
  root: join(HERE, '../..'),
  resolve: { alias: Object.fromEntries(INSTALLED.map((name) => [name, join(HERE, 'node_modules', name)])) },
  test: {
    include: ['test/middleware/nestjs/**/*.test.ts'],
    pool: 'forks',
    execArgv: ['--expose-gc', '--disable-warning=CancelScopeWarning'],
  },
});
