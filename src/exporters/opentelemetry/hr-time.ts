/**
 * OpenTelemetry times.
 *
 * H1. Times are `[seconds, nanoseconds]`. A plain number is guessed at by the SDK: a small one counts as milliseconds
 *     since the process started.
 */
import type { HrTime } from '@opentelemetry/api';

/** Milliseconds since 1970 as an OpenTelemetry time (H1); the epoch for what is no instant after it. */
export function hrTime(wallTime: number): HrTime {
  if (!(wallTime > 0) || wallTime === Number.POSITIVE_INFINITY) return [0, 0];
  const seconds = Math.floor(wallTime / 1000);
  const nanoseconds = Math.round((wallTime - seconds * 1000) * 1e6);
  return nanoseconds < 1e9 ? [seconds, nanoseconds] : [seconds + 1, nanoseconds - 1e9];
}

/** The distance between two readings of a clock in ms, in seconds. */
export function secondsBetween(from: number, to: number): number {
  return (to - from) / 1000;
}
