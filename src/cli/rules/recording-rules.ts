/**
 * Recording rules: rates and shares that alerts and wide dashboards would otherwise work out again and again.
 *
 * RR1. Slow cancels leave out those of a shutdown: a process that drains takes as long as it is allowed to.
 * RR2. A share divides by more than zero: without traffic there is no share, and so no alert.
 * RR3. A rule reads raw series, or rules that stand above it in its own group.
 */
import { METRICS } from '../../instrumentation/index.ts';
import { Expressions, shareName } from './expression.ts';
import type { RulesSettings } from './options.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';
import { BURN_RATES, NEAR_DEADLINE, TIMER_LAG, type Window } from './thresholds.ts';

const RECENT: Window = '5m';
/** Their own groups are evaluated less often: a day's rate changes slowly. */
const LONG_WINDOWS: ReadonlySet<Window> = new Set(['6h', '1d', '3d']);
const LONG_INTERVAL = '2m';

/** A share, and what it is a share of, per second. */
export interface ShareRules {
  readonly whole: RecordingRule;
  readonly share: RecordingRule;
}

/** Every recording rule, by what it says. */
export interface RecordingRules {
  readonly requests: RecordingRule;
  readonly latencyBuckets: RecordingRule;
  readonly latencyP99: RecordingRule;
  readonly slowByScope: ShareRules;
  readonly ignored: ShareRules;
  readonly dropped: ShareRules;
  readonly nearDeadline: ShareRules & { readonly buckets: RecordingRule };
  readonly lateTimers: ShareRules;
  /** Of a whole service, over every window burn rates need. */
  readonly slow: ReadonlyMap<Window, ShareRules>;
}

/** The recording rules for these settings. */
export function recordingRules(settings: RulesSettings): RecordingRules {
  const make = new Expressions(settings);
  const latencyBuckets = make.rate({ of: 'latency', part: '_bucket', over: RECENT, without: ['reason'] });
  const windows = new Set(BURN_RATES.flatMap(({ short, long }) => [short, long]));
  return {
    requests: make.rate({
      of: 'requests',
      over: RECENT,
      without: ['source_thread', 'result'],
      where: [['result', '=', 'accepted']],
    }),
    latencyBuckets,
    latencyP99: {
      record: latencyBuckets.record.replace('_le:', ':').replace('_bucket:rate', ':p99_rate'),
      expr: `histogram_quantile(0.99, ${make.recorded(latencyBuckets)})`,
    },
    slowByScope: slowShare(make, settings, RECENT, ['scope']),
    ignored: ignoredShare(make),
    dropped: droppedShare(make),
    nearDeadline: nearDeadlineShare(make),
    lateTimers: lateTimersShare(make),
    slow: new Map([...windows].map((window) => [window, slowShare(make, settings, window, [])])),
  };
}

/** The rules in groups, in the order they must be evaluated (RR3). */
export function recordingGroups(rules: RecordingRules): RuleGroup[] {
  const { ignored, dropped, nearDeadline, lateTimers, slowByScope } = rules;
  const slow = (long: boolean): RecordingRule[] =>
    [...rules.slow].flatMap(([window, { whole, share }]) => (LONG_WINDOWS.has(window) === long ? [whole, share] : []));
  return [
    {
      name: 'cancelscope-cancels',
      rules: [
        rules.requests,
        rules.latencyBuckets,
        rules.latencyP99,
        ...[slowByScope, ignored, dropped].flatMap(({ whole, share }) => [whole, share]),
      ],
    },
    {
      name: 'cancelscope-deadlines',
      rules: [nearDeadline.buckets, nearDeadline.whole, nearDeadline.share, lateTimers.whole, lateTimers.share],
    },
    { name: 'cancelscope-slow', rules: slow(false) },
    { name: 'cancelscope-slow-long', interval: LONG_INTERVAL, rules: slow(true) },
  ];
}

function slowShare(make: Expressions, { slow }: RulesSettings, over: Window, by: readonly 'scope'[]): ShareRules {
  const without = (['scope', 'reason'] as const).filter((label) => !by.some((kept) => kept === label));
  const working = ['reason', '!~', 'shutdown', 'signal'] as const; // RR1
  const whole = make.rate({ of: 'latency', part: '_count', over, without, where: [working] });
  const fast = make.series('latency', [working, ['le', '=', String(slow.seconds)]], '_bucket');
  return {
    whole,
    share: {
      record: shareName({ of: 'latency', what: 'slow', over, by }),
      expr: `1 - ${make.sumWithout([...without, 'le'])} (rate(${fast}[${over}]))\n  / (${make.recorded(whole)} > 0)`, // RR2
    },
  };
}

function ignoredShare(make: Expressions): ShareRules {
  const over = RECENT;
  const cancelled = ['outcome', '=~', 'cancelled', 'ignored', 'abandoned'] as const;
  const whole = make.rate({ of: 'scopesSettled', over, without: ['outcome'], where: [cancelled] });
  const part = make.rate({ of: 'scopesSettled', over, without: ['outcome'], where: [['outcome', '=', 'ignored']] });
  return shareOf(
    make,
    part,
    named(whole, 'cancelled'),
    shareName({ of: 'scopesSettled', what: 'ignored', over, by: ['scope'] }),
  );
}

/** By boundary, not by edge: who sends a cancel that gets lost does not know which scope it was for. */
function droppedShare(make: Expressions): ShareRules {
  const over = RECENT;
  const without = ['source', 'target', 'result'] as const;
  const whole = make.rate({ of: 'propagations', over, without });
  const part = make.rate({ of: 'propagations', over, without, where: [['result', '=', 'dropped']] });
  return shareOf(make, part, whole, shareName({ of: 'propagations', what: 'dropped', over, by: ['boundary'] }));
}

/** Only completed scopes are in there: those that ran out of time would be near their deadline too. */
function nearDeadlineShare(make: Expressions): RecordingRules['nearDeadline'] {
  const over = RECENT;
  const buckets = make.rate({ of: 'deadlineUsed', part: '_bucket', over });
  const whole = make.rate({ of: 'deadlineUsed', part: '_count', over });
  const early = make.recorded(buckets, [['le', '=', String(NEAR_DEADLINE)]]);
  return {
    buckets,
    whole,
    share: {
      record: shareName({ of: 'deadlineUsed', what: 'near', over, by: ['scope'] }),
      expr: `1 - sum without (le) (${early})\n  / (${make.recorded(whole)} > 0)`, // RR2
    },
  };
}

/** Of each process: a busy loop is one process's. */
function lateTimersShare(make: Expressions): ShareRules {
  const over = RECENT;
  const count = `rate(${make.series('deadlineLag', [], '_count')}[${over}])`;
  const inTime = make.series('deadlineLag', [['le', '=', String(TIMER_LAG.bad)]], '_bucket');
  const whole = { record: `job_instance:${METRICS.deadlineLag.prometheusName}_count:rate${over}`, expr: count };
  return {
    whole,
    share: {
      record: shareName({ of: 'deadlineLag', what: 'late', over, by: ['instance'] }),
      expr: `1 - sum without (le) (rate(${inTime}[${over}]))\n  / (${make.recorded(whole)} > 0)`, // RR2
    },
  };
}

function shareOf(make: Expressions, part: RecordingRule, whole: RecordingRule, record: string): ShareRules {
  return { whole, share: { record, expr: `${part.expr}\n  / (${make.recorded(whole)} > 0)` } }; // RR2
}

function named(rule: RecordingRule, what: string): RecordingRule {
  return { ...rule, record: rule.record.replace(':rate', `:${what}_rate`) };
}
