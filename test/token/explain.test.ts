import { describe, expect, onTestFinished, test } from 'vitest';
import {
  CancellationToken,
  type CancellationCause,
  captureCallSites,
  type Clock,
  explain,
  openScope,
  triggers,
} from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { monitorInTest } from '../support/record.ts';

guardLeaks();

const cancelled = (token: { readonly cause: CancellationCause | undefined }): string => {
  if (token.cause === undefined) throw new Error('not cancelled');
  return explain(token.cause);
};

describe('C5: explain', () => {
  test('says who, why, where and when', () => {
    const clock = virtualClock({ wallTime: Date.UTC(2030, 4, 1, 12, 30, 0, 250) });
    const token = new CancellationToken({ name: 'GET /report', clock });
    token.cancel('disconnect', 'client closed the connection');

    const lines = cancelled(token).split('\n');

    expect(lines[0]).toBe('"GET /report" was cancelled: disconnect (client closed the connection)');
    expect(lines[1]).toContain('2030-05-01T12:30:00.250Z');
    expect(lines[1]).toContain(`process ${process.pid}`);
    expect(lines).toHaveLength(2);
  });

  test('goes from the root to here, one line a step', () => {
    const top = new CancellationToken({ name: 'server' });
    const leaf = top.child({ name: 'request' }).child({ name: 'query' });
    top.cancel('shutdown');

    const steps = cancelled(leaf)
      .split('\n')
      .filter((line) => line.includes('was cancelled'));

    expect(steps).toEqual([
      '"server" was cancelled: shutdown',
      '→ "request" was cancelled with it (+0.0 ms)',
      '→ "query" was cancelled with it (+0.0 ms)',
    ]);
  });

  test('says how long a step took', async () => {
    const clock = virtualClock();
    const source = new CancellationToken({ name: 'source', clock });
    source.cancel('timeout');
    await clock.advance(12.5);
    const late = CancellationToken.any([source], { name: 'late', clock });

    const text = cancelled(late);

    expect(text).toContain('→ "late" was cancelled with it (+12.5 ms)');
  });

  test('names the triggers that fired', async () => {
    const clock = virtualClock();
    const scope = openScope('import', { clock, triggers: [triggers.anyOf(triggers.timeout(5), triggers.timeout(9))] });
    await clock.advance(5);

    const text = cancelled(scope);

    expect(text).toContain('"import" was cancelled: timeout by anyOf → timeout');
    scope.close();
  });

  test('names the trace of whoever cancelled', () => {
    monitorInTest({ spanContext: () => ({ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }) });
    const token = new CancellationToken();
    token.cancel();

    const text = cancelled(token);

    expect(text).toContain(`trace ${'a'.repeat(32)}, span ${'b'.repeat(16)}`);
  });

  test('shows the call site when there is one', () => {
    captureCallSites(true);
    onTestFinished(() => captureCallSites(false));
    const token = new CancellationToken();
    token.cancel();

    const text = cancelled(token);

    expect(text).toContain('explain.test.ts');
  });

  test('stays short for a chain of 100,000: both ends, and how many are between', () => {
    const root = new CancellationToken({ name: 'root' });
    let leaf = root;
    for (let depth = 1; depth < 100_000; depth++) leaf = leaf.child({ name: `step ${depth}` });
    root.cancel();

    const lines = cancelled(leaf).split('\n');

    expect(lines.length).toBeLessThan(25);
    expect(lines[0]).toContain('"root"');
    expect(lines.at(-1)).toContain('"step 99999"');
    expect(lines).toContain('→ … 99984 more …');
  });

  test('shows the number of a clock whose time is no date', () => {
    const virtual = virtualClock();
    const clock: Clock = { ...virtual, toWallTime: () => Number.POSITIVE_INFINITY };
    const token = new CancellationToken({ clock });
    token.cancel();

    const text = cancelled(token);

    expect(text).toContain('at Infinity');
  });
});
