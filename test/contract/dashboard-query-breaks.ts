/** Ways to break a dashboard's queries and what becomes of their answers, each against one rule. */
import { type Break, edit, fill, window, without } from './dashboard-edits.ts';
import { panelOf, targetOf } from './dashboard-file.ts';

export const QUERY_BREAKS: readonly Break[] = [
  { rule: 'D10', how: 'has an unclosed bracket', break: (it) => edit(it, 'Zombies', (expr) => `(${expr}`) },
  { rule: 'D10', how: 'adds a string', promtool: true, break: (it) => edit(it, 'Zombies', (expr) => `${expr} + "1"`) },
  { rule: 'D11', how: 'takes a rate over a written window', break: (it) => edit(it, 'Cancels', window('5m')) },
  {
    rule: 'D11',
    how: 'takes a rate over the whole time in a graph',
    break: (it) => edit(it, 'Cancels', window('$__range')),
  },
  { rule: 'D11', how: 'takes a rate over $__interval', break: (it) => edit(it, 'Cancels', window('$__interval')) },
  {
    rule: 'D11',
    how: 'takes a rate over a short window in a table',
    of: 'flow',
    break: (it) => edit(it, 'Scope and reason', window('$__rate_interval')),
  },
  {
    rule: 'D11',
    how: 'shows windows of two burn rates as one',
    of: 'slo',
    break: (it) => edit(it, 'Burn rate, 1h and 5m', window('6h')),
  },
  { rule: 'D12', how: 'forgets the job', break: (it) => edit(it, 'Zombies', without('job=~"$job",')) },
  {
    rule: 'D12',
    how: 'reads one job, whichever is chosen',
    break: (it) => edit(it, 'Zombies', (expr) => expr.replace('$job', 'api')),
  },
  { rule: 'D12', how: 'forgets the scope', break: (it) => edit(it, 'Zombies', without(',scope=~"$scope"')) },
  {
    rule: 'D12',
    how: 'asks for the alerts of all jobs',
    break: (it) => edit(it, 'Alerts firing', (expr) => expr.replace(/,job=~"\$job\|?"/, '')),
  },
  {
    rule: 'D13',
    how: 'matches one of several values exactly',
    break: (it) => edit(it, 'Zombies', (expr) => expr.replace('job=~', 'job=')),
  },
  {
    rule: 'D13',
    how: 'matches one scope or all exactly',
    of: 'scope',
    break: (it) => edit(it, 'Zombies', (expr) => expr.replace('scope=~', 'scope=')),
  },
  {
    rule: 'D14',
    how: 'takes the maximum of a counter',
    break: (it) => edit(it, 'Cancels', (expr) => expr.replace('rate(', 'max_over_time(')),
  },
  {
    rule: 'D14',
    how: 'reads a counter as it is',
    break: (it) => edit(it, 'Cancels', (expr) => expr.replace(/^sum\(rate\((.*)\[.*\]\)\)$/, 'sum($1)')),
  },
  {
    rule: 'D14',
    how: 'takes a rate of a gauge',
    break: (it) => edit(it, 'Zombies', (expr) => expr.replace(/^sum\((.*)\)$/, 'sum(rate($1[$__rate_interval]))')),
  },
  {
    rule: 'D15',
    how: 'reads a metric there is not',
    break: (it) => edit(it, 'Zombies', (expr) => expr.replace('zombies', 'undead')),
  },
  {
    rule: 'D15',
    how: 'matches a label the metric does not have',
    break: (it) => edit(it, 'Cancels', (expr) => expr.replace('result=', 'outcome="failed",result=')),
  },
  {
    rule: 'D15',
    how: 'matches a value a label never has',
    break: (it) => edit(it, 'Ignored', (expr) => expr.replaceAll('abandoned', 'given_up')),
  },
  {
    rule: 'D15',
    how: 'keeps a label the metric does not have',
    break: (it) => {
      edit(it, 'Scopes by outcome', (expr) => expr.replace('by (outcome)', 'by (result)'));
      targetOf(it, 'Scopes by outcome').legendFormat = '{{result}}';
    },
  },
  {
    rule: 'D15',
    how: 'fills scopes from a label there is not',
    break: (it) => fill(it, 'scope', (query) => query.replace(', scope)', ', name)')),
  },
  {
    rule: 'D16',
    how: 'sums le away under a quantile',
    break: (it) => edit(it, 'Latency, p99', (expr) => expr.replace('by (le) ', '')),
  },
  { rule: 'D17', how: 'divides by what may be 0', break: (it) => edit(it, 'Ignored', without(' > 0')) },
  {
    rule: 'D18',
    how: 'keeps traces apart',
    break: (it) => {
      edit(it, 'Scopes by outcome', (expr) => expr.replace('by (outcome)', 'by (trace_id)'));
      targetOf(it, 'Scopes by outcome').legendFormat = '{{trace_id}}';
    },
  },
  {
    rule: 'D19',
    how: 'asks for exemplars where there are none',
    break: (it) => void (targetOf(it, 'Zombies').exemplar = true),
  },
  {
    rule: 'D19',
    how: 'asks for exemplars of an instant',
    break: (it) => {
      edit(it, 'Latency, p99', window('$__range'));
      Object.assign(targetOf(it, 'Latency, p99'), { range: false, instant: true, exemplar: true });
    },
  },
  {
    rule: 'D20',
    how: 'draws a heatmap of series',
    break: (it) => void (targetOf(it, 'Latency distribution').format = 'time_series'),
  },
  {
    rule: 'D20',
    how: 'draws a heatmap of maxima',
    break: (it) => edit(it, 'Latency distribution', (expr) => expr.replace('sum', 'max')),
  },
  {
    rule: 'D21',
    how: 'renames a field to mainstat',
    of: 'flow',
    break: (it) => {
      const steps = panelOf(it, 'Flow of cancels').transformations ?? [];
      steps[2] = { id: 'organize', options: { renameByName: { 'Value #A': 'mainstat' } } };
    },
  },
  {
    rule: 'D21',
    how: 'feeds a node graph with series',
    of: 'flow',
    break: (it) =>
      void Object.assign(targetOf(it, 'Flow of cancels'), {
        format: 'time_series',
        legendFormat: '{{id}} {{source}} {{target}}',
      }),
  },
  {
    rule: 'D21',
    how: 'feeds a node graph over a range',
    of: 'flow',
    break: (it) => {
      edit(it, 'Flow of cancels', window('$__rate_interval'));
      Object.assign(targetOf(it, 'Flow of cancels'), { range: true, instant: false });
    },
  },
  {
    rule: 'D21',
    how: 'has edges without an id',
    of: 'flow',
    break: (it) => edit(it, 'Flow of cancels', (expr) => expr.replace('"id"', '"edge"')),
  },
  {
    rule: 'D28',
    how: 'names several series alike',
    break: (it) => void (targetOf(it, 'Scopes by outcome').legendFormat = 'scopes'),
  },
  {
    rule: 'D28',
    how: 'names series by a label that was summed away',
    break: (it) => void (targetOf(it, 'Scopes by outcome').legendFormat = '{{outcome}} {{scope}}'),
  },
  {
    rule: 'D30',
    how: 'does not show what an alert is about',
    break: (it) => {
      const target = targetOf(it, 'Processes by version');
      target.expr = targetOf(it, 'Zombies').expr;
      target.legendFormat = '';
    },
  },
];
