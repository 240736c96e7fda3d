/**
 * Answers of Prometheus to range queries, as frames the way Grafana's data source for Prometheus makes them. Those to
 * instant queries in table format are `test/grafana/framing.ts`'s.
 *
 * PF1. A series has a frame of its own: the time and its values, named by the legend where there is one.
 * PF2. The buckets of a heatmap are one frame, from the lowest up, and none counts what a lower one has counted.
 * PF3. A point that a series lacks and another has is null in a heatmap, and is left out elsewhere.
 */

/** A series of a range query, as Prometheus writes it: seconds since 1970, and a number as text. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [number, string])[];
}

/** A column of a frame. */
export interface SeriesColumn {
  readonly name: string;
  readonly type: 'time' | 'number';
  readonly config: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly values: readonly (number | null)[];
}

/** What a panel gets for a series, or for all buckets of a heatmap. */
export interface SeriesFrame {
  readonly refId: string;
  readonly fields: readonly SeriesColumn[];
  readonly length: number;
}

/** What was asked. */
export interface Asked {
  readonly refId: string;
  /** `{{label}}` stands for a label's value. */
  readonly legend: string;
  readonly stepMs: number;
}

/** A frame for each series (PF1). */
export function lineFrames({ refId, legend, stepMs }: Asked, answer: readonly Series[]): SeriesFrame[] {
  return answer.map(({ metric, values }) => ({
    refId,
    fields: [
      timeColumn(
        values.map(([time]) => time * 1_000),
        stepMs,
      ),
      {
        name: 'Value',
        type: 'number',
        config: legend === '' ? {} : { displayNameFromDS: nameOf(legend, metric) },
        labels: metric,
        values: values.map(([, value]) => numberOf(value)),
      },
    ],
    length: values.length,
  }));
}

/** One frame for all buckets (PF2); none where there are no buckets. */
export function heatmapFrames({ refId, stepMs }: Asked, answer: readonly Series[]): SeriesFrame[] {
  if (answer.length === 0) return [];
  const times = [...new Set(answer.flatMap(({ values }) => values.map(([time]) => time)))].toSorted((a, b) => a - b);
  const buckets = answer
    .map(({ metric, values }) => ({ le: metric['le'] ?? '', at: new Map(values) }))
    .toSorted((a, b) => numberOf(a.le) - numberOf(b.le));
  const columns = buckets.map(({ le, at }, index): SeriesColumn => {
    const below = buckets[index - 1]?.at;
    const values = times.map((time) => countIn(at.get(time), below?.get(time)));
    return { name: le, type: 'number', config: { displayNameFromDS: le }, labels: { le }, values };
  });
  const inMs = times.map((time) => time * 1_000);
  return [{ refId, fields: [timeColumn(inMs, stepMs), ...columns], length: times.length }];
}

/** What Prometheus writes of a number that JSON has none for, too. */
export function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  return text === '-Inf' ? -Infinity : Number(text);
}

function countIn(upToHere: string | undefined, below: string | undefined): number | null {
  if (upToHere === undefined) return null; // PF3
  return Math.max(numberOf(upToHere) - numberOf(below ?? '0'), 0);
}

function timeColumn(values: readonly number[], stepMs: number): SeriesColumn {
  return { name: 'Time', type: 'time', config: { interval: stepMs }, values };
}

function nameOf(legend: string, labels: Readonly<Record<string, string>>): string {
  return legend.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? label);
}
