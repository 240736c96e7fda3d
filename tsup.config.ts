import { defineConfig } from 'tsup';

const ENTRIES = {
  index: 'src/index.ts',
  express: 'src/middleware/express/index.ts',
  fastify: 'src/middleware/fastify/index.ts',
  fetch: 'src/middleware/fetch/index.ts',
  grpc: 'src/middleware/grpc/index.ts',
  hono: 'src/middleware/hono/index.ts',
  koa: 'src/middleware/koa/index.ts',
  nestjs: 'src/middleware/nestjs/index.ts',
  node: 'src/middleware/node/index.ts',
  opentelemetry: 'src/exporters/opentelemetry/index.ts',
  pg: 'src/middleware/pg/index.ts',
  process: 'src/backends/process/index.ts',
  prometheus: 'src/exporters/prometheus/index.ts',
  register: 'src/register/index.ts',
  shutdown: 'src/middleware/shutdown/index.ts',
  testing: 'src/testing/index.ts',
  thread: 'src/backends/thread/index.ts',
  undici: 'src/middleware/undici/index.ts',
};
const CLI = 'src/cli/main.ts';

export default defineConfig({
  entry: { ...ENTRIES, cli: CLI },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  splitting: true,
  clean: true,
  shims: true,
  dts: { entry: ENTRIES, compilerOptions: { stripInternal: true } },
  plugins: [
    {
      name: 'cli-shebang',
      renderChunk: (code, { entryPoint, map }) =>
        entryPoint === CLI ? { code: `#!/usr/bin/env node\n${code}`, ...(map != null && { map }) } : undefined,
    },
  ],
});
