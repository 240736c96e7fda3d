import { describe, expect, test } from 'vitest';
import {
  CancellationToken,
  CancelledError,
  cancelScope,
  openScope,
  type Scope,
  type ScopeOptions,
  type ScopeOutcome,
  type TriggerCancel,
} from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { record } from '../support/record.ts';

guardLeaks();

/** How a scope comes to be cancelled: its options, and what to do for it. */
interface Way {
  readonly options: ScopeOptions;
  cancel(scope: Scope): unknown;
  readonly reason: string;
  readonly root: string;
  end?(): void;
}

const WAYS = {
  'its own cancel': (): Way => ({
    options: {},
    cancel: (scope) => scope.cancel('superseded'),
    reason: 'superseded',
    root: 'superseded',
  }),
  'its parent': (): Way => {
    const parent = openScope('outer');
    return {
      options: { parent },
      cancel: () => parent.cancel('shutdown'),
      reason: 'parent',
      root: 'shutdown',
      end: () => parent.close(),
    };
  },
  'its own timeout': (): Way => {
    const clock = virtualClock();
    return { options: { clock, timeoutMs: 10 }, cancel: () => clock.advance(10), reason: 'timeout', root: 'timeout' };
  },
  'a deadline from outside': (): Way => {
    const clock = virtualClock({ now: 500 });
    return { options: { clock, deadline: 510 }, cancel: () => clock.advance(10), reason: 'deadline', root: 'deadline' };
  },
  'a token': (): Way => {
    const token = new CancellationToken({ name: 'stop' });
    return { options: { token }, cancel: () => token.cancel('disconnect'), reason: 'parent', root: 'disconnect' };
  },
  'a readonly token': (): Way => {
    const token = new CancellationToken({ name: 'stop' });
    return { options: { token: token.readonly() }, cancel: () => token.cancel(), reason: 'parent', root: 'manual' };
  },
  'an AbortSignal': (): Way => {
    const controller = new AbortController();
    return {
      options: { signal: controller.signal },
      cancel: () => controller.abort(),
      reason: 'abort',
      root: 'abort',
    };
  },
  'a trigger': (): Way => {
    let fire!: TriggerCancel;
    return {
      options: { triggers: [{ name: 'probe', start: (cancel) => void (fire = cancel) }] },
      cancel: () => fire(),
      reason: 'condition',
      root: 'condition',
    };
  },
} satisfies Record<string, () => Way>;

/** How a body ends, and what that means with and without a cancel (S3, S5). */
interface End {
  readonly end: (scope: Scope) => unknown;
  readonly uncancelled: ScopeOutcome | 'n/a';
  readonly cancelled: ScopeOutcome;
}

function otherTokensError(): unknown {
  const other = new CancellationToken({ name: 'other' });
  other.cancel('superseded');
  return thrownBy(() => other.throwIfCancelled());
}

