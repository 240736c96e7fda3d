import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleGroups } from '../../src/cli/rules/index.ts';
import { DASHBOARDS_FOLDER, everyPanel, readDashboard } from './dashboard-file.ts';
import { complaintsAbout, hasPromtool } from './promtool.ts';
import { DASHBOARD_UIDS } from './rules-documents.ts';
import { Expression, SERIES_LABELS } from './rules-expression.ts';
import { alertsIn, recordedLabels } from './rules-faults.ts';

const FOLDER = join(DASHBOARDS_FOLDER, 'runbooks');
const ALERTS = [...new Set(alertsIn(ruleGroups()).map(({ alert }) => alert))];
const RECORDED = recordedLabels(ruleGroups());

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
      for (const { name, matchers } of new Expression(query).selectors) {
        const labels = SERIES_LABELS.get(name) ?? RECORDED.get(name);

        expect(labels, `${name} in ${query}`).toBeDefined();
        expect(labels, query).toEqual(expect.arrayContaining(matchers.map(({ label }) => label)));
      }
    }
  });

  test('has queries Prometheus accepts', ({ skip }) => {
    skip(!hasPromtool() && process.env['CI'] === undefined, 'promtool is not installed: apt-get install prometheus');

    expect(complaintsAbout(queries)).toBe('');
  });

  test.each(panels)('names a panel there is: %s, %s', (uid, title) => {
    const titles = everyPanel(readDashboard(`${uid}.json`)).flatMap((panel) =>
      panel.type === 'row' ? [] : [panel.title],
    );

    expect(DASHBOARD_UIDS).toContain(uid);
    expect(titles).toContain(title);
  });

  test('links to files there are', () => {
    const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => String(link));

    expect(links.filter((link) => !existsSync(join(FOLDER, link)))).toEqual([]);
  });
});
