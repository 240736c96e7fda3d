import { describe, expect, test } from 'vitest';
import { cancelScope, PauseGate } from '../../src/index.ts';
import { caughtCancel } from '../support/caught.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';
import { probe } from '../support/stream-probe.ts';

guardLeaks();
const openInTest = openerForTests(); // closed before leaks are counted: hooks run last first

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('X3: soft pause', () => {
  test('stops pulling, keeps the source open, and goes on where it was', async () => {
    const gate = new PauseGate();
    const source = probe([1, 2, 3]);
    const items: number[] = [];
    const run = (async () => {
      for await (const item of openInTest().stream(source, { gate })) {
        items.push(item);
        if (item === 2) gate.pause();
      }
    })();
    await turn();
    const paused = { items: [...items], pulls: source.pulls, returns: source.returns, state: gate.state };

    gate.resume();
    await run;

    expect(paused).toEqual({ items: [1, 2], pulls: 2, returns: 0, state: 'paused' });
    expect(items).toEqual([1, 2, 3]);
  });

  test('is no cancel: no signal, no event, the scope completes', async () => {
    const recorded = record();
    const gate = new PauseGate();

    await cancelScope('work', async (scope) => {
      gate.pause();
      setImmediate(() => gate.resume());
      for await (const _ of scope.stream([1, 2], { gate }));
      expect(scope.signal.aborted).toBe(false);
    });

    expect(recorded.sequence('work')).toEqual(['scopeOpened', 'scopeSettled']);
    expect(recorded.of('scopeSettled')).toMatchObject([{ outcome: 'completed' }]);
  });

  test('ends at once with the cancel of the scope', async () => {
    const gate = new PauseGate();
    gate.pause();
    const scope = openInTest();
    const run = caughtCancel(scope.stream(probe([1]), { gate }).next());
    await turn();

    scope.cancel('shutdown');

    expect((await run).reason).toBe('shutdown');
  });

  test.each([0, 1, 2, 3, 4, 5, 6])('never pulls when the cancel comes %i promise jobs after resume', async (jobs) => {
    const gate = new PauseGate();
    gate.pause();
    const scope = openInTest();
    const source = probe([1]);
    let pullsAtCancel = -1;
    const run = scope.stream(source, { gate }).next();
    run.catch(() => {});
    await turn();

    gate.resume();
    for (let job = 0; job < jobs; job++) await Promise.resolve();
    pullsAtCancel = source.pulls;
    scope.cancel();
    await run.catch(() => {});

    expect(source.pulls).toBe(pullsAtCancel);
  });

  test('twice and resume twice change nothing more', async () => {
    const gate = new PauseGate();

    const states = [gate.state];
    gate.pause();
    gate.pause();
    states.push(gate.state);
    gate.resume();
    gate.resume();
    states.push(gate.state);

    expect(states).toEqual(['open', 'paused', 'open']);
    await gate.whenOpen(openInTest());
  });

  test('again before the waiting stream had its turn holds it still', async () => {
    const gate = new PauseGate();
    gate.pause();
    const source = probe([1]);
    const scope = openInTest();
    const run = scope.stream(source, { gate }).next();
    await turn();

    gate.resume();
    gate.pause();
    await turn();
    const held = source.pulls;
    gate.resume();
    const result = await run;

    expect(held).toBe(0);
    expect(result).toEqual({ done: false, value: 1 });
  });

  test('holds every stream on the gate', async () => {
    const gate = new PauseGate();
    gate.pause();
    const scope = openInTest();
    const runs = [scope.stream([1], { gate }), scope.stream([2], { gate })].map((items) => items.next());
    await turn();

    gate.resume();

    expect((await Promise.all(runs)).map(({ value }) => value)).toEqual([1, 2]);
  });
});
