import { describe, expect, test } from 'vitest';
import { CancellationToken, cancelScope, PauseGate, type Scope } from '../../src/index.ts';
import { virtualClock } from '../../src/testing/index.ts';
import { caught, caughtCancel } from '../support/caught.ts';
import { deferred } from '../support/deferred.ts';
import { guardLeaks } from '../support/guard-leaks.ts';
import { sleepOn } from '../support/virtual-sleep.ts';

guardLeaks();

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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

  test('says why, if it is told', async () => {
    const gate = new PauseGate();
    const running = gate.segment('answer', {}, async (scope) => {
      await scope.race(new Promise(() => {})).finally(() => causes.push(scope.cause));
    });
    const causes: unknown[] = [];

    await Promise.resolve();
    gate.suspend('manual', 'the model asked for it');

    expect((await running).state).toBe('suspended');
    expect(causes).toMatchObject([{ reason: 'manual', message: 'the model asked for it' }]);
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
