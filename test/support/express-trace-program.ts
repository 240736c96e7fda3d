/**
 * A service on Express that asks another one, traced by the stock instrumentation of node:http and undici as well, run in a
 * process of its own: they have to be there before anybody loads what they watch. Its only client leaves while it waits for
 * the other service. It prints the spans.
 */
import { createRequire } from 'node:module';
import { type AddressInfo, connect, createServer } from 'node:net';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context, type Link, SpanKind, trace } from '@opentelemetry/api';
import { registerInstrumentations } from '@opentelemetry/instrumentation';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { openTelemetryMonitor } from '../../src/exporters/opentelemetry/index.ts';
import { registerMonitor } from '../../src/instrumentation/index.ts';
import { deferred } from './deferred.ts';

const exporter = new InMemorySpanExporter();
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
registerInstrumentations({ instrumentations: [new HttpInstrumentation(), new UndiciInstrumentation()] });
registerMonitor(openTelemetryMonitor());

const require = createRequire(import.meta.url);
const http = require('node:http') as typeof import('node:http');
const express = require(process.argv[2] as string) as typeof import('express');
const { expressCancellation } = await import('../../src/middleware/express/index.ts');
const { cancellableFetch } = await import('../../src/middleware/fetch/index.ts');

const app = express();
app.use(expressCancellation());
const asked = deferred();
const silent = createServer((socket) => socket.on('error', () => {}).once('data', () => asked.resolve()));
const ask = cancellableFetch({ name: () => 'ask-prices' });
app.use(
  '/tenants/:tenant',
  express.Router().get('/orders/:id', async () => {
    await ask(`http://127.0.0.1:${(silent.address() as AddressInfo).port}/today`);
  }),
);
const server = http.createServer(app);
silent.listen(0, '127.0.0.1', () => server.listen(0, '127.0.0.1', () => void visit()));

async function visit(): Promise<void> {
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET /tenants/acme/orders/42 HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await asked.promise;
  client.destroy();
  while (exporter.getFinishedSpans().length < 6) await new Promise((resolve) => setImmediate(resolve));
  server.close();
  silent.close();
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
