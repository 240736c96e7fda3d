/** Rules about variables and links. */
import { CATALOGUE } from '../catalogue.ts';
import { queryOf, type Variable } from '../dashboard-json.ts';
import { expressionOf } from '../promql/expression.ts';
import { type Complaint, type Dashboard, each, type Rule, type Subject } from '../rule.ts';

const LABEL_VALUES = /^label_values\((.+), (\w+)\)$/s;

export const VARIABLE_RULES: readonly Rule[] = [
  {
    id: 'D03',
    severity: 'error',
    what: 'The data source is a variable, a Prometheus.',
    check: each(function* ({ json }) {
      const found = json.templating.list.find(({ type }) => type === 'datasource');
      if (found?.name !== 'datasource' || found.label !== 'Data source' || queryOf(found) !== 'prometheus') {
        yield ['datasource', 'must be a data source variable, labelled "Data source", of type prometheus'];
      }
    }),
  },
  {
    id: 'D04',
    severity: 'error',
    what: 'Job and instance can be chosen, several at once and all of them.',
    check: each(function* ({ json }) {
      for (const [name, label] of [
        ['job', 'Job'],
        ['instance', 'Instance'],
      ] as const) {
        const variable = json.templating.list.find((one) => one.name === name);
        if (variable?.type !== 'query' || variable.label !== label) yield [name, `must be a query, labelled ${label}`];
        else if (variable.multi !== true || variable.includeAll !== true || variable.allValue !== '.+') {
          yield [name, 'must take several values, and all, as .+'];
        }
      }
    }),
  },
  {
    id: 'D05',
    severity: 'error',
    what: 'Variables are filled by a selector that parses, again when the time range changes.',
    check: each(function* ({ json }) {
      for (const variable of queried(json.templating.list)) {
        if (variable.refresh !== 2) yield [variable.name, 'must be refreshed when the time range changes'];
        const [, selector] = LABEL_VALUES.exec(queryOf(variable)) ?? [];
        const faults = selector === undefined ? ['is no label_values(…)'] : expressionOf(selector).faults;
        for (const fault of faults) yield [variable.name, fault];
      }
    }),
  },
  {
    id: 'D24',
    severity: 'error',
    what: 'Variables that are used exist, those that exist are used, and links lead somewhere.',
    check: each(function* (dashboard, subject) {
      const { panels, templating, annotations } = dashboard.json;
      const defined = templating.list.map(({ name }) => name);
      const used = new Set(
        JSON.stringify([panels, templating, annotations])
          .match(/\$(?!__)\{?(?!__)\w+/g)
          ?.map(nameIn),
      );
      for (const name of used) if (!defined.includes(name)) yield [name, 'is used and does not exist'];
      for (const name of defined) if (!used.has(name)) yield [name, 'is not used'];
      for (const { includeVars, keepTime } of dashboard.json.links) {
        if (!includeVars || !keepTime) yield ['', 'has a link that loses the variables or the time'];
      }
      if (dashboard.json.links.length === 0) yield ['', 'has no link to the other dashboards'];
      yield* deadLinks(dashboard, subject);
    }),
  },
];

/** What is wrong with the metrics and labels variables are filled from. */
export function* unknownInVariables({ json }: Dashboard): Generator<Complaint> {
  for (const variable of queried(json.templating.list)) {
    const [, selector, label] = LABEL_VALUES.exec(queryOf(variable)) ?? [];
    for (const { metric } of expressionOf(selector ?? '').selectors) {
      const series = CATALOGUE.get(metric);
      if (series === undefined) yield [variable.name, `${metric} is no metric`];
      else if (!series.labels?.includes(String(label))) yield [variable.name, `${metric} has no label ${label}`];
    }
  }
}

function queried(variables: readonly Variable[]): Variable[] {
  return variables.filter(({ type }) => type === 'query');
}

function* deadLinks({ panels }: Dashboard, { dashboards }: Subject): Generator<Complaint> {
  for (const panel of panels) {
    for (const [, url] of JSON.stringify(panel.fieldConfig ?? {}).matchAll(/"url":"([^"]*)"/g)) {
      const wrong = faultOfLink(String(url), dashboards);
      if (wrong !== undefined) yield [panel.title, wrong];
    }
  }
}

/** What is wrong with a link to a dashboard: where it leads, or the variables it sets there. */
export function faultOfLink(url: string, dashboards: readonly Dashboard[]): string | undefined {
  const [, uid] = /\/d\/([\w-]+)/.exec(url) ?? [];
  const target = dashboards.find(({ json }) => json.uid === uid);
  if (target === undefined) return `links to ${url}, which is no dashboard here`;
  const names = new Set(target.json.templating.list.map(({ name }) => name));
  const set = [...url.matchAll(/[?&]var-(\w+)=/g)].map((match) => String(match[1]));
  const missing = set.filter((name) => !names.has(name));
  return missing.length === 0 ? undefined : `links to ${uid} and sets ${missing.join()}, which it does not have`;
}

function nameIn(use: string): string {
  return use.replace(/^\$\{?/, '');
}
