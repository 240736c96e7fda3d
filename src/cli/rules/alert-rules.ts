/**
 * Alerts: on cancels that are slow, stuck, ignored or lost. A cancel is normal traffic: none fires on their number.
 *
 * AL1. A share alerts only with more than a few cases behind it, so that one unlucky cancel wakes nobody.
 * AL2. Only a budget that burns fast is critical.
 * AL3. A cancel may be pending for as long as a shutdown may drain, and wakes nobody.
 */
import { Expressions } from './expression.ts';
import type { RulesSettings } from './options.ts';
import type { RecordingRules, ShareRules } from './recording-rules.ts';
import type { AlertRule } from './rule.ts';
import {
  BURN_RATES,
  DROPPED,
  IGNORED,
  LATE_TIMERS,
  NEAR_DEADLINE,
  NEAR_DEADLINE_SHARE,
  PENDING_AGE,
  SLOW_SHARE,
  TIMER_LAG,
  WINDOW_SECONDS,
  type Window,
  ZOMBIES,
} from './thresholds.ts';

/** More cases than this are no accident. */
const FEW = 5;

/** What an alert is, before it has its links. */
interface Draft extends Omit<AlertRule, 'labels' | 'annotations'> {
  readonly severity: 'critical' | 'warning' | 'info';
  readonly labels?: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly description: string;
  /** The uid of the dashboard to open, and the labels to choose there. */
  readonly dashboard: string;
  readonly choose: readonly ('job' | 'instance' | 'scope')[];
}

/** The alerts for these settings, reading these recorded series. */
export function alertRules(settings: RulesSettings, rules: RecordingRules): AlertRule[] {
  const make = new Expressions(settings);
  const drafts = [
    ...slowness(make, settings, rules),
    ...leftovers(make),
    ...losses(make, rules),
    ...deadlines(make, rules),
    ...telemetry(make),
  ];
  return drafts.map((draft) => finished(draft, settings));
}

function slowness(make: Expressions, { slow, budget, objective }: RulesSettings, rules: RecordingRules): Draft[] {
  const budgets = BURN_RATES.map(({ long, short, factor, wait, severity }): Draft => {
    const over = (window: Window): string =>
      `${make.recorded(sharesOver(rules, window).share)} > ${factor} * ${budget}`;
    return {
      alert: 'CancelSlowBudgetBurn',
      expr: `${over(long)}\nand\n${over(short)}\nand\n${moreThanFew(make, sharesOver(rules, long), long)}`,
      for: wait,
      severity, // AL2
      labels: { window: long },
      summary: `Slow cancels use up their budget ${factor === 1 ? 'faster than it lasts' : `${factor} times too fast`}.`,
      description: `{{ $value | humanizePercentage }} of the cancels in job {{ $labels.job }} took longer than ${slow.text} over the last ${long}; the objective of ${percent(objective)} allows ${percent(budget)}.`,
      dashboard: 'cancelscope-slo',
      choose: ['job'],
    };
  });
  return [
    {
      alert: 'CancelSlow',
      expr: shareAbove(make, rules.slowByScope, SLOW_SHARE.bad),
      for: '5m',
      severity: 'warning',
      summary: 'Cancelled work of a scope takes long to stop.',
      description: `{{ $value | humanizePercentage }} of the cancels of scope {{ $labels.scope }} in job {{ $labels.job }} took longer than ${slow.text} to end it.`,
      dashboard: 'cancelscope-scope',
      choose: ['job', 'scope'],
    },
    ...budgets,
  ];
}

function leftovers(make: Expressions): Draft[] {
  return [
    {
      alert: 'CancelStuck',
      expr: `${make.series('oldestPending')} > ${PENDING_AGE.bad}`,
      for: '1m', // AL3
      severity: 'warning',
      summary: 'Cancelled work does not stop.',
      description:
        'Scope {{ $labels.scope }} on {{ $labels.instance }} (job {{ $labels.job }}) was cancelled {{ $value | humanizeDuration }} ago and has not ended.',
      dashboard: 'cancelscope-scope',
      choose: ['job', 'instance', 'scope'],
    },
    {
      alert: 'CancelZombies',
      expr: `sum without (scope) (${make.series('zombies')}) >= ${ZOMBIES.bad}`,
      for: '5m',
      severity: 'warning',
      summary: 'Abandoned work piles up.',
      description:
        '{{ $value | humanize }} scopes on {{ $labels.instance }} (job {{ $labels.job }}) were given up after their grace, and their bodies still run.',
      dashboard: 'cancelscope-overview',
      choose: ['job', 'instance'],
    },
  ];
}

