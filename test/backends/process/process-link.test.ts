import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CancellationToken, openScope, registerMonitor } from '../../../src/index.ts';
import { recordingMonitor } from '../../../src/testing/index.ts';
import { handleOf } from '../../../src/backends/process/index.ts';
import { LIVE } from '../../../src/token/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { type Fate, linkPair } from './link-pair.ts';
import { fastCheckSeed } from './seed.ts';

fastCheckSeed('links between processes');
guardLeaks();

const NOTHING = { tokens: 0, unanswered: 0 };
const FATES: readonly Fate[] = ['arrives', 'is lost', 'arrives twice', 'arrives late'];
/** Longer than all attempts at one cancel take. */
const LONG_MS = 10_000;

describe('U1: a cancel', () => {
  test.each([
    ['cancelled', (there: CancellationToken) => there],
    ['already', (there: CancellationToken) => there.cancel('timeout')],
    ['ended', (there: CancellationToken) => there.dispose()],
  ] as const)('is acknowledged as %s', async (result, before) => {
    using pair = linkPair();
    const { here, there } = pair.given('stop');
    await pair.settle();
    before(there);

    here.cancel('manual');
    await pair.settle();

    const acks = pair.sent.filter(({ from, message }) => from === 'far' && message.kind === 'ack');
    expect(acks.map(({ message }) => message['result'])).toEqual([result]);
    expect(pair.near.counts).toMatchObject(NOTHING);
    expect(pair.far.counts).toMatchObject(NOTHING);
    expect(pair.clock.pendingTimers).toBe(0);
  });

  test('is acknowledged as kept where its token is not attached yet', async () => {
    using pair = linkPair();
    const here = new CancellationToken({ name: 'stop' });
    const handle = handleOf(here);
    pair.near.share(here, 'gave');

    here.cancel('disconnect');
    await pair.settle();

    expect(pair.sent.at(-1)).toEqual({ from: 'far', message: { kind: 'ack', id: here.id, result: 'kept' } });
    expect(pair.far.attach(handle, undefined).cause?.reason).toBe('disconnect');
  });

  test.each(FATES)('arrives once, if its first message %s', async (fate) => {
    using pair = linkPair();
    const { here, there } = pair.given('stop');
    let heard = 0;
    there.onCancel(() => heard++);
    pair.fate = (from) => (from === 'near' && pair.sent.length < 4 ? fate : 'arrives');

    here.cancel('manual', 'enough');
    await pair.clock.advance(LONG_MS);

    expect(there.cause?.toJSON()).toEqual(here.cause?.toJSON());
    expect(heard).toBe(1);
    expect(pair.near.counts).toMatchObject(NOTHING);
  });

  test('that is never answered counts as dropped, and one that came after the end as late', async () => {
    using pair = linkPair();
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    await using scope = openScope('request', { detached: true });
    pair.near.share(scope.token, 'gave');
    const { here, there } = pair.given('plain');
    await pair.settle();
    there.dispose();

    here.cancel();
    await pair.settle();
    pair.fate = () => 'is lost';
    scope.cancel();
    await pair.clock.advance(LONG_MS);

    expect(recorded.of('propagated')).toEqual([
      { source: 'plain', target: '_OTHER', boundary: 'process', result: 'late' },
      { source: 'request', target: '_OTHER', boundary: 'process', result: 'dropped' },
    ]);
  });

  test('by the process that was given the token leads to the scope that gave it (CX1)', async () => {
    using pair = linkPair();
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    const { there } = pair.given('plain');
    await pair.settle();
    pair.fate = () => 'is lost';

    there.cancel();
    pair.close();

    expect(recorded.of('propagated')).toEqual([
      { source: '_OTHER', target: 'plain', boundary: 'process', result: 'dropped' },
    ]);
  });

  test('by both at once is neither late nor dropped', async () => {
    using pair = linkPair();
    const recorded = recordingMonitor();
    using _monitor = registerMonitor(recorded);
    const { here, there } = pair.given('stop');
    await pair.settle();

    here.cancel('timeout');
    there.cancel('disconnect');
    await pair.settle();

    expect(recorded.of('propagated')).toEqual([]);
    expect([here.cause?.reason, there.cause?.reason]).toEqual(['timeout', 'disconnect']);
  });

  test('sent before the other process listens is sent again when it does', async () => {
    using pair = linkPair();
    const here = new CancellationToken({ name: 'stop' });
    const handle = handleOf(here);
    pair.near.share(here, 'gave');
    pair.fate = () => 'is lost';
    here.cancel('disconnect');
    await pair.clock.advance(10 * LONG_MS);
    expect(pair.near.counts.unanswered).toBe(1);
    pair.fate = () => 'arrives';

    const there = pair.far.attach(handle, undefined);
    await pair.settle();

    expect(there.cause?.reason).toBe('disconnect');
    expect(pair.near.counts).toMatchObject(NOTHING);
  });

  test('of each of many tokens on both sides arrives, or is told from what did not, whatever the channel does', async () => {
    const fates = fc.infiniteStream(fc.constantFrom(...FATES));
    const cancels = fc.array(fc.tuple(fc.nat(7), fc.constantFrom('here', 'there', 'dispose here', 'dispose there')));
    await fc.assert(
      fc.asyncProperty(fates, cancels, async (fate, steps) => {
        using pair = linkPair();
        const recorded = recordingMonitor();
        using _monitor = registerMonitor(recorded);
        pair.fate = () => fate.next().value as Fate;
        const tokens = Array.from({ length: 8 }, (_, n) => pair.given(`t${n}`));
        await pair.settle();

        for (const [n, step] of steps) {
          const { here, there } = tokens[n] as (typeof tokens)[number];
          if (step === 'here') here.cancel('manual', step);
          if (step === 'there') there.cancel('disconnect', step);
          if (step === 'dispose here') here.dispose();
          if (step === 'dispose there') there.dispose();
          await pair.clock.advance(25);
        }
        await pair.clock.advance(LONG_MS);
        const apart = tokens.filter(({ here, there }) => isLive(here) !== isLive(there) && isCancelled(here, there));
        const causes = tokens.map(({ here, there }) => [here.cause?.toJSON(), there.cause?.toJSON()]);
        for (const { here, there } of tokens) [here, there].map((token) => token.dispose());
        await pair.clock.advance(LONG_MS);
        expect(pair.near.counts.tokens + pair.far.counts.tokens).toBe(0);
        pair.close();

        expect(pair.near.counts.unanswered + pair.far.counts.unanswered).toBe(0);
        expect(pair.clock.pendingTimers).toBe(0);
        const lost = recorded.of('propagated').filter(({ result }) => result === 'dropped');
        const dropped = new Set(lost.flatMap(({ source, target }) => [source, target]));
        expect(apart.map(({ here }) => here.name).filter((name) => !dropped.has(name))).toEqual([]);
        const same = causes.filter(([here, there]) => here?.message === there?.message);
        expect(same.map(([here]) => here)).toEqual(same.map(([, there]) => there));
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

function isLive(token: CancellationToken): boolean {
  return token._state === LIVE;
}

function isCancelled(...tokens: CancellationToken[]): boolean {
  return tokens.some((token) => token.isCancelled);
}
