import { describe, expect, test } from 'vitest';
import {
  cancelScope,
  CancelledError,
  InvalidArgumentError,
  InvalidStateError,
  openScope,
  type RunInWorkerOptions,
  type WorkerTask,
} from '../../../../src/index.ts';
import { processState, UnsupportedError } from '../../../../src/token/index.ts';
import { caught } from '../../../support/caught.ts';
import { record } from '../../../support/record.ts';
import { guardWork } from './guard-work.ts';

const FILE = new URL('tasks/values.ts', import.meta.url);
const workers = guardWork();

/** The error of a call that must not start a thread, nor tell monitors of one. */
async function refused(task: unknown, options?: unknown): Promise<unknown> {
  const recorded = record();
  const scope = openScope('refused');
  const error = await caught(scope.runInWorker(task as WorkerTask, 1, options as RunInWorkerOptions));
  scope.close();
  expect(workers.all).toEqual([]);
  expect(recorded.of('workerEnded')).toEqual([]);
  return error;
}

describe('runInWorker refuses, naming what is wrong, and starts no thread', () => {
  test.each([
    ['a function', () => 1],
    ['nothing', undefined],
    ['null', null],
    ['a number', 1],
    ['an object without a file', { name: 'echo' }],
    ['a name that is none', { file: FILE, name: 1 }],
    ['a file that is none', { file: () => 1, name: 'echo' }],
  ])('as a task: %s', async (_what, task) => {
    const error = await refused(task);

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(/^task must be .* module/);
  });

  test.each([
    ['graceMs', { graceMs: Number.NaN }],
    ['graceMs', { graceMs: '5' }],
    ['graceMs', { graceMs: null }],
    ['name', { name: '' }],
    ['name', { name: 4 }],
    ['transferList', { transferList: 'buffer' }],
    ['transferList', { transferList: null }],
  ])('as %s: %o', async (option, options) => {
    const error = await refused(FILE, options);

    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect((error as Error).message).toMatch(new RegExp(`^${option} must be `));
  });

  test('what `new Worker` refuses, with its error', async () => {
    expect(await refused(FILE, { worker: { argv: 5 } })).toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  });

  test('in a scope that is cancelled', async () => {
    const scope = openScope('over');
    scope.cancel('superseded');

    const error = await caught(scope.runInWorker(FILE));
    scope.close();

    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'superseded', cause: { token: { name: 'over' } } });
    expect(workers.all).toEqual([]);
  });

  test('in a scope whose deadline has passed, though no timer has said so (S9)', async () => {
    const error = await caught(
      cancelScope('late', { timeoutMs: 5 }, (scope) => {
        for (const until = performance.now() + 10; performance.now() < until;);
        return scope.runInWorker(FILE);
      }),
    );

    expect(error).toMatchObject({ name: 'AbortError', reason: 'timeout' });
    expect(workers.all).toEqual([]);
  });

  test('in a scope that has ended: nobody could stop the work', async () => {
    const scope = openScope('ended');
    scope.close();

    const error = await caught(scope.runInWorker(FILE));

    expect(error).toBeInstanceOf(InvalidStateError);
    expect((error as Error).message).toContain('"ended" has ended');
    expect(workers.all).toEqual([]);
  });

  test('without a thread backend', async () => {
    const { workerRunner } = processState;
    processState.workerRunner = null;

    const error = await refused(FILE).finally(() => (processState.workerRunner = workerRunner));

    expect(error).toBeInstanceOf(UnsupportedError);
    expect((error as Error).message).toContain("import 'cancelscope/thread'");
  });
});
