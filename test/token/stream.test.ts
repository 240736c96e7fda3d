import { describe, expect, test } from 'vitest';
import { openScope, type Scope } from '../../src/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';
import { type Probe, probe } from '../support/stream-probe.ts';

guardLeaks();
const openInTest = openerForTests(); // closed before leaks are counted: hooks run last first

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function collect<T>(items: AsyncIterable<T>, into: T[] = []): Promise<T[]> {
  for await (const item of items) into.push(item);
  return into;
}

describe('X1: a stream', () => {
  test('gives every item in order, and the source is not told to return', async () => {
    const scope = openInTest();
    const source = probe([1, 2, 3]);

    const items = await collect(scope.stream(source));

    expect(items).toEqual([1, 2, 3]);
    expect(source).toMatchObject({ pulls: 4, returns: 0 });
  });

  test('pulls nothing when its scope is cancelled before', async () => {
    const scope = openInTest();
    scope.cancel('superseded');
    const source = probe([1, 2, 3]);

    const error = await caughtCancel(collect(scope.stream(source)));

    expect(error.reason).toBe('superseded');
    expect(source.pulls).toBe(0);
  });

  test('checks before each pull', async () => {
    const scope = openInTest();
    const source = probe([1, 2, 3]);
    const items: number[] = [];

    const error = await caughtCancel(
      (async () => {
        for await (const item of scope.stream(source)) {
          items.push(item);
          if (item === 2) scope.cancel();
        }
      })(),
    );

    expect(error.cause).toBe(scope.cause);
    expect([items, source.pulls]).toEqual([[1, 2], 2]);
  });

  test('ends a pending pull with the cancel, at once', async () => {
    const scope = openInTest();
    const source = probe([1], { then: 'hang' });
    const items: number[] = [];
    const run = caughtCancel(collect(scope.stream(source), items));
    await turn();

    scope.cancel('disconnect');

    expect((await run).reason).toBe('disconnect');
    expect(items).toEqual([1]);
  });

  test('forwards return when it is left by the cancel, by break and by a throw', async () => {
    const byCancel = openInTest();
    const sources = [probe([1, 2]), probe([1, 2]), probe([1, 2])] as const;
    const broken = new Error('consumer');

    await caught(
      (async () => {
        for await (const _ of byCancel.stream(sources[0])) byCancel.cancel();
      })(),
    );
    for await (const _ of openInTest().stream(sources[1])) break;
    const error = await caught(
      (async () => {
        for await (const _ of openInTest().stream(sources[2])) throw broken;
      })(),
    );
    await turn();

    expect(error).toBe(broken);
    expect(sources.map(({ returns }) => returns)).toEqual([1, 1, 1]);
  });

  test('forwards return although a pull is pending that never ends', async () => {
    const scope = openInTest();
    const source = probe([], { then: 'hang' });
    const run = caught(collect(scope.stream(source)));
    await turn();

    scope.cancel();
    await run;

    expect(source.returns).toBe(1);
  });

  test('has waited for the return of the source when it is left, unless a pull is pending', async () => {
    const steps: string[] = [];
    const returning = async (): Promise<void> => {
      await turn();
      steps.push('closed');
    };

    for await (const _ of openInTest().stream(probe([1], { returning }))) break;
    steps.push('left');

    expect(steps).toEqual(['closed', 'left']);
  });

  test('passes on an error of the source', async () => {
    const broken = new Error('source');

    const error = await caught(collect(openInTest().stream(probe([1], { then: broken }))));

    expect(error).toBe(broken);
  });

  test('reports a return that fails, and throws the cancel', async () => {
    const recorded = record();
    const scope = openInTest();
    const source = probe([1], { returning: () => Promise.reject(new Error('close failed')) });

    const error = await caughtCancel(
      (async () => {
        for await (const _ of scope.stream(source)) scope.cancel('shutdown');
      })(),
    );
    await turn();

    expect(error.reason).toBe('shutdown');
    expect(recorded.of('listenerFailed')).toMatchObject([{ error: { message: 'close failed' } }]);
  });

  test('reports a return that fails after break too', async () => {
    const recorded = record();
    const source = probe([1], { returning: () => Promise.reject(new Error('close failed')) });

    for await (const _ of openInTest().stream(source)) break;
    await turn();

    expect(recorded.of('listenerFailed')).toMatchObject([{ error: { message: 'close failed' } }]);
  });

  test('leaves no listener on its scope', async () => {
    const { liveCounts } = await import('../../src/instrumentation/index.ts');
    const scope = openInTest();
    const before = liveCounts().listeners;

    await collect(scope.stream(probe([1, 2, 3])));
    for await (const _ of scope.stream(probe([1, 2]))) break;
    await turn();

    expect(liveCounts().listeners).toBe(before);
  });
});

