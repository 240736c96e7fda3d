/**
 * Answers of Prometheus to the instant queries of one panel, as frames the way Grafana's data source for Prometheus
 * makes them for queries in table format.
 *
 * F1. A query has one frame: the time, a column of text for each label in order of the alphabet, and the value.
 * F2. The value is named `Value`, but `Value #A` where the panel has several queries.
 * F3. Where the panel has several queries, an empty answer has time and value too, without rows. A lone one has no fields.
 */

/** A value and the labels it is for. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The answer to one query. */
export interface Answer {
  readonly refId: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly samples: readonly Sample[];
}

/** A column of a frame. */
export interface Column {
  readonly name: string;
  readonly type: 'time' | 'string' | 'number';
  readonly config: Readonly<Record<string, unknown>>;
  readonly values: readonly unknown[];
}

/** What a panel gets for one query. */
export interface Frame {
  readonly refId: string;
  readonly fields: readonly Column[];
  readonly length: number;
}

/** The frames of a panel. */
export function tableFrames(answers: readonly Answer[]): Frame[] {
  return answers.map(({ refId, time, samples }) => {
    if (answers.length === 1 && samples.length === 0) return { refId, fields: [], length: 0 }; // F3
    const labels = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].toSorted();
    return {
      refId,
      fields: [
        { name: 'Time', type: 'time', config: {}, values: samples.map(() => time) },
        ...labels.map((name) => labelColumn(name, samples)),
        {
          name: answers.length === 1 ? 'Value' : `Value #${refId}`, // F2
          type: 'number',
          config: {},
          values: samples.map(({ value }) => value),
        },
      ],
      length: samples.length,
    };
  });
}

function labelColumn(name: string, samples: readonly Sample[]): Column {
  const values = samples.map(({ labels }) => labels[name] ?? '');
  return { name, type: 'string', config: { filterable: true }, values };
}
