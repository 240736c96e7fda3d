import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { alertsIn, labelsFor, ruleExpression } from '../../dashboards/check/alerting/groups.ts';
import { hasPromtool, judged } from '../../dashboards/check/promtool.ts';
import { ruleGroups } from '../../src/cli/rules/index.ts';
import { DASHBOARDS_FOLDER, everyPanel, readDashboard } from './dashboard-file.ts';

const FOLDER = join(DASHBOARDS_FOLDER, 'runbooks');
const ALERTS = [...new Set(alertsIn(ruleGroups()).map(({ alert }) => alert))];
const UIDS = readdirSync(DASHBOARDS_FOLDER).flatMap((name) => /^(.*)\.json$/.exec(name)?.[1] ?? []);
const labelsOf = labelsFor(ruleGroups());

function queriesIn(text: string): string[] {
  return [...text.matchAll(/^```promql\n([\s\S]*?)\n```$/gm)].map(([, query]) => String(query));
}

/** Dashboard and title of every panel it names. */
function panelsIn(text: string): [uid: string, title: string][] {
  return [...text.matchAll(/^- `([\w-]+)`: (.*)$/gm)].flatMap(([, uid, titles]) =>
    [...String(titles).matchAll(/"([^"]+)"/g)].map(([, title]): [string, string] => [String(uid), String(title)]),
  );
}

test('there is one runbook for each alert, and no other', () => {
  const files = readdirSync(FOLDER);

  expect(files.toSorted()).toEqual(ALERTS.map((alert) => `${alert}.md`).toSorted());
});

describe.each(ALERTS)('%s', (alert) => {
  const text = readFileSync(join(FOLDER, `${alert}.md`), 'utf8');
  const queries = queriesIn(text);
  const panels = panelsIn(text);

  test('says what it means, how urgent it is, why, where to look and what to do', () => {
    const parts = [
      `# ${alert}`,
      '**Meaning.** ',
      '**Urgency.** ',
      '## Likely causes',
      '## Queries',
      '## Panels',
      '## What to do',
    ];
    const places = parts.map((part) => text.indexOf(part));

    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(places[0]).toBe(0);
    expect(queries.length).toBeGreaterThan(1);
    expect(panels.length).toBeGreaterThan(1);
  });

  test('is as urgent as its alert', () => {
    const severities = alertsIn(ruleGroups()).flatMap((rule) => (rule.alert === alert ? rule.labels['severity'] : []));
    const said = /\*\*Urgency\.\*\* (\w+):/.exec(text)?.[1]?.toLowerCase();

    expect(said).toBe(severities[0]);
  });

  test('asks for metrics and labels there are', () => {
    for (const query of queries) {
      for (const { metric, matchers } of ruleExpression(query).selectors) {
        const labels = labelsOf(metric);

        expect(labels, `${metric} in ${query}`).toBeDefined();
        expect(labels, query).toEqual(expect.arrayContaining(matchers.map(({ label }) => label)));
      }
    }
  });

  test('has queries Prometheus accepts', ({ skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    expect(judged(queries)).toEqual(queries.map(() => undefined));
  });

  test.each(panels)('names a panel there is: %s, %s', (uid, title) => {
    const titles = everyPanel(readDashboard(`${uid}.json`)).flatMap((panel) =>
      panel.type === 'row' ? [] : [panel.title],
    );

    expect(UIDS).toContain(uid);
    expect(titles).toContain(title);
  });

  test('links to files there are', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => String(link));

    expect(links.filter((link) => !existsSync(join(FOLDER, link)))).toEqual([]);
  });
});
