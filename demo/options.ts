/**
 * What the demo can be told on its command line.
 */
import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';

/** How to run. */
export interface Options {
  /** When to end by itself, in ms; `Infinity` runs until Ctrl-C. */
  readonly durationMs: number;
  /** Where the service listens; a free port if this one is taken. */
  readonly port: number;
  /** Who can reach it: this machine alone, or everybody, as in a container. */
  readonly host: '127.0.0.1' | '0.0.0.0';
  /** The same seed gives the same visitors. */
  readonly seed: number;
  /** Which Prometheus to start: one by name or path that must be there, `auto` for the one on the PATH, or `none`. */
  readonly prometheus: string;
  /** The format of `/metrics`; only OpenMetrics carries exemplars. */
  readonly format: 'openmetrics' | 'plain';
  /** Where spans go besides `/spans`, as OTLP over HTTP; undefined for nowhere. */
  readonly otlp: string | undefined;
  readonly help: boolean;
}

/** What `--help` prints. */
export const USAGE = `npm run demo -- [options]

  --duration 10s       end after so long, with a summary (ms, s, m); default: run until Ctrl-C
  --port 8080          where the service listens; a free port when this one is taken, 0 for any
  --host 0.0.0.0       let other machines reach it, as a container needs; default 127.0.0.1
  --seed 4711          repeat a run; the seed is printed
  --prometheus [path]  start this Prometheus; default: the one on the PATH, if there is one
  --no-prometheus      start none
  --format plain       /metrics in plain text; default openmetrics, which has exemplars
  --otlp URL           send spans to a collector too, such as http://127.0.0.1:4318
  --help               this text
`;

/** @throws {Error} An option is unknown, or is something it cannot be; the message says which. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: args.map((arg, index) => (isBarePrometheus(arg, args[index + 1]) ? '--prometheus=prometheus' : arg)),
    options: {
      duration: { type: 'string' },
      port: { type: 'string', default: '8080' },
      host: { type: 'string', default: '127.0.0.1' },
      seed: { type: 'string' },
      prometheus: { type: 'string', default: 'auto' },
      'no-prometheus': { type: 'boolean', default: false },
      format: { type: 'string', default: 'openmetrics' },
      otlp: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const { duration, format, host, otlp } = values;
  if (format !== 'openmetrics' && format !== 'plain')
    throw new Error(`--format is openmetrics or plain, not ${format}`);
  if (host !== '127.0.0.1' && host !== '0.0.0.0') throw new Error(`--host is 127.0.0.1 or 0.0.0.0, not ${host}`);
  if (otlp !== undefined && !/^https?:$/.test(URL.parse(otlp)?.protocol ?? ''))
    throw new Error(`--otlp is a URL such as http://127.0.0.1:4318, not ${otlp}`);
  return {
    durationMs: duration === undefined ? Infinity : milliseconds(duration),
    host,
    port: wholeNumber('--port', values.port, 65_535),
    seed: values.seed === undefined ? randomInt(1, 100_000) : wholeNumber('--seed', values.seed, 2 ** 32 - 1),
    prometheus: values['no-prometheus'] ? 'none' : values.prometheus,
    format,
    otlp,
    help: values.help,
  };
}

function isBarePrometheus(arg: string, next: string | undefined): boolean {
  return arg === '--prometheus' && (next === undefined || next.startsWith('-'));
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

function milliseconds(text: string): number {
  const [, count = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  if (count === '') throw new Error(`--duration is a time such as 10s, not ${text}`);
  return Number(count) * (UNITS[unit] ?? 1_000);
}

function wholeNumber(option: string, text: string, max: number): number {
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new Error(`${option} is a whole number from 0 to ${max}, not ${text}`);
}
