/**
 * Grafana's macros in PromQL, which no parser knows.
 *
 * MA1. A macro becomes a length of time nobody writes, so that it can be told from a literal afterwards.
 * MA2. A variable stays where it stands in a string. Elsewhere it becomes its current value, if that is a number.
 */

const LENGTHS: Readonly<Record<string, string>> = {
  $__rate_interval: '61s',
  $__range: '3601s',
  $__interval: '31s',
}; // MA1

/** PromQL without macros; `values` are the current values of variables. */
export function withoutMacros(expr: string, values: ReadonlyMap<string, string>): string {
  return expr.replaceAll(/"(?:[^"\\]|\\.)*"|\$\w+/g, (found) => {
    if (found.startsWith('"')) return found; // MA2
    const value = values.get(found.slice(1));
    return LENGTHS[found] ?? (value !== undefined && Number.isFinite(Number(value)) ? value : found);
  });
}

/** A window as it was written, before {@link withoutMacros}. */
export function asWritten(window: string): string {
  return Object.keys(LENGTHS).find((macro) => LENGTHS[macro] === window) ?? window;
}
