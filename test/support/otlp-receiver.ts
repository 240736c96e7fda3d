/**
 * A receiver of OTLP over HTTP with JSON, on loopback: what an OpenTelemetry collector would get.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

type Plain = Record<string, unknown>;

/** A span, with its attributes as a plain object. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  readonly start: bigint;
  readonly end: bigint;
  /** 0 unset, 1 ok, 2 error. */
  readonly status: number;
  readonly attributes: Plain;
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Plain }[];
  readonly events: readonly { readonly name: string; readonly attributes: Plain }[];
  readonly scope: string;
  readonly schemaUrl: string | undefined;
}

/** A log record. */
export interface ReceivedLog {
  readonly eventName: string | undefined;
  readonly severityNumber: number;
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly attributes: Plain;
}

/** One data point of a metric. */
export interface ReceivedPoint {
  readonly metric: string;
  readonly unit: string;
  readonly attributes: Plain;
  /** A number, or the number of samples of a histogram. */
  readonly value: number;
  readonly bounds: readonly number[] | undefined;
}

/** A running receiver. */
export interface OtlpReceiver {
  readonly url: string;
  readonly spans: ReceivedSpan[];
  readonly logs: ReceivedLog[];
  readonly points: ReceivedPoint[];
  close(): Promise<void>;
}

/** Starts a receiver on a free port of 127.0.0.1. */
export async function otlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const logs: ReceivedLog[] = [];
  const points: ReceivedPoint[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      if (request.url === '/v1/traces') spans.push(...readSpans(body));
      if (request.url === '/v1/logs') logs.push(...readLogs(body));
      if (request.url === '/v1/metrics') points.push(...readPoints(body));
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await listening(server);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    logs,
    points,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
}

async function bodyOf(request: IncomingMessage): Promise<Plain> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return JSON.parse(text.toString()) as Plain;
}

function readSpans(body: Plain): ReceivedSpan[] {
  return list(body['resourceSpans']).flatMap((resource) =>
    list(resource['scopeSpans']).flatMap((scope) =>
      list(scope['spans']).map((span) => ({
        name: String(span['name']),
        traceId: String(span['traceId']),
        spanId: String(span['spanId']),
        parentSpanId: text(span['parentSpanId']),
        kind: Number(span['kind']),
        start: BigInt(span['startTimeUnixNano'] as string),
        end: BigInt(span['endTimeUnixNano'] as string),
        status: Number((span['status'] as Plain | undefined)?.['code'] ?? 0),
        attributes: attributesOf(span),
        links: list(span['links']).map((link) => ({
          traceId: String(link['traceId']),
          spanId: String(link['spanId']),
          attributes: attributesOf(link),
        })),
        events: list(span['events']).map((event) => ({ name: String(event['name']), attributes: attributesOf(event) })),
        scope: String((scope['scope'] as Plain | undefined)?.['name']),
        schemaUrl: text(scope['schemaUrl']),
      })),
    ),
  );
}

function readLogs(body: Plain): ReceivedLog[] {
  return list(body['resourceLogs']).flatMap((resource) =>
    list(resource['scopeLogs']).flatMap((scope) =>
      list(scope['logRecords']).map((record) => ({
        eventName: text(record['eventName']),
        severityNumber: Number(record['severityNumber']),
        traceId: text(record['traceId']),
        spanId: text(record['spanId']),
        attributes: attributesOf(record),
      })),
    ),
  );
}

function readPoints(body: Plain): ReceivedPoint[] {
  return list(body['resourceMetrics']).flatMap((resource) =>
    list(resource['scopeMetrics']).flatMap((scope) =>
      list(scope['metrics']).flatMap((metric) => {
        const data = (metric['sum'] ?? metric['gauge'] ?? metric['histogram'] ?? {}) as Plain;
        return list(data['dataPoints']).map((point) => ({
          metric: String(metric['name']),
          unit: String(metric['unit']),
          attributes: attributesOf(point),
          value: Number(point['count'] ?? point['asDouble'] ?? point['asInt']),
          bounds: point['explicitBounds'] as number[] | undefined,
        }));
      }),
    ),
  );
}

function attributesOf(holder: Plain): Plain {
  return Object.fromEntries(
    list(holder['attributes']).map(({ key, value }) => [String(key), plainValue(value as Plain)]),
  );
}

function plainValue(value: Plain): unknown {
  if ('intValue' in value) return Number(value['intValue']);
  if ('arrayValue' in value) return list((value['arrayValue'] as Plain)['values']).map(plainValue);
  return value['stringValue'] ?? value['doubleValue'] ?? value['boolValue'];
}

function list(value: unknown): Plain[] {
  return Array.isArray(value) ? (value as Plain[]) : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
