/** A service with an OpenTelemetry SDK of its own, which is started by its code. It knows nothing of cancelscope. */
'use strict';
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { InMemorySpanExporter, SimpleSpanProcessor } = require('@opentelemetry/sdk-trace');

const exporter = new InMemorySpanExporter();
const spanProcessors = [new SimpleSpanProcessor({ exporter })];
const instrumentations = [new HttpInstrumentation()];
new NodeSDK({
  spanProcessors,
  instrumentations,
  metricReaders: [],
  logRecordProcessors: [],
  autoDetectResources: false,
}).start();

const { createServer } = require('node:http');
const server = createServer((request, response) => {
  if (request.url === '/hang') return response.writeEarlyHints({ link: '</x.css>; rel=preload' });
  if (request.url !== '/spans') return response.end('done');
  const spans = exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    trace: span.spanContext().traceId,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
    attributes: span.attributes,
    links: span.links.map(({ context, attributes }) => ({ id: context.spanId, ...attributes })),
  }));
  return response.end(JSON.stringify(spans));
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
