import { describe, expect, test, vi } from 'vitest';
import { handleOf } from '../../../src/backends/process/index.ts';
import { shareToken } from '../../../src/backends/thread/index.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { CancellationToken } from '../../../src/index.ts';
import { collectGarbage } from '../../support/collected.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { type LinkPair, linkPair } from './link-pair.ts';

guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a collection may take long on a busy machine

describe('H3: a token the program has dropped', () => {
  /** Attaches one and drops it; `use` may hang something on it after it is held only weakly. */
  async function dropped(pair: LinkPair, use: (token: CancellationToken) => unknown): Promise<CancellationToken> {
    const here = new CancellationToken({ name: 'stop' });
    pair.near.share(here, 'gave');
    const handle = handleOf(here);
    const kept = ((): unknown => {
      const token = pair.far.attach(handle, undefined);
      pair.far.sweep();
      return use(token);
    })();
    await collectGarbage();
    await collectGarbage();
    expect(kept).toBeDefined();
    return here;
  }

  test('is not kept if nothing hangs on it', async () => {
    using pair = linkPair();

    const here = await dropped(pair, () => true);

    expect(pair.far.counts).toMatchObject({ tokens: 0, remembered: 1 });
    expect(pair.far.attach(handleOf(here), undefined).isCancelled).toBe(false);
    here.dispose();
    await pair.settle();
  });

  test.each([
    ['a listener', (token: CancellationToken, heard: () => void) => token.onCancel(heard)],
    ['a child', (token: CancellationToken, heard: () => void) => token.child().onCancel(heard)],
    ['a linked token', (token: CancellationToken, heard: () => void) => CancellationToken.any([token]).onCancel(heard)],
    ['a promise', (token: CancellationToken, heard: () => void) => token.whenCancelled().then(heard)],
    [
      'a signal in a combined one',
      (token: CancellationToken, heard: () => void) => {
        const combined = AbortSignal.any([token.signal, new AbortController().signal]);
        combined.addEventListener('abort', heard);
        return combined;
      },
    ],
  ])('is kept if %s hangs on it, also since it was loosened', async (_, hang) => {
    using pair = linkPair();
    let heard = 0;

    const here = await dropped(pair, (token) => hang(token, () => heard++));
    pair.far.sweep();
    await collectGarbage();
    here.cancel('manual');
    await pair.settle();

    expect(heard).toBe(1);
  });

  test('is kept if it stands between two processes', async () => {
    using pair = linkPair();
    using other = linkPair();
    const far = ((): CancellationToken => {
      const { here, there } = pair.given('hub');
      other.near.share(here, 'gave');
      other.far.attach(handleOf(here), undefined).onCancel(() => reached++);
      return there;
    })();
    let reached = 0;
    for (const { near } of [pair, other]) near.sweep();
    await collectGarbage();

    far.cancel('manual');
    await pair.settle();
    await other.settle();

    expect(reached).toBe(1);
  });

  test('is kept if it stands between a process and a thread', async () => {
    using pair = linkPair();
    const there = ((): CancellationToken => {
      const { here, there } = pair.given('hub');
      shareToken(here);
      return there;
    })();

    pair.near.sweep();
    threadInbox.own().sweep();
    await collectGarbage();
    await collectGarbage();

    expect(pair.near.counts.tokens).toBe(1);
    there.cancel();
    await pair.settle();
  });

  test('is looked for when their number has doubled', async () => {
    using pair = linkPair();
    const names = Array.from({ length: 6 }, (_, n) => `batch-${n}`);

    for (const name of names) {
      for (let n = 0; n < 50; n++) pair.far.attach({ id: `9-0-${name}-${n}`, name }, undefined);
      await collectGarbage();
    }

    expect(pair.far.counts.tokens).toBeLessThan(200);
    pair.far.sweep();
    await collectGarbage();
    expect(pair.far.counts.tokens).toBeLessThan(64);
    pair.far.sweep();
    await collectGarbage();
    await collectGarbage();
    expect(pair.far.counts.tokens).toBe(0);
  });
});
