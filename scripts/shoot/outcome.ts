/**
 * What came of a dashboard's panels, as a line, and whether that is a failure.
 *
 * OC1. A panel that has an error or drew nothing of an answer fails; one whose queries found nothing is only named.
 */
import type { Panel } from '../../dashboards/check/dashboard-json.ts';

/** What the page says of a panel. */
export interface DrawnPanel {
  readonly standIn: boolean;
  readonly state: string;
  readonly error?: string;
  /** How many values its queries gave. */
  readonly answered: number;
  /** How many it had to draw, after its transformations. */
  readonly values: number;
}

/** What came of a dashboard. */
export interface Outcome {
  readonly line: string;
  /** One for each panel that has failed. */
  readonly faults: readonly string[];
}

/** Judges what the page drew of these panels. */
export function outcomeOf(
  name: string,
  panels: readonly Panel[],
  drawn: Readonly<Record<string, DrawnPanel>>,
): Outcome {
  const all = panels.map(({ id, title }) => ({ title, panel: drawn[id] }));
  const missing = all.filter(({ panel }) => panel === undefined).map(({ title }) => title);
  const known = all.flatMap(({ title, panel }) => (panel === undefined ? [] : [{ title, ...panel }]));
  const wrong = known.filter(({ error, state }) => error !== undefined || state !== 'Done');
  const empty = known.filter(({ values, state }) => values === 0 && state === 'Done');
  const lost = empty.filter(({ answered }) => answered > 0);
  const titlesOf = (some: readonly { title: string }[]): string =>
    some.length === 0 ? '0' : `${some.length} (${some.map(({ title }) => title).join(', ')})`;
  const line = [
    `${name}: ${known.length} of ${panels.length} panels drawn`,
    `${known.filter(({ standIn }) => standIn).length} stand-ins`,
    `${titlesOf(empty)} empty`,
    `${wrong.length + missing.length} errors`,
  ].join(', ');
  return {
    line,
    faults: [
      ...missing.map((title) => `"${title}" was not drawn`),
      ...wrong.map(({ title, error, state }) => `"${title}" failed: ${error ?? state}`),
      ...lost.map(({ title, answered }) => `"${title}" is empty, although its queries gave ${answered} values`),
    ], // OC1
  };
}
