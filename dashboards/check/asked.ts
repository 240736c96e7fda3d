/** Queries as Grafana sends them: with the values of variables and macros put in. */
import type { DashboardFile, Variable } from './dashboard-json.ts';

/** What was chosen of a dashboard's variables: one value, or several; what is not named is at All, or at its default. */
export type Chosen = Readonly<Record<string, string | readonly string[]>>;

/** How long Grafana's macros are, in PromQL. */
export interface Windows {
  readonly rateInterval: string;
  readonly range: string;
}

/** An expression as Grafana would ask it; rates are over one minute, and the last hour is shown, unless told otherwise. */
export function asAsked(
  { templating }: DashboardFile,
  expr: string,
  chosen: Chosen = {},
  { rateInterval, range }: Windows = { rateInterval: '1m', range: '1h' },
): string {
  const values = templating.list.map((variable): [string, string] => [
    variable.name,
    interpolated(variable, chosen[variable.name]),
  ]);
  return [['__rate_interval', rateInterval] as const, ['__range', range] as const, ...values]
    .toSorted(([left], [right]) => right.length - left.length)
    .reduce((filled, [name, value]) => filled.replaceAll(`$${name}`, () => value), expr);
}

/**
 * What Grafana's Prometheus data source puts in the place of a variable. One that takes several values, or all, is meant
 * for `=~`: each value is escaped as a regular expression and then as the string that holds it, and several become
 * alternatives. The custom value for All goes in as it is.
 *
 * @see Grafana issue 6888, https://github.com/grafana/grafana/issues/6888
 */
function interpolated(
  { multi = false, includeAll = false, allValue, current }: Variable,
  chosen: string | readonly string[] | undefined,
): string {
  if (chosen === undefined) return allValue ?? String(current?.value);
  const values = [chosen].flat();
  if (!multi && !includeAll) return values.join();
  const escaped = values.map((value) =>
    value.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`).replaceAll('\\', String.raw`\\`),
  );
  return escaped.length === 1 ? escaped.join() : `(${escaped.join('|')})`;
}
