import { ROOT_CONTEXT, type Span } from '@opentelemetry/api';
import { describe, expect, test, vi } from 'vitest';
import { type LogEvent, writeLogEvent } from '../../../src/exporters/opentelemetry/log-sink.ts';
import type { LogEventRecord } from '../../../src/exporters/opentelemetry/logger-like.ts';
import { Providers } from '../../../src/exporters/opentelemetry/providers.ts';
import { LOG_EVENTS } from '../../../src/instrumentation/index.ts';
import { type MemorySdk, memorySdk } from './harness.ts';

/** What became of one event: records emitted, events on the span, and whether its attributes were built. */
function written({ apiHasLogs, wants, ended = false }: { apiHasLogs: boolean; wants: boolean; ended?: boolean }): {
  emitted: LogEventRecord[];
  onSpan: string[];
  built: boolean;
} {
  const emitted: LogEventRecord[] = [];
  const sdk: MemorySdk = memorySdk();
  const span: Span = sdk.tracerProvider.getTracer('test').startSpan('load');
  const attributes = vi.fn<() => { size: number }>(() => ({ size: 1 }));
  const event: LogEvent = { timestamp: [1, 0], context: ROOT_CONTEXT, span, body: 'it is slow', attributes };
  const providers = new Providers();
  providers.setLoggerProvider({
    getLogger: () => ({ emit: (record) => emitted.push(record), enabled: () => wants }),
  });

  if (ended) span.end();
  writeLogEvent(providers, apiHasLogs, LOG_EVENTS.slow, event);
  if (!ended) span.end();

  const onSpan = sdk.span('load').events.map(({ name }) => name);
  return { emitted, onSpan, built: attributes.mock.calls.length > 0 };
}

describe('a log event', () => {
  test('that the logger does not want is not built (G1)', () => {
    expect(written({ apiHasLogs: true, wants: false })).toEqual({ emitted: [], onSpan: [], built: false });
  });

  test('goes to a logger that was handed in, also where the API has no logs (G2)', () => {
    const { emitted, onSpan } = written({ apiHasLogs: false, wants: true });

    expect(emitted).toMatchObject([{ eventName: 'cancellation.slow', severityText: 'WARN', body: 'it is slow' }]);
    expect(onSpan).toEqual([]);
  });

  test('goes on the span where the API has no logs and the logger is a place-holder (G2)', () => {
    const { emitted, onSpan } = written({ apiHasLogs: false, wants: false });

    expect([emitted, onSpan]).toEqual([[], ['cancellation.slow']]);
  });

  test('is not built for a span that does not record any more (G2)', () => {
    expect(written({ apiHasLogs: false, wants: false, ended: true })).toEqual({
      emitted: [],
      onSpan: [],
      built: false,
    });
  });
});
