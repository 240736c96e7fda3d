/** Variables: what a reader chooses at the top of every dashboard. Each narrows the ones below it. */
import {
  CustomVariableBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { labelValues } from './query.ts';

/** Any variable. */
export type VariableBuilder = CustomVariableBuilder | DatasourceVariableBuilder | QueryVariableBuilder;

/** The data source every panel and variable reads. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const ALL = { text: ['All'], value: ['$__all'] };

/** Data source, job, instance, scope and source thread, in that order; one scope at a time, or any number of them. */
export function variables({ oneScope = false } = {}): VariableBuilder[] {
  const chosen = ['job', 'instance'];
  const scope = choice('scope', 'Scope', 'Names of scopes.', labelValues('scopesOpened', 'scope', chosen));
  // All stays possible: a link from a dashboard that shows all scopes brings it along.
  if (oneScope) scope.multi(false).current({ text: 'All', value: '$__all' });
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus that scrapes the services.')
      .type('prometheus'),
    choice('job', 'Job', 'Services that report cancellations.', labelValues('buildInfo', 'job', [])),
    choice('instance', 'Instance', 'Processes of these jobs.', labelValues('buildInfo', 'instance', ['job'])),
    scope,
    choice('source_thread', 'Source thread', 'Threads that cancel.', labelValues('requests', 'source_thread', chosen)),
  ];
}

/** One of a few numbers, the first by default. */
export function oneOf(name: string, label: string, description: string, values: readonly number[]): VariableBuilder {
  return new CustomVariableBuilder(name)
    .label(label)
    .description(description)
    .values(values.join(','))
    .current({ text: String(values[0]), value: String(values[0]) });
}

function choice(name: string, label: string, description: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(DATASOURCE)
    .query({ query, refId: 'StandardVariableQuery' })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current(ALL);
}
