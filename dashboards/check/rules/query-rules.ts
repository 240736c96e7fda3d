/** Rules about how a query reads its metrics. */
import { BURN_RATES } from '../../source/thresholds.ts';
import { CATALOGUE, valuesOf } from '../catalogue.ts';
import { callsOf, divisorsIn, isAboveZero, type Selector } from '../promql/expression.ts';
import { argumentsOf } from '../promql/parse.ts';
import { yieldsOf } from '../promql/yields.ts';
import { each, eachQuery, type Query, type Rule } from '../rule.ts';
import { unknownInVariables } from './variable-rules.ts';

const RATES = new Set(['rate', 'irate', 'increase']);
const NARROWING = ['scope', 'source_thread'];
const UNBOUNDED = new Set(['trace_id', 'span_id', 'id', 'url', 'path', 'message', 'user']);

export const QUERY_RULES: readonly Rule[] = [
  {
    id: 'D11',
    severity: 'error',
    what: 'A rate is taken over $__rate_interval, in an instant query over $__range; over a written window only for a burn rate.',
    check: eachQuery(function* (query) {
      const wanted = query.of?.target.instant === true ? '$__range' : '$__rate_interval';
      const windows = windowsOf(query).filter((window) => window !== wanted);
      if (isBurnRatePanel(query)) return;
      for (const window of new Set(windows)) yield `takes a rate over ${window}, not over ${wanted}`;
    }),
  },
  {
    id: 'D12',
    severity: 'error',
    what: 'Every selector is narrowed by the variables: job, instance, and scope and source thread where there are such labels.',
    check: eachQuery(function* ({ expression }, { json }) {
      const defined = new Set(json.templating.list.map(({ name }) => name));
      for (const { metric, matchers } of expression.selectors) {
        const { origin = 'raw', labels = [] } = CATALOGUE.get(metric) ?? {};
        const own = NARROWING.filter((name) => labels.includes(name) && defined.has(name));
        for (const name of origin === 'raw' ? ['job', 'instance', ...own] : ['job']) {
          // An alert that something is absent has no job: `$job|` lets it through.
          const narrowing = new Set([`$${name}`, ...(origin === 'prometheus' ? [`$${name}|`] : [])]);
          const narrowed = matchers.some(({ label, value }) => label === name && narrowing.has(value));
          if (!narrowed) yield `${metric} is not narrowed by $${name}`;
        }
      }
    }),
  },
  {
    id: 'D13',
    severity: 'error',
    what: 'A variable that can be several values is matched with =~.',
    check: eachQuery(function* ({ expression }, { json }) {
      const several = json.templating.list.filter(({ multi, includeAll }) => multi === true || includeAll === true);
      const uses = new Set(several.map(({ name }) => `$${name}`));
      for (const { label, operator, value } of expression.selectors.flatMap(({ matchers }) => matchers)) {
        if (uses.has(value.replace(/\|$/, '')) && operator !== '=~') yield `matches ${label}${operator}"${value}"`;
      }
    }),
  },
  {
    id: 'D14',
    severity: 'error',
    what: 'What counts is read as a rate, and a gauge is not.',
    check: eachQuery(function* ({ expression }) {
      for (const { metric, inside, window } of expression.selectors) {
        const counts = CATALOGUE.get(metric)?.counts ?? /_(total|bucket|count|sum)$/.test(metric);
        const isRate = window !== undefined && RATES.has(inside ?? '');
        if (counts !== isRate) yield counts ? `reads ${metric} without a rate` : `takes a rate of ${metric}, a gauge`;
      }
    }),
  },
  {
    id: 'D15',
    severity: 'error',
    what: 'Every metric, label and label value is one of the telemetry table.',
    check: each(function* (dashboard) {
      yield* unknownInVariables(dashboard);
      for (const { where, expression } of dashboard.queries) {
        for (const selector of expression.selectors) for (const fault of unknownIn(selector)) yield [where, fault];
        for (const { labels, from } of expression.groupings) {
          const unknown = labels.filter((label) => !UNBOUNDED.has(label) && from?.includes(label) === false);
          for (const label of unknown) yield [where, `keeps ${label}, a label there is not`];
        }
      }
    }),
  },
  {
    id: 'D16',
    severity: 'error',
    what: 'A quantile is taken of buckets that still have their le.',
    check: eachQuery(function* ({ expression }) {
      for (const call of callsOf(expression.root, 'histogram_quantile')) {
        const [, buckets] = argumentsOf(call);
        if (buckets && yieldsOf(buckets)?.includes('le') === false) yield 'takes a quantile of buckets without le';
      }
    }),
  },
  {
    id: 'D17',
    severity: 'error',
    what: 'What is divided by is more than 0.',
    check: eachQuery(function* ({ expression }) {
      const unguarded = divisorsIn(expression.root).filter((divisor) => !isAboveZero(divisor));
      for (const { text } of unguarded) yield `divides by ${text.slice(0, 60)}, which may be 0`;
    }),
  },
  {
    id: 'D18',
    severity: 'error',
    what: 'Nothing is kept apart by a label without bounds.',
    check: eachQuery(function* ({ expression }) {
      const kept = expression.groupings.flatMap(({ labels }) => labels);
      for (const label of kept) if (UNBOUNDED.has(label)) yield `is kept apart by ${label}, which has no bounds`;
    }),
  },
];

/** What a selector names that does not exist. */
function* unknownIn({ metric, matchers }: Selector): Generator<string> {
  const series = CATALOGUE.get(metric);
  if (series === undefined) yield `${metric} is no metric`;
  for (const { label, value } of matchers) {
    if (series?.labels?.includes(label) === false) yield `${metric} has no label ${label}`;
    const closed = valuesOf(label);
    if (closed === undefined || value.startsWith('$')) continue;
    for (const one of value.split('|')) if (!closed.includes(one)) yield `${label} is never ${one}`;
  }
}

function windowsOf({ expression }: Query): string[] {
  return expression.selectors.flatMap(({ window }) => window ?? []);
}

/** Whether a query belongs to a panel that shows both windows of a burn rate, and reads one of them. */
function isBurnRatePanel({ expression, of }: Query): boolean {
  const windows = new Set(expression.selectors.flatMap(({ window }) => window ?? []));
  return (
    windows.size === 1 &&
    BURN_RATES.some(
      ({ long, short }) =>
        [long, short].some((window) => windows.has(window)) &&
        [long, short].every((window) => of?.panel.targets?.some(({ expr }) => expr.includes(`[${window}]`))),
    )
  );
}
