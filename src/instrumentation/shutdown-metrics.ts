/**
 * The metrics of a shutdown: rows of the telemetry table. A scrape may miss them, for the process ends; what is pushed at
 * its end is not.
 */
import type { MetricDefinition } from './metric-definition.ts';

/** How long its phases take, and what they leave open. */
export const SHUTDOWN_METRICS = {
  shutdownPhase: {
    prometheusName: 'cancellation_shutdown_phase_seconds',
    otelName: 'cancellation.shutdown_phase',
    type: 'histogram',
    unit: 's',
    help: 'How long each phase of a shutdown took; one that was not needed is not counted.',
    labels: ['shutdown_phase'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 20, 30, 60],
  },
  shutdownLeft: {
    prometheusName: 'cancellation_shutdown_left',
    otelName: 'cancellation.shutdown_left',
    type: 'histogram',
    unit: '{work}',
    help: 'Requests and scopes still open when a phase of a shutdown ended.',
    labels: ['shutdown_phase', 'work'],
    buckets: [0, 1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 5000],
  },
} as const satisfies Record<string, MetricDefinition>;
