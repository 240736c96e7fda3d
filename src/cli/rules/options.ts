/**
 * Options of the rules, checked: what is wrong is named before Prometheus sees it.
 *
 * RO1. `slow` is a boundary of the latency buckets and no whole number of seconds (N3): any other is an alert that never fires.
 * RO2. The objective leaves a budget the fastest burn rate can exceed: of a larger one that alert never fires.
 * RO3. A selector chooses by labels every series has. One the rules add up over, or one only some metrics have, would
 *      silence rules without a word.
 * RO4. Nothing an option says can break out of its place in an expression, a template or the file.
 */
import { LABELS, METRICS } from '../../instrumentation/index.ts';
import { InvalidArgumentError } from '../../token/index.ts';
import { matchersIn } from './selector.ts';
import { BURN_RATES, LATENCY, OBJECTIVE } from './thresholds.ts';

/** What rules can be told. */
export interface RulesOptions {
  /** A cancel that takes longer is slow: `'500ms'`, `'2.5s'`. A latency bucket boundary, no whole second. Default 500ms. */
  readonly slow?: string | undefined;
  /** Share of cancels that must not be slow, from 0.94 to below 1. Default 0.99. */
  readonly objective?: number | undefined;
  /** Which services, as PromQL matchers: `'job="api"'`. Default all. */
  readonly selector?: string | undefined;
  /** Labels that tell the processes of one service apart, besides `instance`; rules add up over them. Default `pod`. */
  readonly processLabels?: readonly string[] | undefined;
  /** Where the runbooks are, as a URL or a path. Default `dashboards/runbooks`, as in the package. */
  readonly runbookUrl?: string | undefined;
  /** Where Grafana is, as a URL or a path. Default none: links start with `/d/`. */
  readonly dashboardUrl?: string | undefined;
}

/** Options with nothing left to decide. */
export interface RulesSettings {
  readonly slow: { readonly text: string; readonly seconds: number };
  /** Share of cancels that may be slow. */
  readonly budget: number;
  readonly objective: number;
  /** Matchers, without braces; empty for all. */
  readonly selector: string;
  readonly processLabels: readonly string[];
  readonly runbookUrl: string;
  readonly dashboardUrl: string;
}

const UNITS = { ms: 0.001, s: 1 } as const;
const OBJECTIVE_MIN = 0.94;
const PLACE = /^(?:https?:\/\/)?[\w./~:@%+-]*$/; // RO4: no quote, no brace, no query to add a query to
const LABEL = /^[a-zA-Z_]\w*$/;
const OWN_LABELS: ReadonlySet<string> = new Set([...Object.keys(LABELS), 'le', '__name__']);

/**
 * The settings of these options.
 *
 * @throws {InvalidArgumentError} one cannot be; its `argument` says which.
 */
export function rulesSettings(options: RulesOptions = {}): RulesSettings {
  const {
    slow = `${LATENCY.warn * 1_000}ms`,
    objective = OBJECTIVE,
    selector = '',
    processLabels = ['pod'],
    runbookUrl = 'dashboards/runbooks',
    dashboardUrl = '',
  } = options;
  const labels = ['instance', ...processLabelsOf(processLabels)];
  return {
    slow: slowOf(slow),
    objective: objectiveOf(objective),
    budget: Number((1 - objective).toPrecision(6)), // 1 - 0.99 is 0.010000000000000009
    selector: selectorOf(selector, labels),
    processLabels: labels,
    runbookUrl: placeOf('runbookUrl', runbookUrl),
    dashboardUrl: placeOf('dashboardUrl', dashboardUrl),
  };
}

function slowOf(text: unknown): RulesSettings['slow'] {
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(String(text)) ?? [];
  if (typeof text !== 'string' || digits === undefined) {
    throw new InvalidArgumentError('slow', "a length of time such as '500ms' or '2.5s'", text);
  }
  const seconds = Number((Number(digits) * UNITS[unit as keyof typeof UNITS]).toPrecision(9));
  const possible = METRICS.latency.buckets.filter((boundary) => !Number.isInteger(boundary));
  if (!possible.includes(seconds)) {
    const below = possible.filter((boundary) => boundary < seconds).slice(-1);
    const above = possible.filter((boundary) => boundary > seconds).slice(0, 1);
    const nearest = [...below, ...above].map((boundary) => `${boundary * 1_000}ms`).join(' and ');
    throw new InvalidArgumentError(
      'slow',
      `a boundary of the latency buckets and no whole second; nearest: ${nearest}`,
      text,
    ); // RO1
  }
  return { text, seconds };
}

function objectiveOf(objective: unknown): number {
  if (typeof objective !== 'number' || !(objective >= OBJECTIVE_MIN && objective < 1)) {
    const fastest = Math.max(...BURN_RATES.map(({ factor }) => factor));
    const expected = `a share from ${OBJECTIVE_MIN} to below 1 (a budget can only burn ${fastest} times too fast if it is small)`;
    throw new InvalidArgumentError('objective', expected, objective); // RO2
  }
  return objective;
}

function processLabelsOf(labels: unknown): readonly string[] {
  const good =
    Array.isArray(labels) && labels.every((label) => typeof label === 'string' && LABEL.test(label) && label !== 'job');
  const own = good ? labels.find((label: string) => OWN_LABELS.has(label)) : undefined;
  if (!good || own !== undefined) {
    const expected = 'names of labels that tell processes apart, such as pod';
    throw new InvalidArgumentError('processLabels', expected, own ?? labels); // RO4
  }
  return labels.filter((label) => label !== 'instance');
}

function selectorOf(selector: unknown, processLabels: readonly string[]): string {
  const matchers = matchersIn(selector);
  if (matchers === undefined) {
    throw new InvalidArgumentError('selector', `PromQL matchers without braces, such as job="api"`, selector); // RO4
  }
  for (const { label } of matchers) {
    if (!OWN_LABELS.has(label) && !processLabels.includes(label)) continue;
    const expected = `matchers on labels every series of a service has, such as job; "${label}" is not one`;
    throw new InvalidArgumentError('selector', expected, selector); // RO3
  }
  return matchers.map(({ text }) => text).join(',');
}

function placeOf(option: string, place: unknown): string {
  if (typeof place !== 'string' || !PLACE.test(place)) {
    throw new InvalidArgumentError(option, 'an http(s) URL or a path, without a query', place); // RO4
  }
  return place.replace(/\/+$/, '');
}
