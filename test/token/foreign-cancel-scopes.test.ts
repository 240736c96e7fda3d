import { describe, expect, test } from 'vitest';
import { cancelScope, CancellationToken, openScope } from '../../src/index.ts';
import { systemReading, takeIn } from '../../src/token/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { foreign } from '../support/foreign-cause.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { guardUnhandled } from '../support/guard-unhandled.ts';
import { record } from '../support/record.ts';

guardLeaks();
guardUnhandled();

describe('F3: a scope whose token was cancelled elsewhere', () => {
  test('before it opened, does not run its body', async () => {
    const token = new CancellationToken();
    takeIn([[token, foreign('shutdown')]]);

    const error = await caughtCancel(cancelScope('work', { token }, () => expect.unreachable()));

    expect(error.cause.root.reason).toBe('shutdown');
  });

  test('goes through its phases in order, from the request on the other thread to its end', async () => {
    const recorded = record();
    const token = new CancellationToken();
    const work = cancelScope('work', { token }, (scope) => scope.race(new Promise(() => {})));
    const cause = foreign('timeout');

    takeIn([[token, cause]]);
    await caughtCancel(work);

    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'cancelDelivered', 'cancelAcknowledged', 'scopeSettled']);
    const [settled] = recorded.of('scopeSettled');
    const phases = settled?.phases;
    const instants = [
      systemReading(cause.monotonicNs),
      phases?.requestedAt,
      phases?.deliveredAt,
      phases?.acknowledgedAt,
      settled?.settledAt,
    ];
    expect(phases?.boundary).toBe('thread');
    expect(instants).toEqual(instants.toSorted((a, b) => Number(a) - Number(b)));
  });

  test('and those inside it are told, outer before inner', () => {
    const recorded = record();
    const token = new CancellationToken();
    const outer = openScope('outer', { token, detached: true });
    const inner = openScope('inner', { parent: outer });

    takeIn([[token, foreign()]]);

    const delivered = recorded.events.filter(({ hook }) => hook === 'cancelDelivered');
    expect(delivered.map(({ scope }) => scope)).toEqual(['outer', 'inner']);
    expect(recorded.of('cancelDelivered').map(({ depth }) => depth)).toEqual([0, 1]);
    inner.close();
    outer.close();
  });
});
