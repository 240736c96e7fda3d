import { describe, expect, test } from 'vitest';
import { WorkerExitedError } from '../../../../src/backends/thread/index.ts';
import { cancelScope, CancelledError, type Scope, type WorkerEndStep, type WorkerTask } from '../../../../src/index.ts';
import { caught } from '../../../support/caught.ts';
import { open } from '../../../support/gate.ts';
import { record } from '../../../support/record.ts';
import { gates, opened } from './gates.ts';
import { guardWork } from './guard-work.ts';

const task = (name: string, file = 'endings.ts'): WorkerTask => ({
  file: new URL(`tasks/${file}`, import.meta.url),
  name,
});

const workers = guardWork();

/** What the caller gets of a task that fails, and the step that monitors are told. */
async function failing(body: (scope: Scope) => Promise<unknown>): Promise<{ error: unknown; steps: WorkerEndStep[] }> {
  const recorded = record();
  const error = await caught(cancelScope('failing', body));
  expect(recorded.of('scopeSettled').at(-1)).toMatchObject({ outcome: 'failed' });
  return { error, steps: recorded.of('workerEnded').map(({ step }) => step) };
}

describe('what a task throws', () => {
  test('is an error with its name, message, stack and code (E3)', async () => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('throwQuota'), 'too many'));

    expect(error).toBeInstanceOf(Error);
    expect(error).toMatchObject({ name: 'QuotaError', message: 'too many', code: 'E_QUOTA' });
    expect((error as Error).stack).toContain('endings.ts');
    expect(steps).toEqual(['threw']);
  });

  test('is an error whose code is a number too (E3)', async () => {
    const { error } = await failing((scope) => scope.runInWorker(task('throwNumbered')));

    expect(error).toMatchObject({ message: 'unavailable', code: 14 });
  });

  test('is what its promise rejects with', async () => {
    const { error } = await failing((scope) => scope.runInWorker(task('reject'), 'later'));

    expect(error).toMatchObject({ name: 'TypeError', message: 'later' });
  });

  test.each([[undefined], [null], ['text'], [0], [{ status: 503 }]])('is %o as it is (E3)', async (value) => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('throwValue'), value));

    expect(error).toEqual(value);
    expect(steps).toEqual(['threw']);
  });

  test('is text in place of what cannot be cloned (E3)', async () => {
    const { error } = await failing((scope) => scope.runInWorker(task('throwUncloneable')));

    expect(error).toBe('(a value that cannot be sent)');
  });

  test('is something, even if it lets nobody read it (E3)', async () => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('throwHostile')));

    expect(error).toBeDefined();
    expect(steps).toEqual(['threw']);
  });

  test('is a CancelledError with its cause, if a scope of its own ended: nobody stopped it (E3)', async () => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('ownTimeout')));

    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'timeout', cause: { token: { name: 'inner' } } });
    expect(steps).toEqual(['threw']);
  });

  test('is its own cancel, if it cancelled the scope it runs in; that of the caller goes on (S1)', async () => {
    const { error, steps } = await failing(async (scope) => {
      const thrown = await caught(scope.runInWorker(task('cancelItself')));
      expect(scope.isCancelled).toBe(false);
      throw thrown;
    });

    expect(error).toBeInstanceOf(CancelledError);
    expect(error).toMatchObject({ reason: 'condition', message: expect.stringContaining('by itself') });
    expect(steps).toEqual(['threw']);
  });
});

describe('what cannot be cloned', () => {
  test.each([
    ['a function', 'uncloneable', 'could not be cloned'],
    ['a token', 'token', 'pass shareToken(token)'],
  ])('%s as a result is an error that says so', async (_what, name, message) => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task(name, 'values.ts')));

    expect(error).toMatchObject({ name: 'DataCloneError', message: expect.stringContaining(message) });
    expect(steps).toEqual(['threw']);
  });

  test('as data is an error here, and no thread is started', async () => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('throwValue'), () => {}));

    expect(error).toMatchObject({ name: 'DataCloneError' });
    expect(steps).toEqual([]);
    expect(workers.all).toEqual([]);
  });

  test('but moved twice, is an error here, and no thread is started', async () => {
    const buffer = new ArrayBuffer(8);
    structuredClone(buffer, { transfer: [buffer] });

    const { error } = await failing((scope) => scope.runInWorker(task('throwValue'), 0, { transferList: [buffer] }));

    expect(error).toMatchObject({ name: 'DataCloneError' });
    expect(workers.all).toEqual([]);
  });
});

describe('a thread that ends under its task', () => {
  test.each([0, 7])('by exit(%i) is a WorkerExitedError with the code (Q2)', async (code) => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('exit'), code));

    expect(error).toBeInstanceOf(WorkerExitedError);
    expect(error).toMatchObject({ exitCode: code, code: 'ERR_CANCELSCOPE_WORKER_EXITED' });
    expect((error as Error).message).toContain(`code ${code}`);
    expect(steps).toEqual(['exited']);
  });

  test('by an error outside it, is that error (Q2)', async () => {
    const { error, steps } = await failing((scope) => scope.runInWorker(task('failOutside')));

    expect(error).toMatchObject({ name: 'RangeError', message: 'outside the task' });
    expect(steps).toEqual(['threw']);
  });
});

describe('a task that cannot be loaded', () => {
  test.each([
    ['no such file', task('run', 'nowhere.ts'), { code: 'ERR_MODULE_NOT_FOUND' }],
    ['a module that throws', task('default', 'broken.ts'), { name: 'SyntaxError', message: 'broken module' }],
    ['no such export', task('nothing'), { name: 'InvalidArgumentError', message: expect.stringContaining('nothing') }],
    ['an export that is no function', task('noFunction', 'values.ts'), { name: 'InvalidArgumentError' }],
  ])('%s: an error that says so', async (_why, given, expected) => {
    const { error, steps } = await failing((scope) => scope.runInWorker(given));

    expect(error).toMatchObject(expected);
    expect(steps).toEqual(['threw']);
  });
});

test('an error after the result reaches nobody, and changes nothing (Q2)', async () => {
  const { there, goOn } = gates();

  const result = await cancelScope('late', (scope) => scope.runInWorker(task('throwLate'), { there, goOn }));
  await opened(there);
  open(goOn);

  expect(result).toBe('returned before');
  expect(await workers.ended()).toEqual([1]);
});
