/**
 * Exemplar maker: decides whether a sample becomes an exemplar.
 *
 * EX1. Only in a registry that renders OpenMetrics: plain text has no place for one.
 * EX2. Only of a sampled span: another one leads to no trace.
 * EX3. Ids are hex of the W3C lengths, so that a label set stays far below the 128 characters the format allows.
 */
import type { Clock } from '../../token/index.ts';
import { type PrometheusRegistry, rendersOpenMetrics } from './client-registry.ts';
import type { ExemplarMaker } from './histogram-cell.ts';

const SAMPLED = 1;
const TRACE_ID = /^[0-9a-f]{32}$/;
const SPAN_ID = /^[0-9a-f]{16}$/;

/** Makes exemplars for `registry`, stamped with the time of `clock`. */
export function exemplarMaker(registry: PrometheusRegistry, clock: Clock): ExemplarMaker {
  return (value, { traceId, spanId, traceFlags }) => {
    if (!rendersOpenMetrics(registry)) return undefined; // EX1
    if ((traceFlags & SAMPLED) === 0) return undefined; // EX2
    if (!TRACE_ID.test(traceId) || !SPAN_ID.test(spanId)) return undefined; // EX3
    return {
      labelSet: { trace_id: traceId, span_id: spanId },
      value,
      timestamp: clock.toWallTime(clock.now()) / 1000,
    };
  };
}
