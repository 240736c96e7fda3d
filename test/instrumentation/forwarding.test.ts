import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openScope } from '../../src/index.ts';
import {
  flushForwarding,
  monitorEventCounts,
  registeredMonitorNames,
  registerMonitor,
  wantedFromThreads,
} from '../../src/instrumentation/index.ts';
import { hooks } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';
import { ALL, forwarding, lines, run } from './forwarding-sent.ts';

guardLeaks();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('V4: until it is known what is wanted', () => {
  test('all is gathered and nothing sent; then it goes at once', () => {
    const { forwarding: made, sent } = forwarding();
    run('early');
    vi.advanceTimersByTime(60_000);
    const before = sent.length;

    made.want(ALL);

    expect(before).toBe(0);
    expect(lines(sent)).toEqual(['scopeOpened of early', expect.stringMatching(/^scopeSettled of \w+-\w+-\w+$/)]);
  });

  test('a thread that ends sends what it has', () => {
    const { sent } = forwarding();
    run('short');

    flushForwarding();

    expect(lines(sent)).toHaveLength(2);
  });

  test('what turns out not to be wanted is not sent', () => {
    const { forwarding: made, sent } = forwarding();
    const scope = openScope('early');
    scope.cancel();
    scope.close();

    made.want(['scopeOpened', 'scopeSettled']);

    expect(sent.flatMap(({ events }) => events.map(([hook]) => hook))).toEqual(['scopeOpened', 'scopeSettled']);
  });
});

describe('V4: while nobody listens', () => {
  test('nothing is built, gathered or sent, and nothing waits', () => {
    const { forwarding: made, sent } = forwarding();
    const exits = process.listenerCount('exit');
    run('early');

    made.want([]);
    const listening = Object.values(hooks).filter((hook) => hook !== null);
    run('unheard');
    vi.advanceTimersByTime(60_000);
    flushForwarding();

    expect(listening).toEqual([]);
    expect(sent).toEqual([]);
    expect(process.listenerCount('exit')).toBe(exits - 1);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and starts again when somebody does, with scopes in full', () => {
    const { forwarding: made, sent } = forwarding();
    made.want(ALL);
    const scope = openScope('long');
    vi.advanceTimersByTime(20);
    made.want([]);
    sent.splice(0);
    run('unheard');

    made.want(ALL);
    scope.close();
    vi.advanceTimersByTime(20);

    expect(lines(sent)).toEqual(['scopeSettled of long']);
  });

  test.each([[['toString']], [['runScope']], [['spanContext']], [['detached']], [['__proto__']], [[5]], [[null]]])(
    'names of no event count for nothing: %j',
    (wanted) => {
      const { forwarding: made } = forwarding();

      made.want(wanted as string[]);

      expect(Object.entries(hooks).filter(([, hook]) => hook !== null)).toEqual([]);
    },
  );
});

describe('V4: what a thread with monitors wants', () => {
  test('is nothing without one', () => {
    expect(wantedFromThreads()).toEqual([]);
  });

  test('is a scope’s whole life, once there is one, however little that one hears', () => {
    using _off = registerMonitor({ scopeSettled: () => {} });

    expect(wantedFromThreads()).toEqual(expect.arrayContaining(ALL));
  });

  test.each(['tokenCreated', 'progressReported'] as const)('is %s only for one that hears it', (hook) => {
    using _deaf = registerMonitor({ scopeSettled: () => {} });
    const before = wantedFromThreads().includes(hook);

    using _hearing = registerMonitor({ [hook]: () => {} });

    expect([before, wantedFromThreads().includes(hook)]).toEqual([false, true]);
  });
});

describe('monitors of this thread', () => {
  test('hear what is forwarded too, each once', () => {
    const recorded = record();
    const { forwarding: made, sent } = forwarding();
    made.want(ALL);

    run('work');
    vi.advanceTimersByTime(20);

    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(lines(sent)).toHaveLength(2);
  });

  test('are not joined by the forwarding: it is neither listed nor counted, and wants nothing from other threads', () => {
    const others = (): unknown => [...monitorEventCounts()].filter(({ monitor }) => monitor !== 'threads');
    const before = others();

    forwarding().forwarding.want(ALL);
    run('work');

    expect(registeredMonitorNames()).toEqual([]);
    expect(others()).toEqual(before);
    expect(wantedFromThreads()).toEqual([]);
  });
});
