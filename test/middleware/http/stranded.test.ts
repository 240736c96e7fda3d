import { describe, expect, test } from 'vitest';
import { deferred } from '../../support/deferred.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { beginRequest as begin, over } from '../../support/request-view.ts';

guardLeaks();

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('Q4: an answer that nobody else would end is stranded', () => {
  test('when the request is cancelled while it streams on, after the turn in which the cancel may send a last part', async () => {
    const { work, scope } = begin();
    let stranded = 0;
    work.onStranded(() => stranded++);
    await work.run(() => Promise.resolve('streams on'));

    scope.cancel('shutdown');
    const atOnce = stranded;
    await settled();

    expect([atOnce, stranded]).toEqual([0, 1]);
    work.close(false);
    await over(work);
  });

  test('not while a handler is left, which can end it, nor once it is closed', async () => {
    const { work, scope } = begin();
    let stranded = 0;
    work.onStranded(() => stranded++);
    const handler = deferred();
    const result = work.run(() => handler.promise);

    scope.cancel('shutdown');
    await settled();
    expect(stranded).toBe(0);
    handler.resolve();
    await result;
    work.close(false);
    await settled();

    expect(stranded).toBe(0);
    await over(work);
  });
});