function thrownBy(fn: () => unknown): unknown {
  try {
    fn();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

function raise(error: unknown): never {
  throw error;
}

const ENDS: Record<string, End> = {
  'returns a value': { end: () => 'value', uncancelled: 'completed', cancelled: 'ignored' },
  'throws its own CancelledError': {
    end: (scope) => scope.throwIfCancelled(),
    uncancelled: 'n/a',
    cancelled: 'cancelled',
  },
  'throws the reason of its signal': {
    end: (scope) => scope.signal.throwIfAborted(),
    uncancelled: 'n/a',
    cancelled: 'cancelled',
  },
  'throws a wrapper of its own CancelledError': {
    end: (scope) => raise(new Error('query failed', { cause: thrownBy(() => scope.throwIfCancelled()) })),
    uncancelled: 'n/a',
    cancelled: 'cancelled',
  },
  'throws a bare AbortError': {
    end: () => raise(new DOMException('This operation was aborted', 'AbortError')),
    uncancelled: 'failed',
    cancelled: 'cancelled',
  },
  'throws another error': { end: () => raise(new Error('disk full')), uncancelled: 'failed', cancelled: 'failed' },
  'throws undefined': { end: () => raise(undefined), uncancelled: 'failed', cancelled: 'failed' },
  'throws a CancelledError of another token': {
    end: () => raise(otherTokensError()),
    uncancelled: 'failed',
    cancelled: 'failed',
  },
};

/** Those a body can come to without having been cancelled. */
const FREE_ENDS = Object.entries(ENDS).filter(([, { uncancelled }]) => uncancelled !== 'n/a');

describe('S5: not cancelled', () => {
  test.each(FREE_ENDS)('a body that %s', async (_title, { end, uncancelled }) => {
    const recorded = record();
    let thrown: unknown;

    const run = cancelScope('work', (scope) => {
      try {
        return end(scope);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    const result = await run.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );

    expect(result).toEqual(uncancelled === 'completed' ? { value: 'value' } : { error: thrown });
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: uncancelled, cause: undefined }]);
  });
});

describe.each(Object.entries(ENDS))('S5: a body that %s', (_title, { end, cancelled }) => {
  test.each(Object.entries(WAYS))(`cancelled by %s: ${cancelled}`, async (_way, setUp) => {
    const recorded = record();
    const way = setUp();
    const entered = deferred<Scope>();
    const goOn = deferred();
    let thrown: unknown;
    const run = cancelScope('work', way.options, async (scope) => {
      entered.resolve(scope);
      await goOn.promise;
      try {
        return end(scope);
      } catch (error) {
        thrown = error;
        throw error;
      }
    });
    const scope = await entered.promise;

    await way.cancel(scope);
    const stateWhileCancelling = scope.state;
    goOn.resolve();
    const result = await run.then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    way.end?.();

    expect(stateWhileCancelling).toBe('cancelling');
    expect(scope.outcome).toBe(cancelled);
    expect(scope.cause).toMatchObject({ reason: way.reason, root: { reason: way.root } });
    const [kind, value] = Object.entries(result)[0] ?? [];
    const isOwn = value instanceof CancelledError && value.cause === scope.cause;
    expect({ kind, value, isOwn }).toEqual({
      kind: cancelled === 'ignored' ? 'value' : 'error',
      value: { ignored: 'value', failed: thrown, cancelled: value }[cancelled as 'ignored'],
      isOwn: cancelled === 'cancelled',
    });
    const settled = recorded.of('scopeSettled').find(({ cause }) => cause === scope.cause);
    expect(settled).toMatchObject({ outcome: cancelled });
  });
});

describe('S3: already cancelled on entry', () => {
  const BORN: Record<string, () => { options: ScopeOptions; reason: string; root: string; end?: () => void }> = {
    'by its parent': () => {
      const parent = openScope('outer');
      parent.cancel('shutdown');
      return { options: { parent }, reason: 'parent', root: 'shutdown', end: () => parent.close() };
    },
    'by a timeout of 0': () => ({ options: { timeoutMs: 0 }, reason: 'timeout', root: 'timeout' }),
    'by a negative timeout': () => ({ options: { timeoutMs: -5 }, reason: 'timeout', root: 'timeout' }),
    'by a deadline that has passed': () => ({
      options: { deadline: new Date(Date.now() - 1_000) },
      reason: 'deadline',
      root: 'deadline',
    }),
    'by a token': () => {
      const token = new CancellationToken();
      token.cancel('disconnect');
      return { options: { token }, reason: 'parent', root: 'disconnect' };
    },
    'by an AbortSignal': () => ({ options: { signal: AbortSignal.abort() }, reason: 'abort', root: 'abort' }),
    'by a trigger that fires while it starts': () => ({
      options: { triggers: [(cancel) => cancel('condition')] },
      reason: 'condition',
      root: 'condition',
    }),
  };

  test.each(Object.entries(BORN))('%s: the body does not run', async (_title, setUp) => {
    const recorded = record();
    const { options, reason, root, end } = setUp();
    let ran = false;

    const error = await caught(cancelScope('work', options, () => (ran = true)));
    end?.();

    expect(ran).toBe(false);
    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', reason, cause: { root: { reason: root } } });
    expect(recorded.of('scopeSettled')[0]).toMatchObject({ outcome: 'cancelled' });
  });
});
