import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openScope, type Scope } from '../../src/index.ts';
import { flushForwarding } from '../../src/instrumentation/index.ts';
import { systemClock } from '../../src/token/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { ALL, count, forwarding, lines, run } from './forwarding-sent.ts';

guardLeaks();

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('V3: batches', () => {
  test('go 20 ms after their first event', () => {
    const { forwarding: made, sent } = forwarding();
    made.want(ALL);

    run('one');
    vi.advanceTimersByTime(19);
    const before = sent.length;
    run('two');
    vi.advanceTimersByTime(1);

    expect(before).toBe(0);
    expect(sent.map(({ events }) => events.length)).toEqual([4]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('go at once when they have 256', () => {
    const { forwarding: made, sent } = forwarding();
    made.want(ALL);

    run('many', 300);

    expect(sent.map(({ events }) => events.length)).toEqual([256, 256]);
  });

  test('name a scope in full once, then by its id, and keep the order', () => {
    const { forwarding: made, sent } = forwarding();
    made.want(ALL);
    const scope = openScope('work');
    scope.cancel('shutdown');
    scope.close();

    vi.advanceTimersByTime(20);

    expect(lines(sent)).toEqual([
      'scopeOpened of work',
      'cancelRequested of undefined',
      `cancelDelivered of ${scope.id}`,
      `cancelAcknowledged of ${scope.id}`,
      `scopeSettled of ${scope.id}`,
    ]);
  });

  test('say where 0 of the clock here is', () => {
    const { sent } = forwarding();
    run('work');

    flushForwarding();

    expect(sent[0]?.zeroNs).toBe(String(systemClock.toMonotonicNs(0)));
  });

  test('begin afresh after a time when nobody listened, and only then', () => {
    const { forwarding: made, sent } = forwarding();
    for (const wanted of [ALL, [], ALL]) made.want(wanted);

    for (let turn = 0; turn < 2; turn++) {
      run('work');
      vi.advanceTimersByTime(20);
    }

    expect(sent.map(({ afresh }) => afresh)).toEqual([true, undefined]);
  });

  test('that do not go out are kept, and go once, in order, with the next', () => {
    let open = false;
    const { forwarding: made, sent } = forwarding({ takes: () => open });
    made.want(ALL);
    run('first');
    vi.advanceTimersByTime(20);

    open = true;
    run('second');
    vi.advanceTimersByTime(20);
    vi.advanceTimersByTime(60_000);

    expect(lines(sent).filter((line) => line.startsWith('scopeOpened'))).toEqual([
      'scopeOpened of first',
      'scopeOpened of second',
    ]);
    expect(count(sent, 'events')).toBe(4);
  });
});

describe('V3: room', () => {
  test('is for 4096 events; what finds none is counted, and told with the next batch', () => {
    const { forwarding: made, sent } = forwarding();
    run('burst', 3_000);

    made.want(ALL);

    expect([count(sent, 'events'), count(sent, 'dropped')]).toEqual([4_096, 6_000 - 4_096]);
  });

  test('is made for the end of a scope whose beginning was sent, so that it does not look open for ever', () => {
    const { forwarding: made, sent } = forwarding();
    const scopes: Scope[] = Array.from({ length: 3_000 }, () => openScope('open'));
    run('burst', 2_000);
    for (const scope of scopes) scope.close();

    made.want(ALL);

    const all = sent.flatMap(({ events }) => events);
    const begun = all.flatMap(([hook, scope]) =>
      hook === 'scopeOpened' && typeof scope === 'object' ? [scope.id] : [],
    );
    const ended = all.flatMap(([hook, scope]) => (hook === 'scopeSettled' ? [scope] : []));
    expect(new Set(ended)).toEqual(new Set(begun));
    expect(all.length).toBeLessThanOrEqual(2 * 4_096);
    expect(count(sent, 'events') + count(sent, 'dropped')).toBe(2 * 5_000);
  });

  test('is not used by a scope whose beginning found none: of that nothing is sent, and all is counted', () => {
    let open = false;
    const { forwarding: made, sent } = forwarding({ takes: () => open });
    made.want(ALL);
    run('burst', 2_048);
    const late = openScope('late');
    open = true;
    made.flush();

    late.close();
    made.flush();

    expect([count(sent, 'events'), count(sent, 'dropped')]).toEqual([4_096, 2]);
  });

  test('is the same for a thread that is never told', () => {
    const { sent } = forwarding();

    run('burst', 50_000);
    flushForwarding();

    expect(count(sent, 'events')).toBe(4_096);
    expect(count(sent, 'events') + count(sent, 'dropped')).toBe(100_000);
  });

  test('is there again afterwards', () => {
    const { forwarding: made, sent } = forwarding();
    run('burst', 3_000);
    made.want(ALL);
    sent.splice(0);

    run('after');
    vi.advanceTimersByTime(20);

    expect([lines(sent).length, count(sent, 'dropped')]).toEqual([2, 0]);
  });
});
