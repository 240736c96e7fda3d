import { describe, expect, test } from 'vitest';
import { hrTime } from '../../../src/exporters/opentelemetry/hr-time.ts';
import { openTelemetryMonitor } from '../../../src/exporters/opentelemetry/index.ts';
import { HandScope, memorySdk, steadyClock } from './harness.ts';

describe('times (H1)', () => {
  test.each([
    [1_700_000_000_123.5, [1_700_000_000, 123_500_000]],
    [999.999_999_9, [1, 0]],
    [0.25, [0, 250_000]],
  ])('%s ms are seconds and nanoseconds', (wallTime, expected) => {
    expect(hrTime(wallTime)).toEqual(expected);
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%s ms are the epoch', (none) => {
    expect(hrTime(none)).toEqual([0, 0]);
  });

  test('soon after 1970 are taken by the SDK for just that', () => {
    const { tracerProvider, loggerProvider, span } = memorySdk();
    const clock = { ...steadyClock(), toWallTime: (now: number) => now };

    new HandScope(openTelemetryMonitor({ tracerProvider, loggerProvider, metrics: 'off' }), { clock }).settle();

    expect([span('load').startTime, span('load').endTime]).toEqual([
      [1, 0],
      [1, 20_000_000],
    ]);
  });
});
