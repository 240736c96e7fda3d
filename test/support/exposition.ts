/** A reader of the Prometheus text formats, plain and OpenMetrics: strict about what it knows. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly at: number;
  };
}

export interface Exposition {
  /** Type of each metric family, by the name the text gives it. */
  readonly types: ReadonlyMap<string, string>;
  readonly samples: readonly Sample[];
  /** The samples with exactly this name, and at least these labels. */
  find(name: string, labels?: Readonly<Record<string, string>>): readonly Sample[];
  /** The one sample with this name and at least these labels. */
  value(name: string, labels?: Readonly<Record<string, string>>): number;
}

const LINE = /^([a-z_]\w*)(?:\{([^}]*(?:"[^"]*"[^}]*)*?)\})? (\S+)(?: # \{(.*)\} (\S+) (\S+))?$/;

/** @throws when a line fits neither format, or two lines have equal names and labels. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>();
  const samples: Sample[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line);
    if (type !== null) types.set(type[1]!, type[2]!);
    if (line === '' || line.startsWith('#')) continue;
    const match = LINE.exec(line);
    if (match === null) throw new Error(`not a sample: ${line}`);
    const [, name = '', labelText = '', value = '', exemplarLabels, exemplarValue, at] = match;
    const labels = labelsOf(labelText);
    const pairs = Object.entries(labels).map(([label, text]) => `${label}="${text}"`);
    const key = `${name}{${pairs.sort((a, b) => a.localeCompare(b)).join()}}`;
    if (seen.has(key)) throw new Error(`twice: ${line}`);
    seen.add(key);
    samples.push({
      name,
      labels,
      value: Number(value),
      ...(exemplarLabels !== undefined && {
        exemplar: { labels: labelsOf(exemplarLabels), value: Number(exemplarValue), at: Number(at) },
      }),
    });
  }
  const find = (name: string, labels: Readonly<Record<string, string>> = {}): Sample[] =>
    samples.filter(
      (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
    );
  return {
    types,
    samples,
    find,
    value(name, labels) {
      const found = find(name, labels);
      if (found.length !== 1) throw new Error(`${found.length} samples of ${name} ${JSON.stringify(labels)}`);
      return found[0]!.value;
    },
  };
}

function labelsOf(text: string): Record<string, string> {
  return Object.fromEntries(Array.from(text.matchAll(/(\w+)="([^"]*)"/g), ([, name, value]) => [name, value]));
}
