import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { KeptCancels } from '../../../src/backends/process/kept-cancels.ts';
import { registerMonitor } from '../../../src/index.ts';
import { recordingMonitor } from '../../../src/testing/index.ts';
import { reviveCause } from '../../../src/token/index.ts';

const ROOM = 10_000;
const cause = reviveCause({ reason: 'disconnect', token: { id: '1-0-1', name: 'client' } });

describe('W1: a cancel before its token', () => {
  test('is kept, once', () => {
    const kept = new KeptCancels();

    expect(kept.keep('a', cause)).toBe('kept');
    expect(kept.keep('a', reviveCause({ reason: 'timeout' }))).toBe('already');

    expect(kept.causeOf('a')).toBe(cause);
    expect(kept.causeOf('b')).toBeUndefined();
    expect(kept.size).toBe(1);
  });
});

describe('W2: a token that was attached and has ended', () => {
  test('without a cancel, answers that a cancel comes too late, and keeps it for the next use', () => {
    const kept = new KeptCancels();
    kept.end('a', undefined);

    expect(kept.keep('a', cause)).toBe('ended');

    expect(kept.causeOf('a')).toBe(cause);
    expect(kept.keep('a', cause)).toBe('already');
  });

  test('with one, answers that a cancel comes second', () => {
    const kept = new KeptCancels();
    kept.end('a', cause);

    expect(kept.keep('a', reviveCause({}))).toBe('already');
    expect(kept.causeOf('a')).toBe(cause);
  });

  test('is forgotten when the other side says that none will come; a cause is not', () => {
    const kept = new KeptCancels();
    kept.end('a', undefined);
    kept.end('b', cause);

    for (const id of ['a', 'b', 'c']) kept.forget(id);

    expect(kept.size).toBe(1);
    expect(kept.causeOf('b')).toBe(cause);
  });
});

describe('W3: when there is no room', () => {
  test('the oldest is dropped; a cancel that no work has seen is counted, and the first one reported', async () => {
    const kept = new KeptCancels();
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    const warning = once(process, 'warning');
    for (let n = 0; n < ROOM; n++) kept.keep(`kept-${n}`, cause);
    expect(kept.causeOf('kept-0')).toBe(cause);
    expect(recorded.of('propagated')).toEqual([]);

    kept.keep('one-more', cause);
    kept.keep('another', cause);

    expect(kept.size).toBe(ROOM);
    expect([kept.causeOf('kept-0'), kept.causeOf('kept-1'), kept.causeOf('kept-2')]).toEqual([
      undefined,
      undefined,
      cause,
    ]);
    const dropped = { source: 'client', target: '_OTHER', boundary: 'process', result: 'dropped' };
    expect(recorded.of('propagated')).toEqual([dropped, dropped]);
    expect(await warning).toMatchObject([{ name: 'CancelScopeWarning', code: 'CANCELSCOPE_KEPT_CANCELS' }]);
  });

  test('one that its work has seen makes room without a word', () => {
    const kept = new KeptCancels();
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);

    for (let n = 0; n <= ROOM; n++) kept.end(`seen-${n}`, cause);

    expect(kept.size).toBe(ROOM);
    expect(recorded.of('propagated')).toEqual([]);
  });
});