describe('X1: partial results', () => {
  async function streamed(
    use: (scope: Scope, items: AsyncIterable<number>) => Promise<unknown>,
    source: Probe<number>,
  ) {
    const scope = openScope('work');
    await use(scope, scope.stream(source, { buffer: true })).catch(() => {});
    await turn();
    scope.close();
    return scope.partial;
  }

  test('are kept as items flow, when asked to buffer', async () => {
    const seen: unknown[] = [];

    await streamed(
      async (scope, items) => {
        for await (const _ of items) seen.push([...(scope.partial as number[])]);
      },
      probe([1, 2]),
    );

    expect(seen).toEqual([[1], [1, 2]]);
  });

  test('are there after a cancel', async () => {
    const partial = await streamed(
      async (scope, items) => {
        for await (const item of items) if (item === 2) scope.cancel();
      },
      probe([1, 2, 3]),
    );

    expect(partial).toEqual([1, 2]);
  });

  test('take the item that was pulled before the cancel and came after it', async () => {
    const late = deferred<number>();
    const partial = await streamed(
      async (scope, items) => {
        const run = caught(collect(items));
        await turn();
        scope.cancel();
        await run;
        late.resolve(7);
      },
      probe([1], { then: late.promise }),
    );

    expect(partial).toEqual([1, 7]);
  });

  test('are not touched unless asked for', async () => {
    const scope = openInTest();
    scope.partial = 'mine';

    await collect(scope.stream(probe([1, 2])));

    expect(scope.partial).toBe('mine');
  });
});

describe('X1: chunks', () => {
  test.each([
    [1, [[1], [2], [3], [4], [5]]],
    [2, [[1, 2], [3, 4], [5]]],
    [5, [[1, 2, 3, 4, 5]]],
    [9, [[1, 2, 3, 4, 5]]],
    [Infinity, [[1, 2, 3, 4, 5]]],
    [2.9, [[1, 2], [3, 4], [5]]],
  ])('of %s', async (chunk, expected) => {
    expect(await collect(openInTest().stream(probe([1, 2, 3, 4, 5]), { chunk }))).toEqual(expected);
  });

  test('gathered when the cancel comes are delivered before it is thrown', async () => {
    const scope = openInTest();
    const chunks: number[][] = [];
    const run = caughtCancel(collect(scope.stream(probe([1, 2, 3], { then: 'hang' }), { chunk: 2 }), chunks));
    await turn();

    scope.cancel();
    await run;

    expect(chunks).toEqual([[1, 2], [3]]);
  });

  test('gathered when the source fails are delivered before its error is thrown', async () => {
    const broken = new Error('source');
    const chunks: number[][] = [];

    const error = await caught(collect(openInTest().stream(probe([1, 2, 3], { then: broken }), { chunk: 2 }), chunks));

    expect(error).toBe(broken);
    expect(chunks).toEqual([[1, 2], [3]]);
  });

  test('are the consumer’s own: changing one changes no later one', async () => {
    const chunks: number[][] = [];

    for await (const chunk of openInTest().stream(probe([1, 2, 3]), { chunk: 2 })) {
      chunks.push([...chunk]);
      chunk.length = 0;
    }

    expect(chunks).toEqual([[1, 2], [3]]);
  });
});

describe('X1: reportEvery', () => {
  test('reports the number of items each so many', async () => {
    const recorded = record();
    const scope = openInTest();

    for await (const _ of scope.stream(probe([1, 2, 3, 4, 5]), { reportEvery: 2 })) await turn();

    expect(recorded.of('progressReported').map(({ progress }) => progress)).toEqual([{ items: 2 }, { items: 4 }]);
  });
});

describe('bad input', () => {
  test.each([
    ['chunk', 0],
    ['chunk', -1],
    ['chunk', Number.NaN],
    ['chunk', '2'],
    ['chunk', null],
    ['reportEvery', 0],
    ['reportEvery', Number.NaN],
    ['reportEvery', null],
  ])('%s: %o is refused by name, and nothing is pulled', async (argument, value) => {
    const source = probe([1]);

    const error = await caught(collect(openInTest().stream(source, { [argument]: value })));

    expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument });
    expect((error as Error).message).not.toContain('milliseconds');
    expect(source.pulls).toBe(0);
  });

  test.each([undefined, null, 5, {}, { [Symbol.asyncIterator]: 1 }])(
    'a source that is %o is refused',
    async (source) => {
      const error = await caught(collect(openInTest().stream(source as never)));

      expect(error).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_ARGUMENT', argument: 'source' });
    },
  );
});
