/**
 * Settings of zero-code mode: environment variables, and nothing else.
 *
 * Z4. A value that cannot be is said on stderr, with the variable's name and what it may be; what it asked for is left
 *     out, or keeps its default. OpenTelemetry's own switches are respected.
 */

/** What zero-code mode does. */
export interface RegisterSettings {
  /** Observes the clients of HTTP servers. */
  readonly http: boolean;
  /** Observes calls of `fetch`, undici and node:http. */
  readonly outgoing: boolean;
  /** Wraps `AbortController.prototype.abort`, `AbortSignal.timeout` and `AbortSignal.any`. */
  readonly abort: boolean;
  /** Whether those wraps take the stack of their caller. */
  readonly callSites: boolean;
  /** Where the metrics are served, if anywhere. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Sends to OpenTelemetry, where its API is. */
  readonly openTelemetry: boolean;
  /** Writes a line to stderr for each cancel. */
  readonly log: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const PARTS = ['http', 'outgoing', 'abort'] as const;
const DEFAULT_PARTS = ['http', 'outgoing'] as const;
const LOOPBACK = '127.0.0.1';
const PORT_MAX = 65_535;

/** Reads them; `warn` is told of each value that cannot be (Z4). */
export function readSettings(env: Environment, warn: (message: string) => void): RegisterSettings {
  const parts = partsOf(env, warn);
  return {
    http: parts.has('http'),
    outgoing: parts.has('outgoing'),
    abort: parts.has('abort'),
    callSites: word(env, 'CANCELSCOPE_CALL_SITES', ['off', 'on'], warn) === 'on',
    metrics: metricsOf(env, warn),
    openTelemetry: textOf(env, 'OTEL_SDK_DISABLED').toLowerCase() !== 'true',
    log: word(env, 'CANCELSCOPE_LOG', ['off', 'cancels'], warn) === 'cancels',
  };
}

function partsOf(env: Environment, warn: (message: string) => void): ReadonlySet<string> {
  if (listOf(env, 'OTEL_NODE_DISABLED_INSTRUMENTATIONS').includes('cancelscope')) return new Set();
  const asked = listOf(env, 'CANCELSCOPE_AUTO');
  const parts = new Set<string>();
  const unknown: string[] = [];
  for (const part of asked) {
    if (part === 'off') return new Set();
    if (part === 'all') for (const each of PARTS) parts.add(each);
    else if ((PARTS as readonly string[]).includes(part)) parts.add(part);
    else unknown.push(part);
  }
  if (unknown.length > 0) {
    warn(
      `CANCELSCOPE_AUTO does not know ${shown(unknown.join(', '))}; set it to off, all, or a list of ${PARTS.join(', ')}`,
    );
  }
  return parts.size > 0 ? parts : new Set(DEFAULT_PARTS);
}

function metricsOf(env: Environment, warn: (message: string) => void): RegisterSettings['metrics'] {
  const text = textOf(env, 'CANCELSCOPE_METRICS_PORT');
  const host = textOf(env, 'CANCELSCOPE_METRICS_HOST');
  if (text === '') {
    if (host !== '') warn('CANCELSCOPE_METRICS_HOST does nothing without CANCELSCOPE_METRICS_PORT; set both');
    return undefined;
  }
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Infinity;
  if (port <= PORT_MAX) return { host: host === '' ? LOOPBACK : host, port };
  warn(`CANCELSCOPE_METRICS_PORT is ${shown(text)}; set it to a port, 0 to ${PORT_MAX}. No metrics are served`);
  return undefined;
}

/** The first of `words` unless another was asked for. */
function word(env: Environment, name: string, words: readonly string[], warn: (message: string) => void): string {
  const text = textOf(env, name).toLowerCase();
  if (text === '' || words.includes(text)) return text === '' ? String(words[0]) : text;
  warn(`${name} is ${shown(text)}; set it to ${words.join(' or ')}`);
  return String(words[0]);
}

function listOf(env: Environment, name: string): string[] {
  return textOf(env, name)
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function textOf(env: Environment, name: string): string {
  return env[name]?.trim() ?? '';
}

/** A value from outside, on one line and short. */
function shown(text: string): string {
  return JSON.stringify(text.length > 64 ? `${text.slice(0, 64)}...` : text);
}
