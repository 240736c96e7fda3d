import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    node: 'src/middleware/node/index.ts',
    opentelemetry: 'src/exporters/opentelemetry/index.ts',
    prometheus: 'src/exporters/prometheus/index.ts',
    process: 'src/backends/process/index.ts',
    thread: 'src/backends/thread/index.ts',
    testing: 'src/testing/index.ts',
  },
  format: ['esm', 'cjs'],
  target: 'es2022',
  platform: 'node',
  splitting: true,
  clean: true,
  shims: true,
  dts: { compilerOptions: { stripInternal: true } },
});
