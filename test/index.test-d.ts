import { describe, expectTypeOf, test } from 'vitest';
import {
  type AnyToken,
  CANCELLATION_REASONS,
  type CancellationCause,
  type CancellationReason,
  CancellationToken,
  type CancelledError,
  cancellable,
  cancelScope,
  currentScope,
  failAfter,
  isCancelled,
  moveOnAfter,
  openScope,
  PauseGate,
  type ReadonlyToken,
  registerMonitor,
  registry,
  type Scope,
  type SCOPE_OUTCOMES,
  type ScopeOptions,
  type ScopeOutcome,
  type Segment,
  type Task,
  taskGroup,
  type Trigger,
} from '../src/index.ts';

describe('cancelScope', () => {
  test('gives a promise of what its body gives, sync or async', () => {
    expectTypeOf(cancelScope('work', () => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(cancelScope('work', {}, async () => 'value')).resolves.toEqualTypeOf<string>();
    expectTypeOf(cancelScope('work', undefined, () => {})).resolves.toEqualTypeOf<void>();
  });

  test('hands its body a scope', () => {
    void cancelScope('work', (scope) => {
      expectTypeOf(scope).toEqualTypeOf<Scope>();
      expectTypeOf(scope.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(scope.cause).toEqualTypeOf<CancellationCause | undefined>();
      expectTypeOf(scope.outcome).toEqualTypeOf<ScopeOutcome | undefined>();
      expectTypeOf(scope.parent).toEqualTypeOf<Scope | undefined>();
    });
    expectTypeOf(currentScope()).toEqualTypeOf<Scope | undefined>();
  });

  test('refuses a missing body, a name that is no string, and options it does not know', () => {
    // @ts-expect-error -- no body
    void cancelScope('work');
    // @ts-expect-error -- no name
    void cancelScope(() => 1);
    // @ts-expect-error -- a typo
    void cancelScope('work', { timeout: 5 }, () => 1);
    // @ts-expect-error -- a length of time is a number
    void cancelScope('work', { timeoutMs: '5s' }, () => 1);
    // @ts-expect-error -- left out, or a number
    void cancelScope('work', { timeoutMs: undefined }, () => 1);
  });

  test('takes a token, a view of one, a foreign signal and a Date', () => {
    const token = new CancellationToken();
    expectTypeOf({ token }).toExtend<ScopeOptions>();
    expectTypeOf({ token: token.readonly() }).toExtend<ScopeOptions>();
    expectTypeOf({ signal: new AbortController().signal, deadline: new Date() }).toExtend<ScopeOptions>();
    expectTypeOf({ triggers: [(cancel: () => void) => cancel()] }).toExtend<ScopeOptions>();
  });
});

describe('triggers', () => {
  test('may be a function or named; an async start is refused', () => {
    expectTypeOf<() => void>().toExtend<Trigger>();
    expectTypeOf<{ name: string; start: () => Disposable }>().toExtend<Trigger>();
    expectTypeOf<() => Promise<void>>().not.toExtend<Trigger>();
  });
});

describe('opened scopes', () => {
  test('work with await using, and run gives what its function gives', () => {
    expectTypeOf<Scope>().toExtend<AsyncDisposable>();
    expectTypeOf(openScope('work').run(() => 7)).toEqualTypeOf<number>();
    expectTypeOf(openScope('work').run(async () => 7)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(openScope('work').close()).toEqualTypeOf<ScopeOutcome>();
  });

  test('race and shield keep the type; dispose is handed the value', () => {
    const scope = openScope('work');
    expectTypeOf(scope.race(Promise.resolve(7))).resolves.toEqualTypeOf<number>();
    expectTypeOf(scope.shield(async () => 'value', { maxMs: 5 })).resolves.toEqualTypeOf<string>();
    void scope.race(Promise.resolve(7), { dispose: (value) => expectTypeOf(value).toEqualTypeOf<number>() });
  });

  test('stream gives items, or arrays of them when chunked', () => {
    const scope = openScope('work');
    expectTypeOf(scope.stream([1, 2])).toEqualTypeOf<AsyncGenerator<number, void, undefined>>();
    expectTypeOf(scope.stream([1, 2], { buffer: true })).toEqualTypeOf<AsyncGenerator<number, void, undefined>>();
    expectTypeOf(scope.stream([1, 2], { chunk: 2 })).toEqualTypeOf<AsyncGenerator<number[], void, undefined>>();
    expectTypeOf(scope.transform<string>()).toEqualTypeOf<TransformStream<string, string>>();
  });
});

describe('functions people know', () => {
  test('keep the type, and say when undefined may come', () => {
    expectTypeOf(failAfter(5, () => 1)).resolves.toEqualTypeOf<number>();
    expectTypeOf(moveOnAfter(5, () => 1)).resolves.toEqualTypeOf<number | undefined>();
    const load = cancellable({ name: 'load' }, (_scope, id: string, times: number) => id.repeat(times));
    expectTypeOf(load).toEqualTypeOf<(id: string, times: number) => Promise<string>>();
  });
});

describe('task groups', () => {
  test('give what the body gives; tasks keep their type', () => {
    const run = taskGroup('group', async (group) => {
      const task = group.spawn('task', async () => 7);
      expectTypeOf(task).toEqualTypeOf<Task<number>>();
      expectTypeOf(group.errors).toExtend<readonly unknown[]>();
      return task.promise;
    });
    expectTypeOf(run).resolves.toEqualTypeOf<number>();
  });
});

describe('tokens', () => {
  test('a view has no way to cancel', () => {
    expectTypeOf<ReadonlyToken>().not.toHaveProperty('cancel');
    expectTypeOf<ReadonlyToken>().not.toHaveProperty('child');
    expectTypeOf<ReadonlyToken>().not.toHaveProperty('dispose');
    expectTypeOf(new CancellationToken().readonly()).toExtend<AnyToken>();
  });

  test('a reason is one of a closed set', () => {
    const token = new CancellationToken();
    expectTypeOf(token.cancel('shutdown', 'why')).toEqualTypeOf<boolean>();
    // @ts-expect-error -- not a reason
    token.cancel('because');
    expectTypeOf(CANCELLATION_REASONS[0]).toExtend<CancellationReason>();
    expectTypeOf<(typeof SCOPE_OUTCOMES)[number]>().toEqualTypeOf<ScopeOutcome>();
  });

  test('a cause cannot be written to', () => {
    expectTypeOf<CancelledError['cause']>().toEqualTypeOf<CancellationCause>();
    expectTypeOf<CancelledError['reason']>().toEqualTypeOf<CancellationReason>();
    // @ts-expect-error -- readonly
    (new CancellationToken().cause as CancellationCause).reason = 'manual';
    expectTypeOf(isCancelled(new Error('any'), 'timeout')).toEqualTypeOf<boolean>();
  });
});

describe('pause gates', () => {
  test('tell a finished segment from a suspended one', () => {
    const run = new PauseGate<string>().segment('segment', {}, async () => 7);
    expectTypeOf(run).resolves.toEqualTypeOf<Segment<number, string>>();
    void run.then((segment) => {
      if (segment.state === 'finished') expectTypeOf(segment.value).toEqualTypeOf<number>();
      expectTypeOf(segment.transcript).toEqualTypeOf<readonly string[]>();
    });
  });
});

describe('monitors and the registry', () => {
  test('hooks are typed and optional; an unknown one is refused', () => {
    expectTypeOf(registerMonitor({})).toExtend<Disposable>();
    registerMonitor({
      scopeSettled: (scope, event) => {
        expectTypeOf(scope.name).toEqualTypeOf<string>();
        expectTypeOf(event.outcome).toEqualTypeOf<ScopeOutcome>();
      },
    });
    // @ts-expect-error -- no such hook
    registerMonitor({ scopeClosed: () => {} });
  });

  test('results are a closed set', () => {
    expectTypeOf(registry.cancel('id')).toEqualTypeOf<'cancelled' | 'already' | 'settled' | 'not_found'>();
    expectTypeOf(registry.snapshot()[0]).toExtend<{ readonly name: string } | undefined>();
  });
});
