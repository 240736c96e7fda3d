/** The alerts end to end: services, a real Prometheus, a real Alertmanager, and what somebody is told. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PENDING_AGE, type RuleGroup, ruleGroups } from '../../src/cli/rules/index.ts';
import { type Alerting, type NotifiedAlert, startAlerting } from '../support/alertmanager-server.ts';
import { requirement } from '../support/installed.ts';
import { eventually } from '../support/prometheus-server.ts';

const { skip, note } =
  ['prometheus', 'prometheus-alertmanager'].map(requirement).find(({ skip }) => skip) ?? requirement('prometheus');

const SERVICE = fileURLToPath(new URL('../support/alerted-service.ts', import.meta.url));

/** While one service is made slow and healthy again, the other cancels at least this often. */
const MANY = 5_000;

const LINKS = { runbookUrl: 'https://runbooks.example', dashboardUrl: 'https://grafana.example' };

describe('services watched by the rules', () => {
  const services = new Map<string, ChildProcess>();
  let alerting: Alerting;
  let cancelsMeanwhile = 0;
  let watchedSeconds = 0;

  beforeAll(async () => {
    if (skip) return;
    const jobs = { 'made slow': await startService('made slow'), healthy: await startService('healthy') };
    alerting = await startAlerting({ jobs, groups: hastened(ruleGroups(LINKS)) });
    // Prometheus takes seconds to find what to scrape, and until then telemetry is absent.
    const before = await eventually(cancelsOfTheHealthy, (count) => count > 0);
    await eventually(
      () => alerting.query('ALERTS'),
      (found) => found.length === 0,
    );
    const from = performance.now();

    await tell('made slow', 'slow');
    await eventually(told, () => has('firing', 'CancelSlow') && has('firing', 'CancelStuck'));
    await tell('made slow', 'healthy');
    await eventually(told, () => has('resolved', 'CancelSlow') && has('resolved', 'CancelStuck'));

    cancelsMeanwhile = (await eventually(cancelsOfTheHealthy, (count) => count - before >= MANY)) - before;
    watchedSeconds = Math.floor((performance.now() - from) / 1_000);
  }, 90_000);

  afterAll(async () => {
    for (const service of services.values()) service.kill('SIGKILL');
    await alerting?.[Symbol.asyncDispose]();
  });

  test.skipIf(skip)(`a slow service fires CancelSlow, with text and links${note}`, () => {
    const alerts = alertsOf('firing', 'CancelSlow');

    expect(alerts).toMatchObject([
      {
        labels: { severity: 'warning', job: 'made slow', scope: 'load-report' },
        annotations: {
          summary: 'Cancelled work of a scope takes long to stop.',
          description: expect.stringMatching(
            /^\d+(\.\d+)?% of the cancels of scope load-report in job made slow took longer than 500ms to end it\.$/,
          ) as string,
          runbook_url: 'https://runbooks.example/CancelSlow.md',
          dashboard_url: 'https://grafana.example/d/cancelscope-scope?var-job=made+slow&var-scope=load-report',
        },
      },
    ]);
  });

  test.skipIf(skip)(`work that does not stop fires CancelStuck, with text and links${note}`, () => {
    const alerts = alertsOf('firing', 'CancelStuck');

    const instance = alerts[0]?.labels['instance'] ?? '';
    expect(instance).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(alerts).toMatchObject([
      {
        labels: { severity: 'warning', job: 'made slow', scope: 'export-rows' },
        annotations: {
          summary: 'Cancelled work does not stop.',
          description: expect.stringMatching(
            `^Scope export-rows on ${instance} \\(job made slow\\) was cancelled \\d+(\\.\\d+)?s ago and has not ended\\.$`,
          ) as string,
          runbook_url: 'https://runbooks.example/CancelStuck.md',
          dashboard_url: `https://grafana.example/d/cancelscope-scope?var-job=made+slow&var-instance=${encodeURIComponent(instance)}&var-scope=export-rows`,
        },
      },
    ]);
  });

  test.skipIf(skip).each(['CancelSlow', 'CancelStuck'])(
    `%s is resolved once the service is healthy again${note}`,
    (name) => {
      const [fired] = alertsOf('firing', name);
      const resolved = alertsOf('resolved', name);

      expect(resolved).toMatchObject([{ labels: fired?.labels, startsAt: fired?.startsAt }]);
      expect(Date.parse(resolved[0]?.endsAt ?? '')).toBeGreaterThan(Date.parse(fired?.startsAt ?? ''));
    },
  );

  test.skipIf(skip)(`slowness fires nothing but the alerts on slowness${note}`, () => {
    const names = new Set(alerting.notified.map(({ labels }) => labels['alertname']));

    expect(names).toEqual(new Set(['CancelSlow', 'CancelStuck', 'CancelSlowBudgetBurn']));
  });

  test.skipIf(skip)(`a healthy service with many cancels fires nothing${note}`, async () => {
    const toldOfOthers = alerting.notified.filter(({ labels }) => labels['job'] !== 'made slow');
    const firing = 'ALERTS{alertstate="firing",job!="made slow"}';
    const firedForOthers = await alerting.query(`count_over_time(${firing}[${watchedSeconds}s])`);

    expect(cancelsMeanwhile).toBeGreaterThanOrEqual(MANY);
    expect({ toldOfOthers, firedForOthers }).toEqual({ toldOfOthers: [], firedForOthers: [] });
  });

  test.skipIf(skip)(`the healthy service was judged: rules had its shares, and none failed${note}`, async () => {
    const rules = await alerting.rules();
    const shares = await alerting.query('group by (__name__) ({__name__=~".+_ratio_rate5m",job="healthy"})');

    const alerts = new Set(rules.filter(({ type }) => type === 'alerting').map(({ name }) => name));
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(alerts.size).toBe(10);
    expect(shares.map(({ metric }) => metric['__name__'] ?? '').sort()).toEqual([
      'job:cancellation_latency_seconds:slow_ratio_rate5m',
      'job_instance:cancellation_deadline_lag_seconds:late_ratio_rate5m',
      'job_scope:cancellation_deadline_used_ratio:near_ratio_rate5m',
      'job_scope:cancellation_latency_seconds:slow_ratio_rate5m',
      'job_scope:cancellation_scopes_settled:ignored_ratio_rate5m',
    ]);
  });

  /** Starts one and gives the address of its metrics. */
  async function startService(name: string): Promise<string> {
    const service = fork(SERVICE, { execArgv: [], env: { ...process.env, NODE_OPTIONS: '' } });
    services.set(name, service);
    return `127.0.0.1:${String(await answerOf(service))}`;
  }

  /** Resolves when the service is so. */
  async function tell(name: string, state: 'slow' | 'healthy'): Promise<void> {
    const service = services.get(name) as ChildProcess;
    const answer = answerOf(service);
    service.send(state);
    expect(await answer).toBe(state);
  }

  async function cancelsOfTheHealthy(): Promise<number> {
    const [sum] = await alerting.query('sum(cancellation_requests_total{job="healthy",result="accepted"})');
    return sum?.value ?? 0;
  }

  /** What somebody was told, for the message when it is not what was waited for. */
  function told(): Promise<string[]> {
    return Promise.resolve(alerting.notified.map(({ status, labels }) => `${status} ${labels['alertname']}`));
  }

  function has(status: NotifiedAlert['status'], name: string): boolean {
    return alertsOf(status, name).length > 0;
  }

  function alertsOf(status: NotifiedAlert['status'], name: string): NotifiedAlert[] {
    return alerting.notified.filter((alert) => alert.status === status && alert.labels['alertname'] === name);
  }
});

