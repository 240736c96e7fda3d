import { describe, expect, test } from 'vitest';
import { recordCount } from '../../../src/backends/thread/layout.ts';
import { writeRecord } from '../../../src/backends/thread/records.ts';
import { Slab } from '../../../src/backends/thread/slab.ts';
import { type CancellationCause, type CancellationReason, CancellationToken } from '../../../src/index.ts';
import type { TokenIdentity } from '../../../src/token/index.ts';
import { distinct, interruptedEverywhere } from '../../support/interrupts.ts';

/** Of which token every slot here is. */
const SHARED: TokenIdentity = new CancellationToken({ name: 'somewhere' });

/** One slab as two threads see it: what they do is put together here by hand, on one thread. */
function twoThreads(slots = 1): readonly [one: Slab, other: Slab] {
  const one = Slab.create(slots, 1_001);
  return [one, new Slab(one.memory, 1_002)];
}

function causeOf(reason: CancellationReason, message: string): CancellationCause {
  const token = new CancellationToken({ name: 'somewhere' });
  token.cancel(reason, message);
  return token.cause as CancellationCause;
}

/** A slot that both hold. */
function heldByBoth([one, other]: readonly [Slab, Slab]): number {
  const { slot, generation } = one.take();
  expect(other.hold(slot, generation)).toBe(true);
  return slot;
}

describe('P1: reason and message are readable with the flag', () => {
  test('at whatever step of a cancel another thread looks, it reads nothing or all of the cause', () => {
    const cause = causeOf('timeout', 'the whole message');

    const outcomes = interruptedEverywhere(() => {
      const threads = twoThreads();
      const slot = heldByBoth(threads);
      let found: CancellationCause | undefined;
      return {
        body: () => threads[0].settle(slot, cause),
        interrupt: () => (found = threads[1].causeIn(slot, cause.token)),
        outcome: () => found?.toJSON() ?? 'nothing',
      };
    });

    expect(outcomes.length).toBeGreaterThan(4);
    expect(distinct(outcomes)).toEqual(['nothing', cause.toJSON()]);
  });
});

describe('T1: of two that cancel at once', () => {
  test('one wins, at whatever step the other comes, and both have its cause', () => {
    const causes = [causeOf('timeout', 'one'), causeOf('manual', 'other')] as const;

    const outcomes = interruptedEverywhere(() => {
      const [one, other] = twoThreads();
      const slot = heldByBoth([one, other]);
      const standing: CancellationCause[] = [];
      return {
        body: () => standing.push(one.settle(slot, causes[0])),
        interrupt: () => standing.push(other.settle(slot, causes[1])),
        outcome: () => ({
          winners: causes.filter((cause) => standing.includes(cause)).length,
          causes: distinct(standing.map(({ message }) => message)),
        }),
      };
    });

    expect(distinct(outcomes)).toEqual([
      { winners: 1, causes: ['other'] },
      { winners: 1, causes: ['one'] },
    ]);
  });

  test('the loser leaves no record behind', () => {
    const [one, other] = twoThreads();

    interruptedEverywhere(() => {
      const { slot, generation } = one.take();
      other.hold(slot, generation);
      return {
        body: () => one.settle(slot, causeOf('timeout', 'one')),
        interrupt: () => other.settle(slot, causeOf('manual', 'other')),
        outcome: () => [one, other].map((slab) => slab.leave(slot)),
      };
    });

    let spare = 0;
    while (writeRecord(one.words, 0, one.entry, new Uint8Array()) >= 0) spare++;
    expect(spare).toBe(recordCount(1) - 1); // the last cause is kept
  });
});

describe('without a record to be had', () => {
  test('a cancel counts, and its reason is right (P2)', () => {
    const [one, other] = twoThreads();
    const slot = heldByBoth([one, other]);
    while (writeRecord(one.words, slot, one.entry, new Uint8Array()) >= 0);
    const cause = causeOf('disconnect', 'lost');

    const standing = one.settle(slot, cause);

    expect(standing).toBe(cause);
    expect(other.causeIn(slot, SHARED)).toMatchObject({ reason: 'disconnect', message: undefined });
    expect(other.settle(slot, causeOf('manual', 'second')).reason).toBe('disconnect');
  });
});

describe('S3: the cause of a token nobody holds any more', () => {
  test('is there until its slot is taken again', () => {
    const [one, other] = twoThreads();
    const { slot, generation } = one.take();
    one.settle(slot, causeOf('shutdown', 'draining'));
    one.leave(slot);

    expect(other.hold(slot, generation)).toBe(false);
    expect(other.lateCause(slot, generation, SHARED)).toMatchObject({ reason: 'shutdown', message: 'draining' });
    one.take();
    expect(other.lateCause(slot, generation, SHARED)).toBeUndefined();
  });

  test.each([
    [
      'of reading it, the slot is taken, cancelled and let go of again',
      (read: () => void, again: () => void) => [read, again],
    ],
    ['of that, it is read', (read: () => void, again: () => void) => [again, read]],
  ] as const)('is that cause or none, at whatever step %s (S2)', (_what, inOrder) => {
    const outcomes = interruptedEverywhere(() => {
      const [one, other] = twoThreads();
      const { slot, generation } = one.take();
      one.settle(slot, causeOf('shutdown', 'the first'));
      one.leave(slot);
      let found: CancellationCause | undefined;
      const [body, interrupt] = inOrder(
        () => (found = other.lateCause(slot, generation, SHARED)),
        () => {
          one.take();
          one.settle(slot, causeOf('timeout', 'the second'));
          one.leave(slot);
        },
      ) as [() => void, () => void];
      return { body, interrupt, outcome: () => found?.message };
    });

    expect(outcomes.length).toBeGreaterThan(2);
    expect(outcomes.filter((message) => message !== undefined && message !== 'the first')).toEqual([]);
  });

  test('is unknown if it was let go of uncancelled', () => {
    const [one, other] = twoThreads();
    const { slot, generation } = one.take();
    one.leave(slot);

    expect(other.hold(slot, generation)).toBe(false);
    expect(other.lateCause(slot, generation, SHARED)).toBeUndefined();
  });
});

test('a slot recycled a thousand times never gives an old handle its next token (S2)', () => {
  const [one, other] = twoThreads(2);
  const old: { slot: number; generation: number }[] = [];

  for (let round = 0; round < 1_000; round++) {
    const taken = one.take();
    if (round % 3 === 0) one.settle(taken.slot, causeOf('manual', String(round)));
    const stale = old.slice(-20);
    expect(stale.some(({ slot, generation }) => other.hold(slot, generation))).toBe(false);
    const before = stale.filter(({ slot }) => slot === taken.slot);
    expect(before.map(({ slot, generation }) => other.lateCause(slot, generation, SHARED)?.message)).toEqual(
      before.map(() => undefined),
    );
    expect(one.causeIn(taken.slot, SHARED)?.message).toBe(round % 3 === 0 ? String(round) : undefined);
    one.leave(taken.slot);
    old.push(taken);
  }

  expect(new Set(old.map(({ slot, generation }) => `${slot}:${generation}`)).size).toBe(1_000);
});
