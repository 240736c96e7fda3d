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
      probe([1], { after: late.promise }),
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
    const run = caughtCancel(collect(scope.stream(probe([1, 2, 3], { after: 'hang' }), { chunk: 2 }), chunks));
    await turn();

    scope.cancel();
    await run;

    expect(chunks).toEqual([[1, 2], [3]]);
  });

  test('gathered when the source fails are delivered before its error is thrown', async () => {
    const broken = new Error('source');
    const chunks: number[][] = [];

    const error = await caught(collect(openInTest().stream(probe([1, 2, 3], { after: broken }), { chunk: 2 }), chunks));

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
