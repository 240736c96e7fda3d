/**
 * Options of the OpenTelemetry exporter, and their defaults.
 *
 * O1. A value an option cannot be is refused when the monitor is made, by name; nothing is refused later.
 * O2. The user's own functions are called through {@link askUser}: a throw or a strange answer is the default answer.
 */
import type { MeterProvider, TracerProvider } from '@opentelemetry/api';
import { type CancellationCause, type ScopeInfo, InvalidArgumentError, type ScopeOutcome } from '../../token/index.ts';
import type { LoggerProviderLike } from './logger-like.ts';

/** What a span's status is decided from. */
export interface ClassifyInfo {
  /** Which span: the scope's own, or the one of its cancel. */
  readonly span: 'scope' | 'cancel';
  readonly scope: ScopeInfo;
  readonly outcome: ScopeOutcome;
  /** Why the scope was cancelled, if it was. */
  readonly cause: CancellationCause | undefined;
  /** What the body threw, for `failed`. */
  readonly error: unknown;
  /** Whether the scope's own deadline ended it. */
  readonly ownDeadline: boolean;
  /** The status it gets when nobody objects. */
  readonly status: 'unset' | 'error';
}

/** Options of {@link openTelemetryMonitor}; every one has a default. */
export interface OpenTelemetryMonitorOptions {
  /**
   * Which scopes become spans. `all` (default): every one, active while its body runs. `cancelled`: only cancelled
   * ones, made when they end, so that the others cost almost nothing; spans started in their bodies then hang on the
   * enclosing span. `none`: no spans.
   */
  readonly spans?: 'all' | 'cancelled' | 'none';
  /**
   * Whether metrics go to the Metrics API. `auto` (default): when a meter provider is set and no Prometheus monitor is
   * registered, so that nothing is counted twice.
   */
  readonly metrics?: 'auto' | 'on' | 'off';
  /**
   * Whether log events are written, default true: to the Logs API, or as events of the scope's span where the API has
   * none (1.9).
   */
  readonly logs?: boolean;
  /** Whether message texts are sent, cut to 256 characters; default false: they may hold personal data. */
  readonly messages?: boolean;
  /** Overrules the status of the spans of a scope that was cancelled or failed. Default: see {@link ClassifyInfo}. */
  readonly classify?: (info: ClassifyInfo) => 'unset' | 'error';
  /** Scopes that get neither spans nor log events; metrics count them. Default: none. */
  readonly ignore?: (scope: ScopeInfo) => boolean;
  /** Where spans go; default the global one, also one set later. */
  readonly tracerProvider?: TracerProvider;
  /** Where metrics go; default the global one, also one set later. */
  readonly meterProvider?: MeterProvider;
  /** Where log events go; default the global one, also one set later. */
  readonly loggerProvider?: LoggerProviderLike;
}

/** The options a monitor works with. */
export interface Settings {
  readonly spans: 'all' | 'cancelled' | 'none';
  readonly metrics: 'auto' | 'on' | 'off';
  readonly logs: boolean;
  readonly messages: boolean;
  readonly classify: ((info: ClassifyInfo) => 'unset' | 'error') | undefined;
  readonly ignore: ((scope: ScopeInfo) => boolean) | undefined;
}

/**
 * The options with their defaults.
 *
 * @throws {InvalidArgumentError} An option is something it cannot be (O1).
 */
export function settingsOf(options: OpenTelemetryMonitorOptions): Settings {
  return {
    spans: oneOf('spans', options.spans, ['all', 'cancelled', 'none']),
    metrics: oneOf('metrics', options.metrics, ['auto', 'on', 'off']),
    logs: ofType('logs', options.logs, 'boolean') ?? true,
    messages: ofType('messages', options.messages, 'boolean') ?? false,
    classify: ofType('classify', options.classify, 'function'),
    ignore: ofType('ignore', options.ignore, 'function'),
  };
}

/** `value`, or the first of `values` when it is missing. */
export function oneOf<const T extends string>(option: string, value: T | undefined, values: readonly [T, ...T[]]): T {
  if (value === undefined) return values[0];
  if (!values.includes(value)) {
    throw new InvalidArgumentError(option, `one of ${values.map((each) => `"${each}"`).join(', ')}`, value);
  }
  return value;
}

function ofType<T>(option: string, value: T | undefined, type: 'boolean' | 'function'): T | undefined {
  // oxlint-disable-next-line valid-typeof -- `type` is one of its values
  if (value === undefined || typeof value === type) return value;
  throw new InvalidArgumentError(option, `a ${type}`, value);
}

/** What the user's `ask` answers, if that is one of `answers`; else `otherwise` (O2). */
export function askUser<T>(ask: () => T, answers: readonly T[], otherwise: T): T {
  try {
    const answer = ask();
    return answers.includes(answer) ? answer : otherwise;
  } catch {
    return otherwise;
  }
}
