import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CancelledError } from '../../src/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';

guardLeaks();
const openInTest = openerForTests(); // closed before leaks are counted: hooks run last first

async function collect<T>(items: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of items) into.push(item);
  return into;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('X2: sources', () => {
  test('may be arrays, sets and generators, sync and async', async () => {
    const sync = function* () {
      yield* [1, 2];
    };
    const async_ = async function* () {
      yield* [1, 2];
    };

    for (const source of [[1, 2], new Set([1, 2]), sync(), async_()]) {
      expect(await collect(openInTest().stream(source))).toEqual([1, 2]);
    }
  });

  test('may be arrays of promises, as for await takes them', async () => {
    expect(await collect(openInTest().stream([Promise.resolve(1), 2] as number[]))).toEqual([1, 2]);
  });

  test('a generator has its finally run when the scope is cancelled', async () => {
    const scope = openInTest();
    const steps: string[] = [];
    const source = async function* () {
      try {
        yield 1;
        yield 2;
      } finally {
        steps.push('closed');
      }
    };

    await caughtCancel(
      (async () => {
        for await (const _ of scope.stream(source())) scope.cancel();
      })(),
    );

    expect(steps).toEqual(['closed']);
  });

  test('a Node stream is read, and destroyed by the cancel', async () => {
    const scope = openInTest();
    const whole = await collect(openInTest().stream(Readable.from(['a', 'b'])));
    const source = new PassThrough({ objectMode: true });
    source.write('a');
    const items: string[] = [];
    const run = caughtCancel(collect(scope.stream(source as AsyncIterable<string>), items));
    await turn();

    scope.cancel('disconnect');
    const error = await run;
    await turn();

    expect(whole).toEqual(['a', 'b']);
    expect(items).toEqual(['a']);
    expect(error.reason).toBe('disconnect');
    expect(source.destroyed).toBe(true);
  });

  test('a Node stream that was consumed or broken says so', async () => {
    const broken = new Error('read failed');
    const source = new Readable({
      read() {
        this.destroy(broken);
      },
    });

    expect(await caught(collect(openInTest().stream(source)))).toBe(broken);
  });

  test('a WHATWG stream is read, and cancelled by the cancel', async () => {
    const scope = openInTest();
    let cancelled = false;
    const source = new ReadableStream<string>({
      start: (controller) => controller.enqueue('a'),
      cancel: () => void (cancelled = true),
    });
    const items: string[] = [];
    const run = caughtCancel(
      (async () => {
        for await (const item of scope.stream(source)) {
          items.push(item);
          scope.cancel();
        }
      })(),
    );

    await run;

    expect(items).toEqual(['a']);
    expect(cancelled).toBe(true);
  });
});

describe('X2: pipeThrough', () => {
  function sourceOf(chunks: string[], onCancel?: (reason: unknown) => void): ReadableStream<string> {
    return new ReadableStream<string>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk !== undefined) controller.enqueue(chunk);
        else if (onCancel === undefined) controller.close();
      },
      cancel: onCancel ?? (() => {}),
    });
  }

  test('passes all chunks on and closes', async () => {
    const scope = openInTest();

    const items = await collect(sourceOf(['a', 'b']).pipeThrough(scope.transform<string>()));

    expect(items).toEqual(['a', 'b']);
  });

  test('errors with the CancelledError, and the source is cancelled with it', async () => {
    const scope = openInTest();
    let reason: unknown;
    const reader = sourceOf(['a'], (given) => (reason = given))
      .pipeThrough(scope.transform<string>())
      .getReader();
    const first = await reader.read();
    const second = caughtCancel(reader.read());

    scope.cancel('disconnect');
    const error = await second;
    await turn();

    expect(first.value).toBe('a');
    expect(error.cause).toBe(scope.cause);
    expect(reason).toBeInstanceOf(CancelledError);
  });

  test('errors at once in a scope cancelled before', async () => {
    const scope = openInTest();
    scope.cancel();

    const error = await caughtCancel(collect(sourceOf(['a'], () => {}).pipeThrough(scope.transform<string>())));

    expect(error.cause).toBe(scope.cause);
  });

  test.each([
    ['closed', async (stream: ReadableStream<string>) => void (await collect(stream))],
    ['cancelled by its reader', (stream: ReadableStream<string>) => stream.cancel('enough')],
  ])('leaves no listener on the scope when it is %s', async (_title, use) => {
    const { liveCounts } = await import('../../src/instrumentation/index.ts');
    const scope = openInTest();
    const before = liveCounts().listeners;

    await use(sourceOf(['a', 'b']).pipeThrough(scope.transform<string>()));
    await turn();

    expect(liveCounts().listeners).toBe(before);
  });

  test('leaves no listener on the scope when its writer fails', async () => {
    const { liveCounts } = await import('../../src/instrumentation/index.ts');
    const scope = openInTest();
    const before = liveCounts().listeners;
    const broken = new Error('source');
    const source = new ReadableStream<string>({ pull: () => Promise.reject(broken) });

    const error = await caught(collect(source.pipeThrough(scope.transform<string>())));

    expect(error).toBe(broken);
    expect(liveCounts().listeners).toBe(before);
  });
});
