import { join, relative } from 'node:path';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { cancelScope, type WorkerTask } from '../../../../src/index.ts';
import { gate } from '../../../support/gate.ts';
import { blockUntil } from './gates.ts';
import { guardWork } from './guard-work.ts';

const FILE = join(import.meta.dirname, 'tasks/values.ts');
const task = (name: string): WorkerTask => ({ file: FILE, name });

const workers = guardWork();

describe('runInWorker gives what the task returned', () => {
  test.each([
    ['nothing', undefined],
    ['a number', 42],
    ['dates, maps and bigints', { at: new Date(0), counts: new Map([['a', 1n]]), none: null }],
    ['an error', new RangeError('as a value')],
  ])('%s', async (_what, data) => {
    expect(await cancelScope('echo', (scope) => scope.runInWorker(FILE, data))).toEqual(data);
  });

  test('after it has waited for something', async () => {
    expect(await cancelScope('echo', (scope) => scope.runInWorker(task('later'), 'in the end'))).toBe('in the end');
  });

  test('also when its thread has ended long before this one takes the answer in (Q2)', async () => {
    const end = gate();

    const result = await cancelScope('busy', (scope) => {
      const running = scope.runInWorker(task('atTheEnd'), end);
      blockUntil(end, 50);
      return running;
    });

    expect(result).toBe('done');
  });

  test('each of several at once its own', async () => {
    const results = await cancelScope('several', (scope) =>
      Promise.all([1, 2, 3, 4].map((data) => scope.runInWorker(FILE, data))),
    );

    expect(results).toEqual([1, 2, 3, 4]);
    expect(new Set(workers.all).size).toBe(4);
  });

  test('of a task that ran another in a worker of its own', async () => {
    expect(await cancelScope('outer', (scope) => scope.runInWorker(task('nested'), 'deep'))).toEqual(['deep', 'outer']);
  });
});

describe('a task is', () => {
  test.each([
    ['a path', FILE],
    ['a path from the working directory', `./${relative(process.cwd(), FILE)}`],
    ['a URL', new URL('tasks/values.ts', import.meta.url)],
    ['the text of a URL', new URL('tasks/values.ts', import.meta.url).href],
    ['a path and a name', { file: FILE, name: 'later' }],
    ['a URL and a name', { file: new URL('tasks/values.ts', import.meta.url), name: 'later' }],
    ['a CommonJS module', join(import.meta.dirname, 'tasks/plain.cjs')],
    ['a name of a CommonJS module', { file: join(import.meta.dirname, 'tasks/plain.cjs'), name: 'named' }],
    ['code in a URL', 'data:text/javascript,export default (data) => data'],
  ])('%s', async (_what, given) => {
    expect(await cancelScope('given', (scope) => scope.runInWorker(given, 'data'))).toBe('data');
  });
});

describe('data', () => {
  test('is a copy: what the task does to it is not seen here', async () => {
    const list = ['here'];

    const result = await cancelScope('copy', (scope) => scope.runInWorker(task('pushed'), list));

    expect(result).toEqual(['here', 'there']);
    expect(list).toEqual(['here']);
  });

  test('is the same memory, where that is shared', async () => {
    const shared = new Int32Array(new SharedArrayBuffer(4));

    await cancelScope('shared', (scope) => scope.runInWorker(task('increment'), shared));

    expect(shared[0]).toBe(1);
  });

  test('is moved, where `transferList` says so', async () => {
    const buffer = new ArrayBuffer(8);

    const bytes = await cancelScope('moved', (scope) =>
      scope.runInWorker(task('size'), buffer, { transferList: [buffer] }),
    );

    expect(bytes).toBe(8);
    expect(buffer.byteLength).toBe(0);
  });

  test('may be a port', async () => {
    const { port1, port2 } = new MessageChannel();
    const heard = new Promise((resolve) => port1.once('message', resolve));

    await cancelScope('port', (scope) =>
      scope.runInWorker(task('through'), { port: port2 }, { transferList: [port2] }),
    );

    expect(await heard).toBe('through it');
    port1.close();
  });
});

test('`worker` has further options of `new Worker`, and cannot take the task away', async () => {
  const options = { env: { MARK: 'set' }, argv: ['given'], workerData: 'not this', transferList: [] };

  const result = await cancelScope('options', (scope) =>
    scope.runInWorker(task('surroundings'), undefined, { worker: options }),
  );

  expect(result).toEqual({ mark: 'set', argv: ['given'] });
});
