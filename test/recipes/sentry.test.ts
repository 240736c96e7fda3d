import { describe, expect, test } from 'vitest';
import { beforeSend } from '../../examples/recipes/sentry.ts';
import { CancellationToken, cancelScope, type CancellationReason, taskGroup } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

interface Event {
  readonly message: string;
  tags?: Record<string, unknown>;
}

/** What an error tracker does: it makes an event of each error it is given, and sends what the hook lets through. */
class Tracker {
  readonly sent: Event[] = [];

  capture(error: unknown): void {
    const event = beforeSend<Event>({ message: String(error) }, { originalException: error });
    if (event !== null) this.sent.push(event);
  }
}

/** Work that waits until it is cancelled. */
const waiting = (token: CancellationToken): Promise<unknown> =>
  caught(cancelScope('request', { token }, (scope) => scope.race(new Promise(() => {}))));

describe('the Sentry recipe', () => {
  test('sends 0 events of 10,000 cancels by users', async () => {
    const tracker = new Tracker();
    const reasons: readonly CancellationReason[] = ['manual', 'disconnect', 'superseded', 'shutdown'];

    for (let index = 0; index < 10_000; index++) {
      const token = new CancellationToken({ name: 'user' });
      const error = waiting(token);
      token.cancel(reasons[index % reasons.length]);
      tracker.capture(index % 3 === 0 ? new Error('could not load', { cause: await error }) : await error);
    }

    expect(tracker.sent).toEqual([]);
  });

  test('sends 1 event of each timeout and deadline of our own', async () => {
    const tracker = new Tracker();
    const clock = virtualClock();
    const forever = (scope: { race: (promise: Promise<never>) => Promise<never> }): Promise<never> =>
      scope.race(new Promise(() => {}));
    const work = Array.from({ length: 100 }, (_, index) =>
      caughtCancel(
        cancelScope(
          'report',
          index % 2 === 0 ? { clock, timeoutMs: 50 } : { clock, deadline: clock.now() + 50 },
          forever,
        ),
      ),
    );

    await clock.advance(50);
    const errors = await Promise.all(work);
    for (const error of errors) tracker.capture(error);

    expect(tracker.sent.map(({ tags }) => tags)).toEqual(
      errors.map(({ cause }, index) => ({
        'cancellation.reason': index % 2 === 0 ? 'timeout' : 'deadline',
        'cancellation.root_reason': index % 2 === 0 ? 'timeout' : 'deadline',
        'cancellation.id': cause.token.id,
      })),
    );
  });

  test('tags what a timeout further out ended, also under a wrapper, with the id of that one cancel', async () => {
    const tracker = new Tracker();
    const clock = virtualClock();
    const inner: unknown[] = [];
    const outer = caughtCancel(
      cancelScope('report', { clock, timeoutMs: 50 }, async () => {
        inner.push(await caught(cancelScope('rows', (scope) => scope.race(new Promise(() => {})))));
        throw inner[0];
      }),
    );

    await clock.advance(50);
    const { cause } = await outer;
    tracker.capture(new Error('no rows', { cause: inner[0] }));

    expect(tracker.sent).toEqual([
      {
        message: 'Error: no rows',
        tags: {
          'cancellation.reason': 'parent',
          'cancellation.root_reason': 'timeout',
          'cancellation.id': cause.root.token.id,
        },
      },
    ]);
  });

  test('sends the failure of a group once, and none of the cancels it made', async () => {
    const tracker = new Tracker();

    const failure = await caught(
      taskGroup('profile', async (group) => {
        for (let index = 0; index < 10; index++) {
          group.spawn('other', async (scope) => {
            const error = await caught(scope.race(new Promise(() => {})));
            tracker.capture(error);
            throw error;
          });
        }
        group.spawn('broken', () => Promise.reject(new Error('broken')));
      }),
    );
    tracker.capture(failure);

    expect(tracker.sent).toEqual([{ message: 'Error: broken' }]);
  });

  test.each<[what: string, error: unknown, events: number]>([
    ['a plain error', new Error('broken'), 1],
    ['no exception', undefined, 1],
    ['a plain abort', AbortSignal.abort().reason, 0],
    ['an aggregate of aborts', new AggregateError([AbortSignal.abort().reason]), 0],
    ['an aggregate with an error', new AggregateError([AbortSignal.abort().reason, new Error('broken')]), 1],
    ['a time limit of the platform', new DOMException('too slow', 'TimeoutError'), 1],
  ])('of %s', (_what, error, events) => {
    const tracker = new Tracker();

    tracker.capture(error);

    expect(tracker.sent).toHaveLength(events);
  });

  test('keeps the tags an event has', () => {
    const token = new CancellationToken();
    token.cancel('timeout');

    const event = beforeSend({ tags: { release: '7' } }, { originalException: token.signal.reason });

    expect(event?.tags).toMatchObject({ release: '7', 'cancellation.reason': 'timeout' });
  });
});
