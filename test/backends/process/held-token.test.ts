import { describe, expect, test } from 'vitest';
import { handleOf } from '../../../src/backends/process/index.ts';
import { attachToken, shareToken } from '../../../src/backends/thread/index.ts';
import { threadInbox } from '../../../src/backends/thread/thread-inbox.ts';
import { CancellationToken, openScope } from '../../../src/index.ts';
import { reviveCause, sharedStatesOf } from '../../../src/token/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { type LinkPair, linkPair } from './link-pair.ts';

guardLeaks();

/** The ids of the tokens that a side was sent cancels of. */
function cancelsSentBy(from: 'near' | 'far', pair: LinkPair): unknown[] {
  return pair.sent
    .filter((one) => one.from === from && one.message.kind === 'cancel')
    .map(({ message }) => message['id']);
}

describe('H1: a cancel', () => {
  test('goes to every process the token is shared with, and not back to the one it came from', async () => {
    using one = linkPair();
    using other = linkPair();
    const { here, there } = one.given('stop');
    other.near.share(here, 'gave');
    const elsewhere = other.far.attach(handleOf(here), undefined);
    await other.settle();

    there.cancel('disconnect', 'tab closed');
    await one.settle();
    await other.settle();

    expect([here.cause?.message, elsewhere.cause?.message]).toEqual(['tab closed', 'tab closed']);
    expect(cancelsSentBy('near', one)).toEqual([]);
    expect(cancelsSentBy('near', other)).toEqual([here.id]);
  });

  test('of what the token hangs under goes out too', async () => {
    using pair = linkPair();
    await using scope = openScope('outer', { detached: true });
    const { here, there } = pair.given('inner');
    using linked = CancellationToken.any([scope.token], { name: 'linked' });
    pair.near.share(linked, 'gave');
    const linkedThere = pair.far.attach(handleOf(linked), undefined);

    scope.cancel('shutdown');
    await pair.settle();

    expect(linkedThere.cause?.root.reason).toBe('shutdown');
    expect(there.isCancelled).toBe(false);
    here.dispose();
  });

  test('has one cause, whoever cancels while it is sent', async () => {
    using pair = linkPair();
    const { here, there } = pair.given('stop');
    await pair.settle();
    pair.fate = (_, message) => {
      if (message.kind === 'cancel') here.cancel('error', 'by whoever watches the channel');
      return 'arrives';
    };

    const heard: unknown[] = [];
    here.onCancel(({ message }) => heard.push(message));

    here.cancel('manual', 'first');
    await pair.settle();

    expect(heard).toEqual(['first']);
    expect([here.cause?.message, there.cause?.message]).toEqual(['first', 'first']);
  });

  test.each(['threads', 'processes'] as const)(
    'of a token that %s held first has the cause of the thread that won',
    async (first) => {
      using pair = linkPair();
      const here = new CancellationToken({ name: 'stop' });
      if (first === 'threads') shareToken(here);
      pair.near.share(here, 'gave');
      const there = pair.far.attach(handleOf(here), undefined);
      const { slot } = shareToken(here);
      const cause = reviveCause({ reason: 'superseded', message: 'by a thread' });
      threadInbox.own().settle(slot as number, cause);

      here.cancel('manual', 'second');
      await pair.settle();

      expect([here.cause?.message, there.cause?.message]).toEqual(['by a thread', 'by a thread']);
    },
  );

  test.each(['threads', 'processes'] as const)(
    'of a token that %s held first is one to threads and processes',
    async (first) => {
      using pair = linkPair();
      const token = new CancellationToken({ name: 'both' });
      if (first === 'threads') shareToken(token);
      pair.near.share(token, 'gave');
      const handle = shareToken(token);
      const there = pair.far.attach(handleOf(token), undefined);

      expect(attachToken(handle)).toBe(token);
      there.cancel('manual', 'from the process');
      await pair.settle();

      expect(token.cause?.message).toBe('from the process');
      expect(attachToken(handle)).toMatchObject({ id: token.id, isCancelled: true });
    },
  );
});

describe('H2: when the token has ended', () => {
  test.each([
    ['cancelled here', (here: CancellationToken) => here.cancel()],
    ['cancelled there', (_: CancellationToken, there: CancellationToken) => there.cancel()],
    ['disposed here', (here: CancellationToken) => here.dispose()],
  ] as const)('because it was %s, nothing on it and no entry is left', async (_, end) => {
    using pair = linkPair();
    const { here, there } = pair.given('stop');
    await pair.settle();

    end(here, there);
    await pair.settle();

    expect(pair.near.counts).toMatchObject({ tokens: 0, unanswered: 0 });
    expect(pair.far.counts).toMatchObject({ tokens: 0, unanswered: 0 });
    expect([here, there].map(sharedStatesOf)).toEqual([[], []]);
  });

  test('it can be shared again if it lives on', async () => {
    using pair = linkPair();
    using other = linkPair();
    const { here, there } = pair.given('stop');
    here.dispose();
    await pair.settle();

    other.near.share(there, 'gave');
    const again = other.far.attach(handleOf(there), undefined);
    there.cancel('manual');
    await other.settle();

    expect(again.cause?.reason).toBe('manual');
  });
});