function losses(make: Expressions, rules: RecordingRules): Draft[] {
  return [
    {
      alert: 'CancelIgnored',
      expr: shareAbove(make, rules.ignored, IGNORED.bad),
      for: '15m',
      severity: 'info',
      summary: 'Cancelled work of a scope runs to its end.',
      description:
        '{{ $value | humanizePercentage }} of the cancelled scopes {{ $labels.scope }} in job {{ $labels.job }} returned a value all the same: work done for nobody.',
      dashboard: 'cancelscope-scope',
      choose: ['job', 'scope'],
    },
    {
      alert: 'CancelPropagationDropped',
      expr: shareAbove(make, rules.dropped, DROPPED.bad),
      for: '5m',
      severity: 'warning',
      summary: 'Cancels do not reach the work they are for.',
      description:
        '{{ $value | humanizePercentage }} of the cancels of job {{ $labels.job }} across the boundary {{ $labels.boundary }} never arrived.',
      dashboard: 'cancelscope-flow',
      choose: ['job'],
    },
  ];
}

function deadlines(make: Expressions, rules: RecordingRules): Draft[] {
  return [
    {
      alert: 'DeadlineCliff',
      expr: shareAbove(make, rules.nearDeadline, NEAR_DEADLINE_SHARE.bad),
      for: '15m',
      severity: 'warning',
      summary: 'Work of a scope ends just before its deadline.',
      description: `{{ $value | humanizePercentage }} of the completed scopes {{ $labels.scope }} in job {{ $labels.job }} used more than ${percent(NEAR_DEADLINE)} of their time budget: a little slower, and they time out.`,
      dashboard: 'cancelscope-scope',
      choose: ['job', 'scope'],
    },
    {
      alert: 'TimerLag',
      expr: shareAbove(make, rules.lateTimers, LATE_TIMERS.bad),
      for: '10m',
      severity: 'warning',
      summary: 'Deadlines fire late because the event loop is busy.',
      description: `{{ $value | humanizePercentage }} of the deadlines on {{ $labels.instance }} (job {{ $labels.job }}) fired more than ${TIMER_LAG.bad * 1_000}ms late.`,
      dashboard: 'cancelscope-overview',
      choose: ['job', 'instance'],
    },
  ];
}

function telemetry(make: Expressions): Draft[] {
  const alive = make.series('buildInfo');
  const before = (series: string, ago: string): string => `${series} offset ${ago}`;
  const failures = make.series('monitorEvents', [['result', '=~', 'error', 'dropped']]);
  return [
    {
      alert: 'CancelTelemetryAbsent',
      expr: [
        `absent(${alive})`,
        'or',
        // A service that is gone is no fault; one that is scraped and says nothing of cancels is.
        `(group by (job) (${before(alive, '1h')})`,
        `  and group by (job) (${make.foreign('up')} == 1)`,
        `  unless group by (job) (${alive}))`,
      ].join('\n'),
      for: '15m',
      severity: 'warning',
      summary: 'A service reports nothing about its cancels.',
      description:
        '{{ with $labels.job }}Job {{ . }} does not report{{ else }}No service reports{{ end }} the metrics of cancelscope: the other alerts on cancels cannot fire.',
      dashboard: 'cancelscope-overview',
      choose: [], // there may be no job to choose
    },
    {
      alert: 'MonitorErrors',
      // Ten failures in a row detach a monitor; they stay counted, so this fires for that too.
      expr: `sum without (result) (increase(${failures}[15m])) > ${FEW}`,
      for: '2m',
      severity: 'warning',
      summary: 'A monitor fails or loses events.',
      description:
        'Monitor {{ $labels.monitor }} on {{ $labels.instance }} (job {{ $labels.job }}) threw, dropped events or was detached: what it feeds is incomplete.',
      dashboard: 'cancelscope-overview',
      choose: ['job', 'instance'],
    },
  ];
}

/** A share above a limit, with more than a few cases in five minutes (AL1). */
function shareAbove(make: Expressions, rules: ShareRules, limit: number): string {
  return `${make.recorded(rules.share)} > ${limit}\nand\n${moreThanFew(make, rules, '5m')}`;
}

/** More than a few cases over a window (AL1). */
function moreThanFew(make: Expressions, { whole, share }: ShareRules, window: Window): string {
  return `${make.recorded(share)} * ${make.recorded(whole)} * ${WINDOW_SECONDS[window]} > ${FEW}`;
}

function sharesOver(rules: RecordingRules, window: Window): ShareRules {
  const shares = rules.slow.get(window);
  if (shares === undefined) throw new RangeError(`nothing is recorded over ${window}`);
  return shares;
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}

function finished(draft: Draft, { runbookUrl, dashboardUrl }: RulesSettings): AlertRule {
  const { severity, labels, summary, description, dashboard, choose, ...rule } = draft;
  const chosen = choose.map(
    (label, index) => `${index === 0 ? '?' : '&'}var-${label}={{ $labels.${label} | urlquery }}`,
  );
  return {
    ...rule,
    labels: { severity, ...labels },
    annotations: {
      summary,
      description,
      runbook_url: `${runbookUrl}/${draft.alert}.md`,
      dashboard_url: `${dashboardUrl}/d/${dashboard}${chosen.join('')}`,
    },
  };
}
