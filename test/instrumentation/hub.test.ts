import { describe, expect, onTestFinished, test } from 'vitest';
import { CancellationToken, cancelScope, registerMonitor } from '../../src/index.ts';
import { registeredMonitorNames } from '../../src/instrumentation/index.ts';
import { hooks } from '../../src/token/index.ts';
import { recordingMonitor } from '../../src/testing/index.ts';
import { broken, brokenMonitor } from '../support/broken-monitor.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

function warnings(): { message: string; code?: string }[] {
  const seen: { message: string; code?: string }[] = [];
  const note = (warning: Error): void => void seen.push(warning);
  process.on('warning', note);
  onTestFinished(() => void process.off('warning', note));
  return seen;
}

describe('M1: registerMonitor', () => {
  test('gives a Disposable that takes the monitor off again, once', async () => {
    const monitor = recordingMonitor();
    const registration = registerMonitor(monitor);
    const other = registerMonitor(recordingMonitor());
    onTestFinished(() => other[Symbol.dispose]());

    registration[Symbol.dispose]();
    registration[Symbol.dispose]();
    await cancelScope('work', () => 1);

    expect(monitor.events).toEqual([]);
    expect(registeredMonitorNames()).toEqual(['recording']);
  });

  test('takes a monitor with no hook at all, and one with a few', async () => {
    const settled: string[] = [];
    monitorInTest({});
    monitorInTest({ scopeSettled: (scope) => settled.push(scope.name) });

    await cancelScope('work', () => 1);

    expect(settled).toEqual(['work']);
  });

  test('takes hooks from a class, and calls them on their object', async () => {
    class Counter {
      settled = 0;
      scopeSettled(): void {
        this.settled++;
      }
    }
    const counter = monitorInTest(new Counter());

    await cancelScope('work', () => 1);

    expect(counter.settled).toBe(1);
  });

  test('registers a monitor once, however often it is asked', async () => {
    const monitor = monitorInTest(monitorInTest(recordingMonitor()));

    await cancelScope('work', () => 1);

    expect(monitor.of('scopeSettled')).toHaveLength(1);
  });

  test.each([null, undefined, 5, 'monitor', () => {}])('refuses %o', (monitor) => {
    expect(() => registerMonitor(monitor as never)).toThrow(expect.objectContaining({ argument: 'monitor' }));
  });

  test('refuses a hook that is no function, by name', () => {
    expect(() => registerMonitor({ scopeOpened: 5 } as never)).toThrow(
      expect.objectContaining({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'monitor.scopeOpened' }),
    );
  });

  test('may be called in the middle of a scope: the monitor hears the rest of it', async () => {
    const monitor = recordingMonitor();

    await cancelScope('work', () => {
      monitorInTest(monitor);
    });

    expect(monitor.sequence('work')).toEqual(['scopeSettled']);
  });

  test('may be undone in the middle of a scope: the monitor hears no more', async () => {
    const monitor = recordingMonitor();
    const registration = registerMonitor(monitor);

    await cancelScope('work', () => registration[Symbol.dispose]());

    expect(monitor.sequence('work')).toEqual(['scopeOpened']);
  });

  test('may be called and undone from inside a hook', async () => {
    const late = recordingMonitor();
    const first = registerMonitor({
      scopeOpened() {
        monitorInTest(late);
        first[Symbol.dispose]();
      },
      scopeSettled() {
        throw new Error('still here');
      },
    });

    await cancelScope('work', () => 1);

    expect(late.of('scopeSettled')).toHaveLength(1);
    expect(registeredMonitorNames()).toEqual(['recording']);
  });

  test('tells a monitor once that it was taken off', () => {
    let farewells = 0;
    const registration = registerMonitor({ detached: () => void farewells++ });

    registration[Symbol.dispose]();
    registration[Symbol.dispose]();

    expect(farewells).toBe(1);
  });
});

describe('M5, M7: with no monitor', () => {
  const filled = (): string[] => Object.entries(hooks).flatMap(([hook, value]) => (value === null ? [] : [hook]));

  test('there is no hook to build an event for', () => {
    expect(filled()).toEqual([]);
  });

  test('hooks are there for a monitor, and gone with it', () => {
    const registration = registerMonitor({ scopeSettled: () => {}, runScope: (_scope, body) => body() });
    const during = filled();

    registration[Symbol.dispose]();

    expect(during).toEqual(expect.arrayContaining(['scopeSettled', 'runScope']));
    expect(during).not.toContain('tokenCreated');
    expect(filled()).toEqual([]);
  });

  test('hooks are gone as well when the last one was taken off for failing', async () => {
    warnings();
    monitorInTest(brokenMonitor());

    for (let round = 0; round < 5; round++) await cancelScope('work', () => 1);

    expect(registeredMonitorNames()).toEqual([]);
    expect(filled()).toEqual([]);
  });
});

describe('the span of a canceller', () => {
  const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };

  test('comes from the first monitor that knows one', () => {
    monitorInTest({ spanContext: () => undefined });
    monitorInTest({ spanContext: () => span });
    monitorInTest({ spanContext: () => ({ ...span, spanId: 'ef'.repeat(8) }) });
    const token = new CancellationToken();

    token.cancel();

    expect(token.cause?.spanContext).toEqual(span);
  });

  test('is left out when asking for it throws, and the cancel wins', () => {
    warnings();
    monitorInTest({
      spanContext() {
        throw broken;
      },
    });
    const token = new CancellationToken();

    expect(token.cancel()).toBe(true);
    expect(token.cause?.spanContext).toBeUndefined();
  });
});
