import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, PauseGate, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { openerForTests } from '../support/open-in-test.ts';
import { record } from '../support/record.ts';
import { probe } from '../support/stream-probe.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

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

describe('X3: hard suspend', () => {
  test('cancels the segment and keeps the transcript, over three segments', async () => {
    const gate = new PauseGate<string>();
    const clock = virtualClock();
    const story = ['once', 'upon', 'a', 'time', 'there', 'was'];
    const segments: { from: number; state: string; transcript: readonly string[] }[] = [];
    const run = cancelScope('chat', { clock }, async () => {
      for (;;) {
        const from = gate.transcript.length;
        const segment = await gate.segment('segment', {}, async (scope) => {
          for await (const word of scope.stream(speak(story.slice(from)))) gate.keep(word);
          return 'told';
        });
        segments.push({ from, state: segment.state, transcript: segment.transcript });
        if (segment.state === 'finished') return segment.value;
      }
    });
    async function* speak(words: string[]) {
      for (const word of words) {
        await sleepOn(clock, 10);
        yield word;
      }
    }

    for (const ms of [25, 20]) {
      await clock.advance(ms);
      gate.suspend();
      await clock.advance(100);
      gate.resume();
      await clock.advance(0);
    }
    await clock.advance(1_000);

    expect(await run).toBe('told');
    expect(segments).toEqual([
      { from: 0, state: 'suspended', transcript: story.slice(0, 2) },
      { from: 2, state: 'suspended', transcript: story.slice(0, 4) },
      { from: 4, state: 'finished', transcript: story },
    ]);
  });

  test('cancels the segment and nothing around it', async () => {
    const gate = new PauseGate();
    let inner: Scope | undefined;

    const states = await cancelScope('chat', async (outer) => {
      const run = gate.segment('segment', {}, (scope) => {
        inner = scope;
        return scope.race(new Promise(() => {}));
      });
      await turn();
      gate.suspend();
      await run;
      return [outer.isCancelled, inner?.outcome, inner?.cause?.reason, gate.state];
    });

    expect(states).toEqual([false, 'cancelled', 'superseded', 'suspended']);
  });

  test('lets the next segment wait until it is resumed', async () => {
    const gate = new PauseGate();
    gate.suspend();
    const steps: string[] = [];
    const run = cancelScope('chat', () => gate.segment('segment', {}, () => steps.push('ran')));
    await turn();

    steps.push('resume');
    gate.resume();
    await run;

    expect(steps).toEqual(['resume', 'ran']);
  });

  test('lets the next segment wait outside any scope too', async () => {
    const gate = new PauseGate();
    gate.suspend();
    const steps: string[] = [];
    const run = gate.segment('segment', {}, () => steps.push('ran'));
    await turn();

    steps.push('resume');
    gate.resume();
    await run;

    expect(steps).toEqual(['resume', 'ran']);
  });

  test('reaches every segment that is running', async () => {
    const gate = new PauseGate();
    const runs = ['a', 'b'].map((name) => gate.segment(name, {}, (scope) => scope.race(new Promise(() => {}))));
    await turn();

    gate.suspend();

    expect((await Promise.all(runs)).map(({ state }) => state)).toEqual(['suspended', 'suspended']);
  });

  test('of a segment that outlasts its grace is still a suspension', async () => {
    const clock = virtualClock();
    const gate = new PauseGate();
    const end = deferred();
    const run = gate.segment('segment', { clock, graceMs: 10 }, () => end.promise);
    await clock.advance(0);

    gate.suspend();
    await clock.advance(10);
    const { state } = await run;
    end.resolve();
    await clock.advance(0);

    expect(state).toBe('suspended');
  });

  test('gives the value of a segment that returned all the same', async () => {
    const gate = new PauseGate<string>();
    const entered = deferred();
    const run = gate.segment('segment', {}, async () => {
      entered.resolve();
      await turn();
      return 'value';
    });
    await entered.promise;

    gate.suspend();

    expect(await run).toMatchObject({ state: 'finished', value: 'value' });
  });
});

describe('X3: a segment', () => {
  test('throws when it was cancelled from elsewhere, whatever that one’s message', async () => {
    const token = new CancellationToken();
    const gate = new PauseGate();
    const run = caughtCancel(gate.segment('segment', { token }, (scope) => scope.race(new Promise(() => {}))));
    await turn();

    token.cancel('superseded', 'suspended');

    expect((await run).cause.root.reason).toBe('superseded');
  });

  test('throws when its own scope was cancelled in the words of a suspension', async () => {
    const gate = new PauseGate();

    const error = await caughtCancel(
      gate.segment('segment', {}, (scope) => {
        scope.cancel('superseded', 'suspended');
        scope.throwIfCancelled();
      }),
    );

    expect(error.reason).toBe('superseded');
  });

  test('throws what its body throws', async () => {
    const broken = new Error('broken');

    expect(await caught(new PauseGate().segment('segment', {}, () => Promise.reject(broken)))).toBe(broken);
  });

  test('hands out transcripts that later items do not change', async () => {
    const gate = new PauseGate<number>();
    gate.keep(1);

    const first = await gate.segment('segment', {}, () => 'value');
    gate.keep(2);

    expect(first.transcript).toEqual([1]);
    expect(gate.transcript).toEqual([1, 2]);
  });
});
