import { afterAll, describe, expect, test } from 'vitest';
import { attachToken, shareToken } from '../../../src/backends/thread/index.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { cancelScope, CancellationToken } from '../../../src/index.ts';
import { caughtCancel } from '../../support/caught.ts';
import { collected, collectGarbage } from '../../support/collected.ts';
import { loopTurn } from '../../support/process-errors.ts';
import { startThread } from '../../support/thread-agent.ts';

const worker = startThread();
afterAll(() => worker.stop());

const never = new Promise(() => {});
const sweep = () => threadInbox.own().sweep();
const held = () => threadInbox.own().heldCount;

/** So many tokens make this thread look for those it can let go of. */
const SWEPT_AT = 64;

describe('B3: a token the program has dropped', () => {
  test('and on which nothing hangs, is let go of: its slot is free, its handle good for nothing', async () => {
    const before = held();
    const [handle, reference] = (() => {
      const token = new CancellationToken({ name: 'dropped' });
      return [shareToken(token), new WeakRef(token)] as const;
    })();

    sweep();

    expect(await collected(reference)).toEqual([true]);
    await loopTurn();
    expect(held()).toBe(before);
    expect(() => attachToken(handle)).toThrow(/"dropped" is gone/);
  });

  test('of those there are never many, without anybody asking', { timeout: 30_000 }, async () => {
    let most = 0;

    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < SWEPT_AT; count++) shareToken(new CancellationToken());
      most = Math.max(most, held());
      await collectGarbage();
    }

    expect(most).toBeLessThanOrEqual(3 * SWEPT_AT);
    sweep();
    await collectGarbage();
    await loopTurn();
    expect(held()).toBeLessThan(SWEPT_AT);
  });

  test('is live for the other threads that hold it', async () => {
    const reference = await (async () => {
      const token = new CancellationToken();
      await worker.run.attach('theirs', shareToken(token));
      return new WeakRef(token);
    })();
    sweep();
    expect(await collected(reference)).toEqual([true]);

    const again = attachToken(await worker.run.share('theirs'));
    await worker.run.cancel('theirs', 'manual', 'still there');

    expect(again.cause?.message).toBe('still there');
  });

  test('can be attached again before it is collected, and is the same', async () => {
    const token = new CancellationToken();
    const handle = shareToken(token);
    sweep();
    await collectGarbage();

    const again = attachToken(handle);
    await collectGarbage();

    expect(again).toBe(token);
    expect(attachToken(handle)).toBe(token);
    token.dispose();
  });

  test('and attached again once collected, is held anew: its old place is nobody’s to give up', async () => {
    const handle = await (async () => {
      const token = new CancellationToken();
      await worker.run.attach('anew', shareToken(token));
      return shareToken(token);
    })();
    sweep();
    await loopTurn();
    globalThis.gc?.();
    const again = attachToken(handle); // before anything could be done about the collected one
    const told = again.whenCancelled();
    await collectGarbage();
    await loopTurn();

    await worker.run.cancel('anew', 'manual', 'to the new one');

    expect((await told).message).toBe('to the new one');
  });
});

test('a token on which nothing hangs any more is let go of (B3)', async () => {
  const before = held();
  const references = await (async () => {
    const tokens = [1, 2, 3].map(() => new CancellationToken());
    for (const token of tokens) shareToken(token);
    const [first, second, third] = tokens as [CancellationToken, CancellationToken, CancellationToken];
    first.onCancel(() => {}).dispose();
    CancellationToken.any([second]).dispose();
    await cancelScope('work', { token: third }, () => 0);
    return tokens.map((token) => new WeakRef(token));
  })();

  sweep();

  expect(await collected(...references)).toEqual([true, true, true]);
  await loopTurn();
  expect(held()).toBe(before);
});

test('a disposed token is collectable at once, whatever hung on it', async () => {
  const reference = (() => {
    const token = new CancellationToken();
    shareToken(token);
    token.onCancel(() => {});
    token.dispose();
    return new WeakRef(token);
  })();

  expect(await collected(reference)).toEqual([true]);
});

test('a token that another thread cancelled is collectable once it has been taken in', async () => {
  const reference = await (async () => {
    const token = new CancellationToken();
    token.onCancel(() => {});
    await worker.run.attach('cancelled', shareToken(token));
    const told = token.whenCancelled();
    await worker.run.cancel('cancelled');
    await told;
    return new WeakRef(token);
  })();

  expect(await collected(reference)).toEqual([true]);
});

test('a scope that ends lets go of its shared token', async () => {
  const before = held();
  let during = 0;

  await caughtCancel(
    cancelScope('work', (scope) => {
      shareToken(scope.token);
      during = held();
      scope.cancel();
      return scope.race(never);
    }),
  );
  await cancelScope('work', (scope) => void shareToken(scope.token));

  expect([during - before, held() - before]).toEqual([1, 0]);
});
