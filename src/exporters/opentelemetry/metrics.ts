/**
 * Metrics of one OpenTelemetry monitor: the shared mapping from events to metrics, behind a gate.
 *
 * Q1. The gate looks for the meter at each event, so an SDK that starts late, or is replaced, is found by the next one.
 * Q2. `auto`: closed while a Prometheus monitor of ours is registered; the same numbers on two ways would be added up.
 */
import { metricsMonitor, type Monitor, registeredMonitorNames } from '../../instrumentation/index.ts';
import { OpenTelemetryMetrics } from './metrics-backend.ts';
import type { Settings } from './options.ts';
import type { Providers } from './providers.ts';

/** How the Prometheus exporter's monitor is called. */
const PROMETHEUS = 'prometheus';

/** In `auto`, the list of monitors is looked at once in so many events. */
const LOOK_EVERY = 64;

/** The metrics of one monitor. */
export class Metrics {
  /** Takes the events, while {@link isOpen}. */
  readonly events: Monitor;
  readonly #providers: Providers;
  readonly #auto: boolean;
  readonly #backend = new OpenTelemetryMetrics();
  #untilLook = 0;
  #prometheusThere = false;

  constructor(providers: Providers, mode: Exclude<Settings['metrics'], 'off'>, name: string) {
    this.#providers = providers;
    this.#auto = mode === 'auto';
    this.events = metricsMonitor(this.#backend, { name });
  }

  /** Whether measuring makes sense now (Q1, Q2). */
  isOpen(): boolean {
    const meter = this.#otherWay() ? undefined : this.#providers.meter();
    this.#backend.use(meter);
    return meter !== undefined;
  }

  /** Stops measuring. */
  stop(): void {
    this.#backend.use(undefined);
  }

  #otherWay(): boolean {
    if (!this.#auto) return false;
    if (this.#untilLook-- === 0) {
      this.#untilLook = LOOK_EVERY;
      this.#prometheusThere = registeredMonitorNames().includes(PROMETHEUS); // Q2
    }
    return this.#prometheusThere;
  }
}