async function answerOf(service: ChildProcess): Promise<unknown> {
  const ended = once(service, 'exit').then(([code]) => Promise.reject(new Error(`the service ended with ${code}`)));
  const [message] = (await Promise.race([once(service, 'message'), ended])) as [unknown];
  return message;
}

/** How much faster time goes here. */
const FASTER = 30;

/**
 * The rules in a hurry, otherwise what they are:
 * - windows, offsets and the seconds a rate is multiplied by are a thirtieth: 5m is 10s, 1h is 2m;
 * - a pending cancel may be 1 s old, not 30 s;
 * - an alert waits 2 s whatever its `for` was, so that each had the time to fire;
 * - every group is evaluated each second.
 *
 * Shares, counts, the slow threshold and the names of recorded series stay.
 */
function hastened(groups: readonly RuleGroup[]): RuleGroup[] {
  return groups.map(({ name, rules }) => ({
    name,
    interval: '1s',
    rules: rules.map((rule) => ({
      ...rule,
      ...('for' in rule && { for: '2s' }),
      expr: rule.expr
        .replaceAll(/(\[|offset )(\d+)([mhd])/g, (_, before: string, count: string, unit: string) => {
          return `${before}${(Number(count) * SECONDS[unit as keyof typeof SECONDS]) / FASTER}s`;
        })
        .replaceAll(/ \* (\d+) > /g, (_, seconds: string) => ` * ${Number(seconds) / FASTER} > `)
        .replace(` > ${PENDING_AGE.bad}`, ` > ${PENDING_AGE.bad / FASTER}`),
    })),
  }));
}

const SECONDS = { m: 60, h: 3_600, d: 86_400 };
