import { describe, expect, test, vi } from 'vitest';
import { runInPiscina } from '../../../../src/backends/thread/index.ts';
import {
  cancelScope,
  CancelledError,
  InvalidArgumentError,
  InvalidStateError,
  openScope,
  type Scope,
  type WorkerEndStep,
} from '../../../../src/index.ts';
import { caught } from '../../../support/caught.ts';
import { loopTurn } from '../../../support/process-errors.ts';
import { record } from '../../../support/record.ts';
import { guardWork } from './guard-work.ts';
import { poolsForTests } from './pool-in-test.ts';

const workers = guardWork();
const newPool = poolsForTests();

describe('runInPiscina gives what the task returned', () => {
  test.each([[undefined], [42], [{ counts: new Map([['a', 1n]]) }], [null]])('%o', async (data) => {
    const { run } = newPool();

    expect(await cancelScope('echo', (scope) => run(scope, 'default', data))).toEqual(data);
  });

  test('moved, if it says so', async () => {
    const { run } = newPool();

    expect(await cancelScope('moved', (scope) => run(scope, 'moved', 3))).toEqual(new Uint8Array(3));
  });

  test('of data that is moved, where `run.transferList` says so', async () => {
    const { run } = newPool();
    const buffer = new ArrayBuffer(8);

    const bytes = await cancelScope('move', (scope) => run(scope, 'size', buffer, { run: { transferList: [buffer] } }));

    expect(bytes).toBe(8);
    expect(buffer.byteLength).toBe(0);
  });

  test('on the threads of the pool, and no others', async () => {
    const { pool, run } = newPool(2);

    const used = await cancelScope('many', (scope) =>
      Promise.all(Array.from({ length: 8 }, () => run(scope, 'thread'))),
    );

    const threads = new Set(pool.threads.map(({ threadId }) => threadId));
    expect(used.every((thread) => threads.has(thread as number))).toBe(true);
    expect(workers.all).toHaveLength(2);
  });
});

test('it runs in a scope of its own: the given one, called like its sender, by its deadline (O1)', async () => {
  const { run } = newPool();

  await cancelScope('sender', { timeoutMs: 600_000 }, async (scope) => {
    const own = await run(scope, 'describeScope');
    const renamed = await run(scope, 'describeScope', undefined, { name: 'tile' });

    expect(own).toMatchObject({ isCurrent: true, name: 'sender', parentId: scope.id, parentName: 'sender' });
    expect(own).toMatchObject({ remainingMs: expect.closeTo(scope.remainingMs, -5) as number });
    expect(renamed).toMatchObject({ name: 'tile', parentId: scope.id });
  });
});

test('monitors here hear of its scope when it has ended, though its thread is idle then', async () => {
  const { run } = newPool();
  const recorded = record();

  await cancelScope('sender', (scope) => run(scope, 'default', 1, { name: 'pooled' }));

  await vi.waitFor(() => expect(recorded.sequence('pooled')).toEqual(['scopeOpened', 'scopeSettled']));
});

describe('what fails', () => {
  /** What the caller gets, and the step that monitors are told. */
  async function failing(
    body: (scope: Scope) => Promise<unknown>,
  ): Promise<{ error: unknown; steps: WorkerEndStep[] }> {
    const recorded = record();
    const error = await caught(cancelScope('failing', body));
    expect(recorded.of('scopeSettled').at(-1)).toMatchObject({ outcome: 'failed' });
    return { error, steps: recorded.of('workerEnded').map(({ step }) => step) };
  }

  test('is what the task threw, with name, message, stack and code (E3)', async () => {
    const { run } = newPool();

    const { error, steps } = await failing((scope) => run(scope, 'fail', 'too large'));

    expect(error).toMatchObject({ name: 'RangeError', message: 'too large', code: 'E_TILE' });
    expect((error as Error).stack).toContain('pool.ts');
    expect(steps).toEqual(['threw']);
  });

  test.each([['text'], [{ status: 503 }], [undefined]])('is %o, thrown as it is (E3)', async (value) => {
    const { run } = newPool();

    expect((await failing((scope) => run(scope, 'failPlainly', value))).error).toEqual(value);
  });

  test('is the cancel of a scope of its own: nobody stopped it', async () => {
    const { run } = newPool();

    const { error, steps } = await failing((scope) => run(scope, 'ownTimeout'));

    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'timeout', cause: { token: { name: 'inner' } } });
    expect(steps).toEqual(['threw']);
  });

  test('is what the pool says, when the thread exits; the pool goes on', async () => {
    const { run } = newPool();

    const { error, steps } = await failing((scope) => run(scope, 'exit', 3));

    expect((error as Error).message).toContain('3');
    expect(steps).toEqual(['exited']);
    expect(await cancelScope('next', (scope) => run(scope, 'default', 'next'))).toBe('next');
  });

  test.each([
    ['data that cannot be cloned', () => {}, {}, 'DataCloneError'],
    ['no such file', 1, { filename: '/nowhere.mjs' }, 'Error'],
    ['a file name that is none', 1, { filename: 4 }, 'TypeError'],
  ])('is what the pool says of work that never began: %s', async (_why, data, options, name) => {
    const { run } = newPool();

    const { error, steps } = await failing((scope) => run(scope, 'default', data, { run: options }));

    expect(error).toMatchObject({ name });
    expect(steps).toEqual(['threw']);
  });

  test('is what a pool says that takes no more work', async () => {
    const full = new RangeError('queue is at limit');

    const { error, steps } = await failing((scope) => runInPiscina(scope, { run: () => Promise.reject(full) }));

    expect(error).toBe(full);
    expect(steps).toEqual(['threw']);
  });
});

describe('runInPiscina refuses, naming what is wrong', () => {
  const pool = { run: vi.fn<() => Promise<unknown>>() };

  test.each([
    ['pool', null, {}],
    ['pool', {}, {}],
    ['pool', { run: 1 }, {}],
    ['graceMs', pool, { graceMs: Number.NaN }],
    ['graceMs', pool, { graceMs: '5' }],
    ['name', pool, { name: '' }],
    ['name', pool, { name: 4 }],
  ])('%s in %o, %o', async (what, given, options) => {
    const scope = openScope('refused');

    const error = await caught(runInPiscina(scope, given as never, 1, options as never));
    scope.close();

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(new RegExp(`^${what} must be `));
    expect(pool.run).not.toHaveBeenCalled();
  });

  test('work in a scope that is cancelled, or has ended', async () => {
    const [cancelled, ended] = [openScope('cancelled'), openScope('ended')];
    cancelled.cancel('shutdown');
    ended.close();

    const errors = [await caught(runInPiscina(cancelled, pool)), await caught(runInPiscina(ended, pool))];
    cancelled.close();
    await loopTurn();

    expect(errors[0]).toMatchObject({ name: 'AbortError', reason: 'shutdown' });
    expect(errors[1]).toBeInstanceOf(InvalidStateError);
    expect(pool.run).not.toHaveBeenCalled();
  });
});
