/**
 * What an OTLP receiver must have got of `telemetry-program.ts`, whichever SDK sent it.
 */
import { expect } from 'vitest';
import type { OtlpReceiver, ReceivedSpan } from '../../support/otlp-receiver.ts';

const UNSET = 0;
const ERROR = 2;

function spanOf(receiver: OtlpReceiver, name: string): ReceivedSpan {
  const found = receiver.spans.filter((span) => span.name === name);
  const [span] = found;
  if (span === undefined || found.length > 1) throw new Error(`${found.length} spans called "${name}" arrived`);
  return span;
}

/** Parents, links, status, attributes and times of the spans. */
export function expectSpans(receiver: OtlpReceiver): void {
  const span = (name: string): ReceivedSpan => spanOf(receiver, name);
  const parents = Object.fromEntries(
    receiver.spans.map(({ name, parentSpanId }) => [
      name,
      receiver.spans.find(({ spanId }) => spanId === parentSpanId)?.name,
    ]),
  );

  expect(parents).toEqual({
    request: undefined,
    'stop-button': 'request',
    'load-report': 'request',
    'fetch-rows': 'request',
    'cancel fetch-rows': 'fetch-rows',
    'read-page': 'fetch-rows',
    'cancel read-page': 'read-page',
    'call-model': 'request',
    'cancel call-model': 'call-model',
    'charge-card': 'request',
    'stuck-query': 'request',
    'cancel stuck-query': 'stuck-query',
  });
  expect(new Set(receiver.spans.map(({ traceId }) => traceId)).size).toBe(1);
  const statuses = receiver.spans.map(({ name, status, attributes }) => [name, [status, attributes['error.type']]]);
  expect(Object.fromEntries(statuses)).toEqual({
    request: [UNSET, undefined],
    'stop-button': [UNSET, undefined],
    'load-report': [UNSET, undefined],
    'fetch-rows': [UNSET, undefined],
    'cancel fetch-rows': [UNSET, undefined],
    'read-page': [UNSET, undefined],
    'cancel read-page': [UNSET, undefined],
    'call-model': [ERROR, 'timeout'],
    'cancel call-model': [ERROR, 'timeout'],
    'charge-card': [ERROR, 'TypeError'],
    'stuck-query': [ERROR, 'cancellation_abandoned'],
    'cancel stuck-query': [ERROR, 'cancellation_abandoned'],
  });

  const cancel = span('cancel fetch-rows');
  expect(cancel.links).toEqual([
    {
      traceId: cancel.traceId,
      spanId: span('stop-button').spanId,
      attributes: { 'cancellation.link.type': 'canceller' },
    },
  ]);
  expect(cancel.attributes).toMatchObject({
    'cancellation.scope.name': 'fetch-rows',
    'cancellation.reason': 'manual',
    'cancellation.root_reason': 'manual',
    'cancellation.outcome': 'cancelled',
    'cancellation.targets': 2,
    'cancellation.depth': 0,
    'cancellation.boundary': 'local',
    'thread.id': 0,
    'thread.name': 'main',
  });
  expect(cancel.attributes['cancellation.latency']).toBeGreaterThanOrEqual(0);
  expect(cancel.attributes).not.toHaveProperty('cancellation.message');
  expect(span('read-page').attributes).toMatchObject({
    'cancellation.reason': 'parent',
    'cancellation.root_reason': 'manual',
    'cancellation.id': cancel.attributes['cancellation.id'],
    'cancellation.depth': 1,
  });
  expect(span('cancel read-page').links.map(({ spanId }) => spanId)).toEqual([span('stop-button').spanId]);
  expect(span('call-model').attributes['cancellation.deadline.budget']).toBe(0.001);

  const own = receiver.spans.filter(({ scope }) => scope === 'cancelscope');
  for (const each of own) expect(each.end, each.name).toBeGreaterThanOrEqual(each.start);
  expect(cancel.start).toBeGreaterThanOrEqual(span('fetch-rows').start);
  expect(cancel.end).toBeLessThanOrEqual(span('fetch-rows').end);
  expect(new Set(own.map(({ schemaUrl }) => schemaUrl))).toEqual(new Set(['https://opentelemetry.io/schemas/1.41.0']));
}

/** Counters, histograms and gauges. */
export function expectMetrics(receiver: OtlpReceiver): void {
  const latest = new Map(
    receiver.points.map((point) => [`${point.metric} ${JSON.stringify(point.attributes)}`, point] as const),
  );
  const value = (metric: string, attributes: object): number | undefined =>
    latest.get(`${metric} ${JSON.stringify(attributes)}`)?.value;

  expect(value('cancellation.scopes_opened', { scope: 'fetch-rows' })).toBe(1);
  expect(value('cancellation.scopes_settled', { scope: 'fetch-rows', outcome: 'cancelled' })).toBe(1);
  expect(value('cancellation.scopes_settled', { scope: 'charge-card', outcome: 'failed' })).toBe(1);
  expect(value('cancellation.scopes_settled', { scope: 'stuck-query', outcome: 'abandoned' })).toBe(1);
  expect(value('cancellation.latency', { scope: 'read-page', reason: 'manual' })).toBe(1);
  expect(value('cancellation.requests', { reason: 'manual', source_thread: 'main', result: 'accepted' })).toBe(1);
  expect(value('cancellation.scopes_active', { scope: 'fetch-rows' })).toBe(0);
  const latency = latest.get('cancellation.latency {"scope":"read-page","reason":"manual"}');
  expect(latency?.unit).toBe('s');
  expect(latency?.bounds).toEqual([0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]);
}

/** The log events, as `[name, severity, span they belong to]`. */
export function logEvents(receiver: OtlpReceiver): unknown[] {
  return receiver.logs.map(({ eventName, severityNumber, spanId }) => [
    eventName,
    severityNumber,
    receiver.spans.find((span) => span.spanId === spanId)?.name,
  ]);
}

/** What {@link logEvents} must be. */
export const EXPECTED_LOG_EVENTS = [
  ['cancellation.requested', 5, 'fetch-rows'],
  ['cancellation.settled', 5, 'read-page'],
  ['cancellation.settled', 5, 'fetch-rows'],
  ['cancellation.requested', 13, 'call-model'],
  ['cancellation.settled', 5, 'call-model'],
  ['cancellation.requested', 13, 'stuck-query'],
  ['cancellation.settled', 5, 'stuck-query'],
  ['cancellation.zombie.detected', 17, 'stuck-query'],
  ['cancellation.zombie.ended', 9, 'stuck-query'],
];
