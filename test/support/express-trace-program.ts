/**
 * A service on Express, traced by the stock instrumentation of node:http as well, run in a process of its own: that has to
 * be there before anybody loads node:http. Its only client leaves. It prints the spans.
 */
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, type Link, SpanKind, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { openTelemetryMonitor } from '../../src/exporters/opentelemetry/index.ts';
import { registerMonitor } from '../../src/instrumentation/index.ts';
import { cancelScope } from '../../src/token/index.ts';
import { deferred } from './deferred.ts';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
registerInstrumentations({ instrumentations: [new HttpInstrumentation()] });
registerMonitor(openTelemetryMonitor());

const require = createRequire(import.meta.url);
const http = require('node:http') as typeof import('node:http');
const express = require(process.argv[2] as string) as typeof import('express');
const { expressCancellation } = await import('../../src/middleware/express/index.ts');

const app = express();
app.use(expressCancellation());
const entered = deferred();
app.use(
  '/tenants/:tenant',
  express.Router().get('/orders/:id', async () => {
    const rows = cancelScope('read-rows', async (scope) => scope.race(new Promise<never>(() => {})));
    entered.resolve();
    await rows;
  }),
);
const server = http.createServer(app).listen(0, '127.0.0.1', () => void visit());

async function visit(): Promise<void> {
  const abort = new AbortController();
  const { port } = server.address() as AddressInfo;
  fetch(`http://127.0.0.1:${port}/tenants/acme/orders/42`, { signal: abort.signal }).catch(() => {});
  await entered.promise;
  abort.abort();
  while (exporter.getFinishedSpans().length < 5) await new Promise((resolve) => setImmediate(resolve));
  server.close();
  console.log(
    JSON.stringify(
      exporter.getFinishedSpans().map((span) => ({
        name: span.name,
        kind: SpanKind[span.kind],
        traceId: span.spanContext().traceId,
        spanId: span.spanContext().spanId,
        parent: span.parentSpanContext?.spanId,
        links: span.links.map(({ context: to }: Link) => to.spanId),
      })),
    ),
  );
}
