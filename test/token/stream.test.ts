import { describe, expect, test } from 'vitest';
import { caught, caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';
import { probe } from '../support/stream-probe.ts';

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
    const source = probe([1], { after: 'hang' });
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
    const source = probe([], { after: 'hang' });
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

    const error = await caught(collect(openInTest().stream(probe([1], { after: broken }))));

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
