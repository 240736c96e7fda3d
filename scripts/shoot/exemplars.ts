/**
 * Exemplars: single cancels drawn over a graph.
 *
 * EX1. Of those in one stretch of time the slowest stays, and others that are far from the last that stayed, as in Grafana:
 *      Prometheus gives all.
 */

/** Exemplars of one series, as Prometheus writes them. */
export interface SeriesExemplars {
  readonly exemplars: readonly { readonly timestamp: number; readonly value: string }[];
}

/** Exemplars as columns. */
export interface ExemplarFrame {
  readonly name: 'exemplar';
  readonly meta: { readonly dataTopic: 'annotations' };
  readonly fields: readonly {
    readonly name: string;
    readonly type: 'time' | 'number';
    readonly config: object;
    readonly values: readonly number[];
  }[];
  readonly length: number;
}

const STRETCHES = 60;
/** So many standard deviations are far. */
const FAR = 2;

/** The exemplars a graph shows (EX1). */
export function exemplarFrame(answer: readonly SeriesExemplars[]): ExemplarFrame {
  const all = answer
    .flatMap(({ exemplars }) =>
      exemplars.map(({ timestamp, value }) => ({ time: timestamp * 1_000, value: Number(value) })),
    )
    .toSorted((a, b) => b.value - a.value);
  const times = all.map(({ time }) => time);
  const from = Math.min(...times);
  const stretch = Math.max((Math.max(...times) - from) / STRETCHES, 1);
  const far = FAR * deviationOf(all.map(({ value }) => value));
  const lastKept = new Map<number, number>();
  const shown = all
    .filter(({ time, value }) => {
      const index = Math.floor((time - from) / stretch);
      const last = lastKept.get(index);
      const stays = last === undefined || last - value >= far;
      if (stays) lastKept.set(index, value);
      return stays;
    })
    .toSorted((a, b) => a.time - b.time);
  return {
    name: 'exemplar',
    meta: { dataTopic: 'annotations' }, // or they would be drawn as one more line
    fields: [
      { name: 'Time', type: 'time', config: {}, values: shown.map(({ time }) => time) },
      { name: 'Value', type: 'number', config: {}, values: shown.map(({ value }) => value) },
    ],
    length: shown.length,
  };
}

function deviationOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
