/**
 * Expressions: the PromQL of rules, made from the telemetry table, so that a renamed metric or label breaks the build.
 *
 * EX1. A sum names the labels it drops, not those it keeps: what a service's series carry besides survives.
 * EX2. A recorded name is level:metric:operations; the level is what the sum keeps of the metric's own labels, after the job.
 * EX3. Every selector carries the one the rules are made for.
 */
import {
  METRICS,
  type LABELS,
  type LabelName,
  type MetricDefinition,
  type MetricKey,
} from '../../instrumentation/index.ts';
import type { RulesSettings } from './options.ts';
import type { RecordingRule } from './rule.ts';
import type { Window } from './thresholds.ts';

type LabelOf<K extends MetricKey> = (typeof METRICS)[K]['labels'][number];
type ValueOf<L> = L extends LabelName ? ((typeof LABELS)[L] extends readonly (infer Value)[] ? Value : string) : string;

/** Which series of a metric: its values of a label. */
export type Where<L> = L extends unknown
  ? readonly [label: L, operator: '=' | '=~' | '!~', ...values: readonly [ValueOf<L>, ...ValueOf<L>[]]]
  : never;

/** A rate to record. */
export interface Rate<K extends MetricKey> {
  readonly of: K;
  /** Of a histogram, which of its series. */
  readonly part?: '_bucket' | '_count';
  readonly over: Window;
  /** Labels of the metric to add up over; processes always are. */
  readonly without?: readonly LabelOf<K>[];
  readonly where?: readonly Where<LabelOf<K> | 'le'>[];
}

/** What makes expressions for one set of rules. */
export class Expressions {
  readonly #settings: RulesSettings;

  constructor(settings: RulesSettings) {
    this.#settings = settings;
  }

  /** Series of a metric. */
  series<K extends MetricKey>(
    key: K,
    where: readonly Where<LabelOf<K> | 'le'>[] = [],
    part: '' | '_bucket' | '_count' = '',
  ): string {
    return this.#select(METRICS[key].prometheusName + part, where);
  }

  /** Series that a rule recorded. */
  recorded(rule: RecordingRule, where: readonly Where<LabelName | 'le'>[] = []): string {
    return this.#select(rule.record, where);
  }

  /** Series with a name from elsewhere. */
  foreign(name: 'up'): string {
    return this.#select(name, []);
  }

  /** A rate, added up over processes. */
  rate<K extends MetricKey>(rate: Rate<K>): RecordingRule {
    const { of: key, part = '', over, without = [], where = [] } = rate;
    const metric: MetricDefinition = METRICS[key];
    const dropped: readonly string[] = without;
    const kept = [...metric.labels.filter((label) => !dropped.includes(label)), ...(part === '_bucket' ? ['le'] : [])];
    return {
      record: `${levelOf(kept)}:${stemOf(metric) + part}:rate${over}`, // EX2
      expr: `${this.sumWithout(without)} (rate(${this.series(key, where, part)}[${over}]))`,
    };
  }

  /** `sum without` processes and these labels (EX1). */
  sumWithout(labels: readonly string[]): string {
    return `sum without (${[...this.#settings.processLabels, ...labels].join(', ')})`;
  }

  #select(name: string, where: readonly (readonly [string, string, ...string[]])[]): string {
    const own = where.map(([label, operator, ...values]) => `${label}${operator}"${values.join('|')}"`);
    const matchers = [this.#settings.selector, ...own].filter((matcher) => matcher !== ''); // EX3
    return matchers.length === 0 ? name : `${name}{${matchers.join(',')}}`;
  }
}

/** The name of a share of something (EX2). */
export function shareName<K extends MetricKey>(share: {
  readonly of: K;
  readonly what: string;
  readonly over: Window;
  readonly by: readonly (LabelOf<K> | 'instance')[];
}): string {
  return `${levelOf(share.by)}:${stemOf(METRICS[share.of])}:${share.what}_ratio_rate${share.over}`;
}

function levelOf(labels: readonly string[]): string {
  return ['job', ...labels].join('_');
}

function stemOf(metric: MetricDefinition): string {
  return metric.prometheusName.replace(/_total$/, '');
}
