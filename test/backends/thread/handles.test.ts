import { afterAll, describe, expect, test } from 'vitest';
import { attachToken, shareToken, type SharedTokenHandle } from '../../../src/backends/thread/index.ts';
import { CancellationToken, InvalidArgumentError, InvalidStateError } from '../../../src/index.ts';
import { readingOf } from '../../support/agent-commands.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { record } from '../../support/record.ts';
import { startThread } from '../../support/thread-agent.ts';

guardLeaks();

const worker = startThread();
afterAll(() => worker.stop());

/** A handle of a token that this thread let go of; cancelled before, if `why` says so. */
function lateHandle(why?: string): { readonly handle: SharedTokenHandle; readonly token: CancellationToken } {
  const token = new CancellationToken({ name: 'late' });
  const handle = shareToken(token);
  if (why === undefined) token.dispose();
  else token.cancel('superseded', why);
  return { handle, token };
}

/** Shares and lets go so often that every slot there is has been taken again. */
function recycleAllSlots(): void {
  for (let round = 0; round < 5_000; round++) {
    const token = new CancellationToken();
    shareToken(token);
    if (round % 2 === 0) token.cancel('manual', 'a later one');
    else token.dispose();
  }
}

describe('a handle that arrives late', () => {
  test('when its token was cancelled and let go of: cancelled, with the whole cause (S3)', async () => {
    const { handle, token } = lateHandle('a newer one came');

    const id = await worker.run.attach('late', handle);

    expect(id).toBe(token.id);
    expect(await worker.run.read('late')).toEqual(readingOf(token));
  });

  test('is cancelled on the thread that shared it too', () => {
    const { handle, token } = lateHandle('a newer one came');

    const attached = attachToken(handle);

    expect(readingOf(attached)).toEqual(readingOf(token));
    expect(attached.cancel()).toBe(false);
  });

  test('when its token was let go of uncancelled: gone', async () => {
    const { handle } = lateHandle();

    expect(() => attachToken(handle)).toThrow(InvalidStateError);
    expect(() => attachToken(handle)).toThrow(/"late" is gone/);
    await expect(worker.run.attach('late', handle)).rejects.toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_STATE' });
  });

  test.each([undefined, 'a newer one came'])(
    'when its slot was taken again, by many: gone, and no other token is touched (S2; cancelled: %s)',
    async (why) => {
      const { handle } = lateHandle(why);
      recycleAllSlots();
      const next = new CancellationToken();
      shareToken(next);

      await expect(worker.run.attach('late', handle)).rejects.toMatchObject({ name: 'InvalidStateError' });
      expect(() => attachToken(handle)).toThrow(InvalidStateError);

      expect(next.isCancelled).toBe(false);
      next.dispose();
    },
  );

  test('of a token that a thread has cancelled touches the slot’s next owner in no way (B4)', async () => {
    const tokens = Array.from({ length: 50 }, () => new CancellationToken());
    const handles = tokens.map((token) => shareToken(token));
    await Promise.all(handles.map((handle, index) => worker.run.attach(`old-${index}`, handle)));
    await Promise.all(tokens.map((_, index) => worker.run.cancel(`old-${index}`, 'manual', String(index))));
    for (const token of tokens) expect(token.isCancelled).toBe(true);
    recycleAllSlots();
    const next = Array.from({ length: 50 }, () => new CancellationToken());
    for (const token of next) shareToken(token);

    const again = await Promise.all(tokens.map((_, index) => worker.run.cancel(`old-${index}`)));
    const kept = await Promise.all(tokens.map((_, index) => worker.run.read(`old-${index}`)));
    for (const token of tokens) token.dispose();

    expect(again.some(Boolean)).toBe(false);
    expect(kept.map(({ cause }) => cause?.message)).toEqual(tokens.map((_, index) => String(index)));
    expect(next.filter(({ isCancelled }) => isCancelled)).toEqual([]);
    for (const token of next) expect(token.cancel()).toBe(true);
  });
});

describe('what is no handle', () => {
  const handle = () => {
    const token = new CancellationToken({ name: 'real' });
    const real = shareToken(token) as SharedTokenHandle & Record<'memory' | 'slot' | 'generation', unknown>;
    token.dispose();
    return real;
  };
  const memory = (bytes: number, ...words: number[]): SharedArrayBuffer => {
    const buffer = new SharedArrayBuffer(bytes);
    new Int32Array(buffer).set(words.slice(0, bytes / 4));
    return buffer;
  };

  test.each([
    ['nothing', () => undefined],
    ['null', () => null],
    ['text', () => 'handle'],
    ['an empty object', () => ({})],
    ['a token', () => new CancellationToken()],
    ['a cancelled token', () => cancelledToken()],
    ['a handle that went through JSON', () => JSON.parse(JSON.stringify(handle()))],
    ['a cause where a handle should be', () => cancelledToken().cause],
    ['one of no kind', () => ({ ...handle(), cancelscope: undefined })],
    ['one with neither slot nor cause', () => ({ cancelscope: 'shared-token', id: 'a', name: 'b' })],
    ['one with null for a cause', () => ({ cancelscope: 'shared-token', id: 'a', name: 'b', cause: null })],
    ['a slot below the first', () => ({ ...handle(), slot: -1 })],
    ['a slot that is no whole number', () => ({ ...handle(), slot: 0.5 })],
    ['a slot beyond the last', () => ({ ...handle(), slot: 4_096 })],
    ['a slot beyond all memory', () => ({ ...handle(), slot: 2 ** 40 })],
    ['no generation', () => ({ ...handle(), generation: undefined })],
    ['memory that is not shared', () => ({ ...handle(), memory: new ArrayBuffer(65_536) })],
    ['memory too small for anything', () => ({ ...handle(), memory: memory(4) })],
    ['memory that is no slab', () => ({ ...handle(), memory: memory(65_536, 0, 999_999) })],
    ['memory that claims to be a larger slab', () => ({ ...handle(), memory: memory(65_536, 4_096, 999_998) })],
    ['a name that is no text', () => ({ ...handle(), name: 5 })],
    ['an id that is no text', () => ({ ...handle(), id: {} })],
  ])('%s is refused', (_what, make) => {
    const given = make();

    expect(() => attachToken(given)).toThrow(InvalidArgumentError);
    expect(() => attachToken(given)).toThrow(/^handle must be what shareToken gave/);
  });

  test('leaves everything as it was', () => {
    const token = new CancellationToken();
    shareToken(token);

    expect(() => attachToken({ ...handle(), slot: -1 } as SharedTokenHandle)).toThrow('handle');

    expect(token.cancel()).toBe(true);
    const next = new CancellationToken();
    expect(attachToken(shareToken(next))).toBe(next);
    next.dispose();
  });
});

test('attaching tells monitors of one token more, under the id all threads know it by', async () => {
  const recorded = record();
  await worker.run.make('elsewhere');

  const token = attachToken(await worker.run.share('elsewhere'));

  const created = recorded.of('tokenCreated').filter(({ token: { name } }) => name === 'elsewhere');
  expect(created.map((event) => event.token.id).filter((id) => id !== token.id)).toEqual([]);
  token.dispose();
});

function cancelledToken(): CancellationToken {
  const token = new CancellationToken();
  token.cancel();
  return token;
}
