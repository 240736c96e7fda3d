/** Variables: what a reader chooses at the top of every dashboard. Each narrows the ones below it. */
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { labelValues } from './query.ts';

/** The data source every panel and variable reads. */
export const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };

const ALL = { text: ['All'], value: ['$__all'] };

/** Data source, job, instance and scope, in that order. */
export function variables(): (DatasourceVariableBuilder | QueryVariableBuilder)[] {
  return [
    new DatasourceVariableBuilder('datasource')
      .label('Data source')
      .description('The Prometheus that scrapes the services.')
      .type('prometheus'),
    choice('job', 'Job', 'Services that report cancellations.', labelValues('buildInfo', 'job', [])),
    choice('instance', 'Instance', 'Processes of these jobs.', labelValues('buildInfo', 'instance', ['job'])),
    choice('scope', 'Scope', 'Names of scopes.', labelValues('scopesOpened', 'scope', ['job', 'instance'])),
  ];
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
