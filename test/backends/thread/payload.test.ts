import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { causeText } from '../../../src/backends/thread/cause-text.ts';
import { shareToken } from '../../../src/backends/thread/index.ts';
import { RECORD_BYTES } from '../../../src/backends/thread/records.ts';
import { type CancellationCause, CancellationToken, captureCallSites, registerMonitor } from '../../../src/index.ts';
import { reviveCause } from '../../../src/token/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { startThread } from '../../support/thread-agent.ts';

guardLeaks();

const worker = startThread();
afterAll(() => worker.stop());
afterEach(() => captureCallSites(false));

/** What the other thread reads of `token`, once `cancel` has cancelled it. */
async function arrived(token: CancellationToken, cancel: () => void) {
  await worker.run.attach('there', shareToken(token));
  cancel();
  return worker.run.read('there');
}

const longest = (text: string): string => text.repeat(Math.ceil(4_096 / text.length)).slice(0, 4_096);

describe('a cancel with much to say counts, and arrives with its reason and as much as there is room for (X1)', () => {
  test.each([
    ['a long message', longest('why ')],
    ['a long message of wide characters', longest('取消')],
    ['a long message of emoji', longest(' 🛑')],
    ['a long message of half characters', longest('\uD83D')],
    ['a long message of quotes and zeroes', longest('"\0')],
    ['a message that is longer than is kept', 'x'.repeat(1_000_000)],
    ['a message of half a character', '\uDED1 lone'],
    ['an empty message', ''],
  ])('%s', async (_what, message) => {
    const token = new CancellationToken({ name: message.slice(0, 256) });

    const there = await arrived(token, () => token.cancel('condition', message));

    const cause = token.cause as CancellationCause;
    expect(there).toMatchObject({ isCancelled: true, name: token.name, cause: { reason: 'condition' } });
    expect(there.cause).toEqual(asText(cause).toJSON());
  });

  test('a chain of 100', async () => {
    const top = new CancellationToken({ name: 'top' });
    let token = top;
    for (let depth = 0; depth < 100; depth++) token = token.child({ name: `step ${depth}` });

    const there = await arrived(token, () => top.cancel('deadline', 'asked for 20 ms'));

    expect(there.cause).toMatchObject({ reason: 'parent', token: { id: token.id, name: 'step 99' } });
    expect(there.cause?.parent).toMatchObject({
      reason: 'deadline',
      message: 'asked for 20 ms',
      token: { name: 'top' },
    });
    expect(there.cause?.omitted).toBe(99);
  });

  test('a call site, as long as there is room', async () => {
    captureCallSites(true);
    const short = new CancellationToken();
    const long = new CancellationToken({ name: 'n'.repeat(256) });

    const [first, second] = [
      await arrived(short, () => short.cancel()),
      await arrived(long, () => long.cancel('manual', 'm'.repeat(1_200))),
    ];

    expect(first.cause?.callSite).toMatch(/payload\.test\.ts/);
    expect(second.cause).toMatchObject({ message: 'm'.repeat(1_200), token: { name: 'n'.repeat(256) } });
    expect([long.cause?.callSite === undefined, second.cause?.callSite]).toEqual([false, undefined]);
  });

  test('all of it when it fits: the cause is the same on both threads', async () => {
    const span = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };
    const monitor = registerMonitor({ spanContext: () => span });
    const token = new CancellationToken({ name: '取消 🛑' });

    const there = await arrived(token, () => token.cancel('error', 'süß "quoted" \n\0'));
    monitor[Symbol.dispose]();

    expect(there.cause).toEqual(token.cause?.toJSON());
    expect(there.cause).toMatchObject({ spanContext: span, message: 'süß "quoted" \n\0' });
  });
});

describe('a cancel whose cause cannot be written down', () => {
  test.each([
    ['a number no text has', 1n],
    ['a circle', circle()],
  ])('counts all the same, when a monitor gave %s for a span (M2)', async (_what, traceId) => {
    const monitor = registerMonitor({ spanContext: () => ({ traceId, spanId: 'x', traceFlags: 0 }) as never });
    const token = new CancellationToken();

    const there = await arrived(token, () => expect(token.cancel('error', 'broken monitor')).toBe(true));
    monitor[Symbol.dispose]();

    expect(there.cause?.reason).toBe('error');
  });
});

/** The cause, as text that fits, and a cause again. */
function asText(cause: CancellationCause): CancellationCause {
  return reviveCause(JSON.parse(new TextDecoder().decode(causeText(cause, RECORD_BYTES))));
}

function circle(): object {
  const one: { self?: object } = {};
  one.self = one;
  return one;
}
