import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WireEvent } from '../../src/instrumentation/event-wire.ts';
import {
  EVENT_HOOK_NAMES,
  type EventBatch,
  monitorEventCounts,
  RemoteScopes,
} from '../../src/instrumentation/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { setUpMetrics } from '../support/metrics-set-up.ts';
import { monitorInTest, record } from '../support/record.ts';
import {
  ACKNOWLEDGED,
  batch,
  cause,
  counted,
  DELIVERED,
  life,
  ORIGIN,
  SETTLED,
  threadsForTests,
  wireScope,
} from './remote-batches.ts';

guardLeaks();
const thread = threadsForTests();

describe('V7: what makes no sense', () => {
  const good = life('w-good');
  const odd = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, Number.NaN, -0, '', 5, 1n, [], {}, 'render', 'x'.repeat(10_000)),
    fc.anything(),
  );
  const hook = fc.oneof(
    fc.constantFrom<string>(...EVENT_HOOK_NAMES, 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'runScope'),
    odd,
  );
  const wild = (value: object): fc.Arbitrary<unknown> =>
    fc.oneof(
      fc.tuple(fc.constantFrom(...Object.keys(value)), odd).map(([key, part]) => ({ ...value, [key]: part })),
      odd,
    );
  const scope = fc.oneof(wild(wireScope('w-odd')), fc.constantFrom('w-odd', 'w-good', undefined));
  const content = fc.oneof(wild(DELIVERED), wild(SETTLED), wild(ACKNOWLEDGED), wild({ ...SETTLED, phases: {} }), odd);
  const events = fc.oneof(
    fc.array(fc.oneof(fc.tuple(hook, scope, content), odd, fc.constantFrom(...good)), { maxLength: 20 }),
    odd,
  );

  test('is counted, and the rest of its batch is told', () => {
    const recorded = record();
    const before = counted();
    const [opened, ...rest] = good as [WireEvent, ...WireEvent[]];

    thread().receive(batch([opened, ['noSuchEvent', 'w-good', {}] as never, null as never, ...rest]));

    expect(recorded.sequence('render')).toHaveLength(4);
    expect(counted()).toEqual({ ok: before.ok + 4, dropped: before.dropped + 2 });
  });

  test('is also what no thread sends: what the detectors here find out', () => {
    const recorded = record();

    thread().receive(
      batch([
        good[0] as WireEvent,
        ['cancelSlow', 'w-good', { cause, requestedAt: 1, thresholdMs: 1 }],
        ['monitorFailed', undefined, { monitor: 'm', hook: 'h', error: undefined, detached: true }],
      ]),
    );

    expect(recorded.sequence()).toEqual(['scopeOpened']);
  });

  test('is never thrown at whoever receives it, keeps counts numbers, fails no monitor, and costs nobody else', () => {
    const { monitor } = setUpMetrics();
    monitorInTest(monitor);
    const recorded = record();

    fc.assert(
      fc.property(wild({ events: [], dropped: 0, zeroNs: '0' }), events, (given, events) => {
        const from = new RemoteScopes(() => ORIGIN);
        const hostile = typeof given === 'object' && given !== null ? { ...given, events } : given;

        from.receive(hostile as EventBatch);
        recorded.clear();
        from.receive(batch(life('w-last')));
        from.end();

        expect(recorded.events.filter(({ event }) => (event[0] as { id?: string }).id === 'w-last')).toHaveLength(4);
        expect([counted().ok, counted().dropped].every(Number.isFinite)).toBe(true);
        expect([...monitorEventCounts()].filter(({ result, count }) => result === 'error' && count > 0)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
