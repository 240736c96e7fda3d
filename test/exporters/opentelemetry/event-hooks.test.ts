import { expect, test } from 'vitest';
import { combined, type EventHooks } from '../../../src/exporters/opentelemetry/event-hooks.ts';
import type { MonitorFailed } from '../../../src/instrumentation/index.ts';

const EVENT: MonitorFailed = { monitor: 'mine', hook: 'scopeOpened', error: undefined, detached: false };

test('a taker that throws costs its own event only, and the hook throws nothing (J1)', () => {
  const broken = new Error('broken');
  const taken: MonitorFailed[] = [];
  const failures: unknown[] = [];
  const failing: EventHooks = {
    monitorFailed: () => {
      throw broken;
    },
  };
  const next: EventHooks = { monitorFailed: (event) => taken.push(event) };

  const hooks = combined(
    [{ hooks: failing }, { hooks: next }],
    () => true,
    (error) => failures.push(error),
  );
  hooks.monitorFailed?.(EVENT);

  expect(taken).toEqual([EVENT]);
  expect(failures).toEqual([broken]);
});

test('a hook nobody takes is not there (J2)', () => {
  const hooks = combined(
    [{ hooks: { monitorFailed: () => {} } }],
    () => true,
    () => {},
  );

  expect(Object.keys(hooks)).toEqual(['monitorFailed']);
});
