/** What can be wrong between the rules and what stands around them: runbooks, dashboards, promtool's tests, Alertmanager. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { RuleGroup } from '../../src/cli/rules/index.ts';
import { DASHBOARDS_FOLDER } from './dashboard-file.ts';
import { alertsIn, recordingIn } from './rules-faults.ts';

/** The uids of the committed dashboards, which are the names of their files. */
export const DASHBOARD_UIDS: ReadonlySet<string> = new Set(
  readdirSync(DASHBOARDS_FOLDER).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -'.json'.length)] : [])),
);

export const TESTS_FOLDER = join(DASHBOARDS_FOLDER, 'rules/tests');

/** promtool's test files, by name. */
export function ruleTests(): ReadonlyMap<string, string> {
  const files = readdirSync(TESTS_FOLDER).filter((name) => name.endsWith('.yaml'));
  return new Map(files.map((name) => [name, readFileSync(join(TESTS_FOLDER, name), 'utf8')]));
}

/** R07: annotations somebody woken up can read, and follow. */
export function annotationFaults(groups: readonly RuleGroup[]): string[] {
  return alertsIn(groups).flatMap(({ alert, annotations }) => {
    const { summary = '', description = '', runbook_url: runbook = '', dashboard_url: dashboard = '' } = annotations;
    const uid = /\/d\/([\w-]+)/.exec(dashboard)?.[1] ?? '';
    return [
      ...(/^[A-Z][^{]*\.$/.test(summary) ? [] : [`${alert}: summary ${summary}`]),
      ...(/\{\{.*\.$/.test(description) ? [] : [`${alert}: description ${description}`]),
      ...(existsSync(join(DASHBOARDS_FOLDER, '..', runbook)) && runbook !== '' ? [] : [`${alert}: no ${runbook}`]),
      ...(DASHBOARD_UIDS.has(uid) ? [] : [`${alert}: no dashboard ${uid}`]),
    ];
  });
}

/** R12: every alert fires in a test and is silent in another; every record has a value in one; and the three special cases. */
export function coverageFaults(groups: readonly RuleGroup[], tests: ReadonlyMap<string, string>): string[] {
  const all = [...tests.values()].join('\n');
  const cases = [...all.matchAll(/alertname: (\w+)(?:,|\n)\s+exp_alerts:( \[\])?/g)];
  const names = new Set(alertsIn(groups).map(({ alert }) => alert));
  const values = new Set(
    [...all.matchAll(/- expr: (\S+)\n\s+eval_time: .*\n\s+exp_samples:\n/g)].map(([, expr]) => expr),
  );
  const special = {
    'no data': /name: .*no data/,
    'zero traffic': /name: .*stand still/,
    'counter reset': /name: .*reset/,
  };
  return [
    ...[...names].flatMap((name) => {
      const own = cases.filter(([, alert]) => alert === name);
      const fires = own.some(([, , empty]) => empty === undefined);
      const isSilent = own.some(([, , empty]) => empty !== undefined);
      return [...(fires ? [] : [`${name} never fires`]), ...(isSilent ? [] : [`${name} is never silent`])];
    }),
    ...recordingIn(groups).flatMap(({ record }) => (values.has(record) ? [] : [`${record} has no value`])),
    ...Object.entries(special).flatMap(([what, title]) => (title.test(all) ? [] : [`no case for ${what}`])),
  ];
}

/** R13: an alert at two severities has an Alertmanager rule by which the higher one silences the lower. */
export function inhibitionFaults(groups: readonly RuleGroup[], alertmanager: string): string[] {
  const severities = new Map<string, Set<string>>();
  for (const { alert, labels } of alertsIn(groups)) {
    severities.set(alert, (severities.get(alert) ?? new Set()).add(labels['severity'] ?? ''));
  }
  return [...severities].flatMap(([alert, { size }]) => {
    const inhibits = new RegExp(
      `source_matchers: .*${alert}.*critical[\\s\\S]*target_matchers: .*${alert}.*warning[\\s\\S]*equal: .*job`,
    ).test(alertmanager);
    return size > 1 && !inhibits ? [alert] : [];
  });
}
