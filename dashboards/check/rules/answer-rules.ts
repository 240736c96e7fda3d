/** Rules about what becomes of a query's answer: how it is parsed, named and drawn. */
import { CATALOGUE } from '../catalogue.ts';
import type { Panel } from '../dashboard-json.ts';
import { argumentsOf, unwrapped } from '../promql/parse.ts';
import { callsOf, type Expression } from '../promql/expression.ts';
import { eachPanel, eachQuery, type Rule } from '../rule.ts';

const EDGE_FIELDS = ['id', 'source', 'target'];
const STATS = ['mainstat', 'secondarystat'];

export const ANSWER_RULES: readonly Rule[] = [
  {
    id: 'D10',
    severity: 'error',
    what: 'Every expression parses, by the grammar of the editor and by promtool.',
    check: (subject) => {
      const queries = subject.dashboards.flatMap(({ file, queries: own }) => own.map((query) => ({ file, ...query })));
      const said = subject.promtool?.judge(queries.map(({ expression }) => expression.text)) ?? [];
      return queries.flatMap(({ file, where, expression }, index) => {
        const faults = [...expression.faults, said[index]].filter((fault) => fault !== undefined);
        return faults.slice(0, 1).map((message) => ({ file, panel: where, message }));
      });
    },
  },
  {
    id: 'D19',
    severity: 'error',
    what: 'Exemplars are asked for over a range, of raw series that have some.',
    check: eachQuery(function* ({ expression, of }) {
      if (of?.target.exemplar !== true) return;
      if (of.target.range !== true) yield 'asks for exemplars of an instant';
      const without = expression.selectors.filter(({ metric }) => CATALOGUE.get(metric)?.exemplars !== true);
      for (const { metric } of without) yield `asks for exemplars of ${metric}, which has none`;
    }),
  },
  {
    id: 'D20',
    severity: 'error',
    what: 'A heatmap is fed with buckets by le.',
    check: eachQuery(function* ({ expression, of }) {
      if (of?.panel.type !== 'heatmap') return;
      const { format, legendFormat } = of.target;
      if (format !== 'heatmap' || legendFormat !== '{{le}}') yield 'must have the format heatmap and the legend {{le}}';
      if (!isByBucket(expression)) yield 'must be a sum by (le) of rates or increases';
    }),
  },
  {
    id: 'D21',
    severity: 'error',
    what: 'A node graph gets edges whose fields really have the names it looks for.',
    check: eachPanel(function* (panel, { queries }) {
      if (panel.type !== 'nodeGraph') return;
      for (const { expression, of } of queries.filter((query) => query.of?.panel === panel)) {
        if (of?.target.format !== 'table' || of.target.instant !== true) yield 'must ask for an instant, as a table';
        const missing = EDGE_FIELDS.filter((field) => expression.yields?.includes(field) !== true);
        if (missing.length > 0) yield `has edges without ${missing.join(', ')}`;
      }
      if (JSON.stringify(panel.transformations) !== JSON.stringify(recipeFor(panel))) {
        yield 'must drop Time, merge, calculate mainstat and secondarystat, and drop the values, in this order';
      }
    }),
  },
  {
    id: 'D28',
    severity: 'warning',
    what: 'Each of several series is named by the labels it has.',
    check: eachQuery(function* ({ expression, of }) {
      if (of === undefined || of.target.format === 'table') return;
      const named = [...of.target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => String(match[1]));
      const differing = (expression.yields ?? []).filter((label) => !named.includes(label));
      const absent = named.filter((label) => expression.yields?.includes(label) === false);
      for (const label of differing) yield `has series that differ in ${label}, and a legend that does not`;
      for (const label of absent) yield `names series by ${label}, which they do not have`;
    }),
  },
];

function isByBucket({ root, yields, selectors }: Expression): boolean {
  const rates = ['rate', 'increase'].flatMap((name) => callsOf(root, name));
  const summed = argumentsOf(root).at(-1);
  return (
    root.name === 'AggregateExpr' &&
    root.text.startsWith('sum') &&
    yields?.join() === 'le' &&
    summed !== undefined &&
    rates.includes(unwrapped(summed)) &&
    selectors.every(({ metric }) => metric.endsWith('_bucket'))
  );
}

/** What makes edges of one answer, or of two: the same in Grafana 10.4 to 13. */
function recipeFor({ targets = [] }: Panel): object[] {
  const values = targets.map(({ refId }) => (targets.length === 1 ? 'Value' : `Value #${refId}`));
  const without = (names: readonly string[]): object => ({
    id: 'organize',
    options: {
      excludeByName: Object.fromEntries(names.map((name) => [name, true])),
      renameByName: {},
      indexByName: {},
    },
  });
  const stats = values.map((value, index) => ({
    id: 'calculateField',
    options: {
      mode: 'reduceRow',
      reduce: { reducer: 'sum', include: [value] },
      alias: STATS[index],
      replaceFields: false,
    },
  }));
  const merge = values.length === 1 ? [] : [{ id: 'merge', options: {} }];
  return [without(['Time']), ...merge, ...stats, without(values)];
}
