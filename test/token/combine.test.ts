import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { CancellationToken, InvalidArgumentError } from '../../src/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';

guardLeaks();

describe('T12: any', () => {
  test('takes the first', () => {
    const [first, second] = [new CancellationToken({ name: 'first' }), new CancellationToken({ name: 'second' })];
    const any = CancellationToken.any([first, second]);

    second.cancel('superseded');
    first.cancel('shutdown');

    expect(any.cause).toMatchObject({ reason: 'parent', root: { reason: 'superseded', token: { name: 'second' } } });
  });

  test('never fires by itself when there are no sources', () => {
    const any = CancellationToken.any([]);

    expect([any.isCancelled, any.cancel()]).toEqual([false, true]);
  });

  test('is cancelled from birth when a source has been', () => {
    const source = new CancellationToken();
    source.cancel('timeout');

    const any = CancellationToken.any([new CancellationToken(), source]);

    expect(any.cause?.root).toBe(source.cause);
  });

  test('cancels no source', () => {
    const source = new CancellationToken();
    const any = CancellationToken.any([source]);

    any.cancel();

    expect(source.isCancelled).toBe(false);
  });

  test('takes tokens, views and signals alike', () => {
    const token = new CancellationToken();
    const view = new CancellationToken();
    const controller = new AbortController();
    const make = (): CancellationToken => CancellationToken.any([token, view.readonly(), controller.signal]);
    const byToken = make();

    token.cancel();
    const byView = CancellationToken.any([view.readonly()]);
    view.cancel();
    const bySignal = CancellationToken.any([controller.signal]);
    controller.abort();

    expect([byToken.isCancelled, byView.isCancelled, bySignal.isCancelled]).toEqual([true, true, true]);
  });

  test('runs its listeners once when one source is named twice', () => {
    const source = new CancellationToken();
    const controller = new AbortController();
    const any = CancellationToken.any([source, source, controller.signal, controller.signal]);
    let heard = 0;
    any.onCancel(() => heard++);

    controller.abort();
    source.cancel();

    expect([any.cause?.reason, heard]).toEqual(['abort', 1]);
  });

  test('is not cancelled by its sources any more once disposed', () => {
    const source = new CancellationToken();
    const any = CancellationToken.any([source]);
    any.dispose();

    source.cancel();

    expect(any.isCancelled).toBe(false);
  });

  test('ignores a source that was disposed', () => {
    const gone = new CancellationToken();
    gone.dispose();

    const any = CancellationToken.any([gone]);

    expect(any.isCancelled).toBe(false);
  });
});

describe('T12: all', () => {
  test('fires with the last', () => {
    const sources = [new CancellationToken(), new CancellationToken(), new CancellationToken()];
    const all = CancellationToken.all(sources);

    const seen = sources.map((source) => {
      source.cancel('condition', source.id);
      return all.isCancelled;
    });

    expect(seen).toEqual([false, false, true]);
    expect(all.cause?.root).toBe(sources[2]?.cause);
  });

  test('is an error of none', () => {
    expect(() => CancellationToken.all([])).toThrow(InvalidArgumentError);
  });

  test('counts sources cancelled before', () => {
    const [early, late] = [new CancellationToken(), new CancellationToken()];
    early.cancel();
    const all = CancellationToken.all([early, late]);
    const before = all.isCancelled;

    late.cancel();

    expect([before, all.isCancelled]).toEqual([false, true]);
  });

  test('is cancelled from birth when every source has been', () => {
    const token = new CancellationToken();
    token.cancel();

    const all = CancellationToken.all([token, AbortSignal.abort()]);

    expect(all.isCancelled).toBe(true);
  });

  test('counts a source named twice twice', () => {
    const source = new CancellationToken();
    const all = CancellationToken.all([source, source]);

    source.cancel();

    expect(all.isCancelled).toBe(true);
  });

  test('waits for tokens and signals alike', () => {
    const token = new CancellationToken();
    const controller = new AbortController();
    const all = CancellationToken.all([token, controller.signal]);

    controller.abort();
    const half = all.isCancelled;
    token.cancel();

    expect([half, all.isCancelled]).toEqual([false, true]);
  });

  test('fires once when one cancel reaches all of its sources', () => {
    const root = new CancellationToken();
    const all = CancellationToken.all([root.child(), root.child(), root]);
    let heard = 0;
    all.onCancel(() => heard++);

    root.cancel();

    expect(heard).toBe(1);
  });
});

describe.each([
  ['any', CancellationToken.any],
  ['all', CancellationToken.all],
] as const)('bad sources of %s', (_name, combine) => {
  test.each([[42], [null], ['token'], [{}]])('are refused: %s', (source) => {
    expect(() => combine([source as never])).toThrow(InvalidArgumentError);
  });

  test('leave nothing behind on the good ones (T7)', () => {
    const controller = new AbortController();

    expect(() => combine([controller.signal, 42 as never])).toThrow(InvalidArgumentError);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});
