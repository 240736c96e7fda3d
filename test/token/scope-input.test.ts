import { describe, expect, test } from 'vitest';
import {
  cancellable,
  cancelScope,
  failAfter,
  moveOnAfter,
  openScope,
  PauseGate,
  type ScopeOptions,
  taskGroup,
} from '../../src/index.ts';
import { liveCounts } from '../../src/instrumentation/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { record } from '../support/record.ts';

guardLeaks();

guardUnhandled();

const REFUSED: [string, unknown][] = [
  ['timeoutMs', Number.NaN],
  ['timeoutMs', '500'],
  ['timeoutMs', null],
  ['timeoutMs', {}],
  ['timeoutMs', 500n],
  ['deadline', Number.NaN],
  ['deadline', new Date(Number.NaN)],
  ['deadline', '2030-01-01'],
  ['deadline', null],
  ['graceMs', Number.NaN],
  ['graceMs', '5'],
  ['graceMs', null],
  ['signal', {}],
  ['signal', null],
  ['signal', new AbortController()],
  ['signal', { aborted: true, reason: 1 }],
  ['token', {}],
  ['token', null],
  ['token', 'stop'],
  ['triggers', 5],
  ['triggers', 'abc'],
  ['triggers', [5]],
  ['triggers', [null]],
  ['triggers', [{ name: 'no start' }]],
  ['triggers', [{ start: () => {} }]],
  ['parent', {}],
  ['parent', null],
  ['parent', 5],
  ['clock', {}],
  ['clock', null],
  ['clock', Date],
];

const OPENERS: Record<string, (options: ScopeOptions) => unknown> = {
  cancelScope: (options) => cancelScope('work', options, () => 1),
  openScope: async (options) => openScope('work', options),
  taskGroup: (options) => taskGroup('work', options, () => 1),
  cancellable: async (options) => cancellable(options, () => 1)(),
  'PauseGate.segment': (options) => new PauseGate().segment('work', options, () => 1),
};

describe.each(Object.entries(OPENERS))('%s', (_opener, open) => {
  test.each(REFUSED)('refuses %s: %o with an error that names it, and opens nothing', async (argument, value) => {
    const recorded = record();
    const before = liveCounts();

    const error = await caught(open({ [argument]: value }) as Promise<unknown>);

    expect(error).toMatchObject({ name: 'InvalidArgumentError', code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument });
    expect((error as Error).message).toContain(argument);
    expect(liveCounts()).toEqual(before);
    expect(recorded.of('scopeOpened')).toHaveLength(recorded.of('scopeSettled').length);
  });

  test.each([null, 5, 'name'])('refuses options that are %o', async (options) => {
    const error = await caught(Promise.resolve().then(() => open(options as never) as Promise<unknown>));

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'options' });
  });
});

describe('bodies', () => {
  const BODY_TAKERS: Record<string, (body: never) => unknown> = {
    cancelScope: (body) => cancelScope('work', {}, body),
    'cancelScope without options': (body) => cancelScope('work', body),
    taskGroup: (body) => taskGroup('work', {}, body),
    failAfter: (body) => failAfter(10, body),
    moveOnAfter: (body) => moveOnAfter(10, body),
    cancellable: (body) => cancellable({}, body)(),
    spawn: (body) => taskGroup('work', (group) => group.spawn('task', body)),
    shield: (body) => cancelScope('work', (scope) => scope.shield(body)),
    run: (body) => cancelScope('work', (scope) => scope.run(body)),
    segment: (body) => new PauseGate().segment('work', {}, body),
  };

  test.each(
    Object.entries(BODY_TAKERS).flatMap(([taker, take]) => [5, undefined, {}].map((body) => ({ taker, take, body }))),
  )('$taker refuses $body', async ({ take, body }) => {
    const error = await caught(Promise.resolve().then(() => take(body as never)));

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'body' });
  });
});

describe('names', () => {
  test.each([undefined, null, 5, {}, '', Symbol('name'), () => 'name'])('refuses %o', async (name) => {
    const errors = [
      await caught(cancelScope(name as string, () => 1)),
      await caught(Promise.resolve().then(() => openScope(name as string))),
      await caught(taskGroup(name as string, () => 1)),
      await caught(taskGroup('group', (group) => group.spawn(name as string, () => 1))),
    ];

    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'name' });
    }
  });

  test('keeps 256 characters of one of 10 MB', () => {
    const scope = openScope('n'.repeat(10_000_000));
    scope.close();

    expect(scope.name).toBe('n'.repeat(256));
  });
});

describe('lengths of time', () => {
  test.each([2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 53, Number.MAX_VALUE, Infinity])(
    '%d ms is no timeout by now',
    async (ms) => {
      const value = await cancelScope('work', { timeoutMs: ms, graceMs: ms }, async (scope) => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        scope.throwIfCancelled();
        return scope.isCancelled;
      });

      expect(value).toBe(false);
    },
  );

  test.each([2 ** 31, 2 ** 40])('%d ms is a timeout when they are over', async (ms) => {
    const clock = virtualClock();
    const scope = openScope('work', { clock, timeoutMs: ms });

    await clock.advance(ms - 1);
    const before = scope.isCancelled;
    await clock.advance(1);
    scope.close();

    expect([before, scope.cause?.reason]).toEqual([false, 'timeout']);
  });

  test.each([0, -1, -Infinity, -(2 ** 53)])('%d ms is over before it begins', async (ms) => {
    expect(await caught(cancelScope('work', { timeoutMs: ms }, () => 1))).toMatchObject({ reason: 'timeout' });
  });
});

describe('failAfter and moveOnAfter', () => {
  test.each([Number.NaN, '5', null, undefined])('refuse %o', async (ms) => {
    const errors = [await caught(failAfter(ms as number, () => 1)), await caught(moveOnAfter(ms as number, () => 1))];

    for (const error of errors) {
      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'timeoutMs' });
    }
  });
});
