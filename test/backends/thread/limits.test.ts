import { afterAll, describe, expect, test } from 'vitest';
import {
  attachToken,
  configureThreads,
  SharedTokensFullError,
  shareToken,
  type SharedTokenHandle,
} from '../../../src/backends/thread/index.ts';
import { CancellationToken, InvalidArgumentError, InvalidStateError } from '../../../src/index.ts';
import { collectGarbage } from '../../support/collected.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startThread } from '../../support/thread-agent.ts';

const LIMIT = 8;

/** Before anything is shared: this file has a process of its own. */
const refusals = [0, -1, 1.5, NaN, Infinity, 1_000_001, '8', null].map(refusalOf);
configureThreads({ sharedTokens: 2 });
configureThreads({}); // changes nothing
configureThreads({ sharedTokens: LIMIT }); // the last one counts

guardLeaks();

const worker = startThread();
afterAll(() => worker.stop());

/** Shares new tokens until there is room for no more. */
function fill(): { readonly tokens: CancellationToken[]; readonly error: unknown } {
  const tokens: CancellationToken[] = [];
  try {
    for (;;) {
      const token = new CancellationToken();
      shareToken(token);
      tokens.push(token);
    }
  } catch (error) {
    return { tokens, error };
  }
}

function end(tokens: readonly CancellationToken[]): void {
  for (const token of tokens) token.dispose();
}

describe('configureThreads', () => {
  test('refuses what is no number of tokens', () => {
    expect(refusals).toHaveLength(8);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(InvalidArgumentError);
      expect((refusal as Error).message).toMatch(/^sharedTokens must be a whole number from 1 to 1,?000,?000/);
    }
  });

  test('comes too late once a token was shared', () => {
    const token = new CancellationToken();
    shareToken(token);

    expect(() => configureThreads({ sharedTokens: 100 })).toThrow(InvalidStateError);

    token.dispose();
  });

  test('sets the room of the thread that shares first, for all that attach', async () => {
    const { tokens } = fill();
    await worker.run.attach('theirs', shareToken(tokens[0] as CancellationToken));
    await worker.run.make('one-more');

    await expect(worker.run.share('one-more')).rejects.toMatchObject({ name: 'SharedTokensFullError' });

    end(tokens);
    await worker.run.dispose('theirs');
  });
});

describe('when all slots are held', () => {
  test('sharing one more throws, and says what to do', () => {
    const { tokens, error } = fill();

    expect(tokens).toHaveLength(LIMIT);
    expect(error).toBeInstanceOf(SharedTokensFullError);
    expect(error).toMatchObject({ name: 'SharedTokensFullError', code: 'ERR_CANCELSCOPE_SHARED_TOKENS_FULL' });
    expect((error as Error).message).toMatch(/^8 tokens are shared .*using .*configureThreads/s);
    end(tokens);
  });

  test('those shared already can be shared again, attached and cancelled', async () => {
    const { tokens } = fill();
    const [first, second] = tokens as [CancellationToken, CancellationToken];

    expect(attachToken(shareToken(first))).toBe(first);
    await worker.run.attach('first', shareToken(first));
    expect(second.cancel()).toBe(true);
    await worker.run.cancel('first');

    expect(first.isCancelled).toBe(true);
    end(tokens);
  });

  test('a token that could not be shared is as it was', () => {
    const { tokens } = fill();
    const token = new CancellationToken();
    expect(() => shareToken(token)).toThrow(SharedTokensFullError);

    expect(token.cancel('manual', 'not shared')).toBe(true);

    expect(token.cause?.message).toBe('not shared');
    expect(shareToken(token).cause?.message).toBe('not shared'); // a cancelled one needs no room
    end(tokens);
  });

  test.each([
    ['cancelled', (token: CancellationToken) => token.cancel()],
    ['disposed', (token: CancellationToken) => token.dispose()],
  ])('one that is %s makes room for one', (_how, finish) => {
    const { tokens } = fill();
    finish(tokens[3] as CancellationToken);

    const again = fill();

    expect(again.tokens).toHaveLength(1);
    end([...tokens, ...again.tokens]);
  });

  test('one that every thread but one has let go of takes its room', async () => {
    const token = new CancellationToken();
    await worker.run.attach('held', shareToken(token));
    token.dispose();

    const full = fill();
    end(full.tokens);
    await worker.run.dispose('held');
    const empty = fill();
    end(empty.tokens);

    expect([full.tokens.length, empty.tokens.length]).toEqual([LIMIT - 1, LIMIT]);
  });

  test('an old handle of a slot that this thread holds again takes nothing from its token (S2)', async () => {
    const old = new CancellationToken();
    const handle = shareToken(old);
    old.dispose();
    const { tokens } = fill(); // one of them is where the old one was
    for (const [index, token] of tokens.entries()) await worker.run.attach(String(index), shareToken(token));
    const told = tokens.map((token) => token.whenCancelled());

    expect(() => attachToken(handle)).toThrow(InvalidStateError);

    expect(tokens).toHaveLength(LIMIT);
    for (const index of tokens.keys()) await worker.run.cancel(String(index), 'manual', String(index));
    expect((await Promise.all(told)).map(({ message }) => message)).toEqual(tokens.map((_, index) => String(index)));
  });

  test('those the program has dropped make room, once they are collected (B3)', async () => {
    fill(); // and nobody keeps them
    await collectGarbage();

    const room = fill().tokens.length;
    await collectGarbage();
    const { tokens } = fill();

    expect(room).toBeLessThanOrEqual(LIMIT);
    expect(tokens).toHaveLength(LIMIT);
    end(tokens);
  });

  test('those on which a listener hangs do not, dropped or not (B3)', async () => {
    let heard = 0;
    const handles: SharedTokenHandle[] = [];
    for (const token of fill().tokens) {
      token.onCancel(() => heard++);
      handles.push(shareToken(token));
    }
    await collectGarbage();

    expect(fill().tokens).toHaveLength(0);

    for (const handle of handles) attachToken(handle).cancel();
    expect(heard).toBe(LIMIT);
  });
});

function refusalOf(sharedTokens: unknown): unknown {
  try {
    return configureThreads({ sharedTokens: sharedTokens as number });
  } catch (error) {
    return error;
  }
}
