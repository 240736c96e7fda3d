/**
 * Metrics of the stream, beside those of cancelscope in one registry.
 */
import { Counter, Histogram, type Registry, type RegistryContentType } from 'prom-client';

/** The metrics. */
export interface StreamMetrics {
  /** Seconds from the opening of a segment to the first text of its request. */
  readonly timeToFirstToken: Histogram<'request'>;
  readonly chunks: Counter;
  readonly pauses: Counter<'by'>;
  /** Chunks that still came after a pause or the stop was asked for: paid for, and too late. */
  readonly chunksAfterStop: Counter;
}

/** Puts them into `registry`, with zeroes where nothing has happened yet. */
export function createMetrics(registry: Registry<RegistryContentType>): StreamMetrics {
  const registers = [registry];
  const metrics: StreamMetrics = {
    timeToFirstToken: new Histogram({
      name: 'llm_time_to_first_token_seconds',
      help: 'From the opening of a segment to the first text of its request.',
      labelNames: ['request'],
      buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30],
      registers,
    }),
    chunks: new Counter({ name: 'llm_chunks_total', help: 'Chunks of text that came.', registers }),
    pauses: new Counter({
      name: 'llm_pauses_total',
      help: 'Pauses, by who asked for them: the user or the model.',
      labelNames: ['by'],
      registers,
    }),
    chunksAfterStop: new Counter({
      name: 'llm_chunks_after_stop_total',
      help: 'Chunks that still came after a pause or the stop was asked for.',
      registers,
    }),
  };
  for (const by of ['user', 'model']) metrics.pauses.inc({ by }, 0);
  return metrics;
}
