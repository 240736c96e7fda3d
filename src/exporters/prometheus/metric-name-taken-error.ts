/**
 * The error for a registry that already holds one of our metric names.
 */

const BRAND = Symbol.for('cancelscope.MetricNameTakenError');

/** A registry has no room for our metrics: a name is taken. Nothing was registered. Use another registry. */
export class MetricNameTakenError extends Error {
  override readonly name = 'MetricNameTakenError';
  readonly code = 'ERR_CANCELSCOPE_METRIC_NAME_TAKEN';
  /** The name that was taken. */
  readonly metric: string;

  /** @param byMonitor - Whether another `prometheusMonitor` took it. */
  constructor(metric: string, byMonitor: boolean) {
    super(
      byMonitor
        ? `this registry already has ${metric} of another prometheusMonitor: unregister that one first ` +
            '(dispose of what registerMonitor returned), or give each monitor a registry of its own'
        : `this registry already has a metric named ${metric}: rename that one, ` +
            'or give prometheusMonitor a registry of its own and serve both with Registry.merge',
    );
    this.metric = metric;
  }

  /** Goes by a global brand, so that the ESM and the CJS copy agree. Don't subclass. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  /** @internal */
  get [BRAND](): true {
    return true;
  }
}
