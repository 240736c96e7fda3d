import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { handleOf, shareToken } from '../../../src/backends/process/index.ts';
import { CancellationToken, openScope } from '../../../src/index.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { linkPair } from './link-pair.ts';
import { endOf, messageFrom, startProgram } from './process-agent.ts';
import { fastCheckSeed } from './seed.ts';

fastCheckSeed('hostile messages between processes');
guardLeaks();
vi.setConfig({ testTimeout: 30_000 }); // a process may be long in starting on a busy machine
guardUnhandled();

const program = (name: string): string => join(import.meta.dirname, 'agents', name);
const PLACES = ['gave', 'lent', 'given', 'apart'] as const;

describe('U2: whatever the other process sends', () => {
  test('nothing is thrown, and only what it was given is cancelled, when it is named', async () => {
    const kinds = fc.constantFrom('cancel', 'ack', 'gone', 'hello', 'ask', 'answer', 'events', '__proto__');
    const named = fc.record({ place: fc.constantFrom(...PLACES) });
    const cause = fc.oneof(fc.jsonValue(), fc.record({ reason: fc.constant('timeout'), parent: fc.jsonValue() }));
    const message = fc.record(
      {
        kind: fc.oneof({ weight: 9, arbitrary: kinds }, { weight: 1, arbitrary: fc.jsonValue() }),
        id: fc.oneof(named, named, fc.jsonValue(), fc.string({ minLength: 300 })),
        cause,
        result: fc.oneof(fc.constantFrom('cancelled', 'already', 'kept', 'ended'), fc.jsonValue()),
        to: fc.jsonValue(),
        value: fc.jsonValue(),
        question: fc.oneof(
          fc.jsonValue(),
          fc.record({ about: fc.constantFrom('scopes', 'cancel'), id: fc.jsonValue(), withinMs: fc.jsonValue() }),
        ),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 30 }), async (messages) => {
        using pair = linkPair();
        await using scope = openScope('bystander', { detached: true });
        const [gave, lent, apart] = ['gave', 'lent', 'apart'].map((name) => new CancellationToken({ name }));
        const tokens = { gave, lent, apart } as Record<(typeof PLACES)[number], CancellationToken>;
        pair.near.share(tokens.gave, 'gave');
        pair.near.share(tokens.lent, 'lent');
        tokens.given = pair.near.attach({ id: '0-0-1', name: 'given' }, undefined);
        const expected = new Set<string>();

        for (const { id, ...rest } of messages) {
          const place = (id as { place?: (typeof PLACES)[number] } | null | undefined)?.place;
          const gone = rest.kind === 'gone' && place === 'given';
          const mayCancel = place === 'gave' || (place === 'given' && !expected.has('given is over'));
          if (rest.kind === 'cancel' && place !== undefined && mayCancel) expected.add(place);
          if (gone) expected.add('given is over');
          pair.forge({ ...rest, id: place === undefined ? id : tokens[place].id });
        }
        await pair.settle();

        const cancelled = PLACES.filter((place) => tokens[place].isCancelled);
        expect(cancelled).toEqual(PLACES.filter((place) => expected.has(place)));
        expect(scope.isCancelled).toBe(false);
        for (const place of PLACES) tokens[place].dispose();
        await pair.settle();
        expect(pair.near.counts.tokens).toBe(0);
      }),
    );
  });

  test('a message of any shape, on a real channel, throws nothing, and the program gets what is its own', async () => {
    const token = new CancellationToken({ name: 'unharmed' });
    const child = startProgram(program('attach-only.ts'), [JSON.stringify(handleOf(token)), 'on']);
    shareToken(token, child);
    expect(await messageFrom(child)).toBe('attached');
    let own = 0;
    child.on('message', () => own++);
    const envelope = fc.record({ cancelscope: fc.constant('link'), text: fc.oneof(fc.anything(), fc.json()) });

    fc.assert(
      fc.property(fc.oneof(envelope, fc.anything()), (message) => {
        const before = own;
        child.emit('message', message);

        const ours = (message as { cancelscope?: unknown } | null | undefined)?.cancelscope === 'link';
        expect(own - before).toBe(ours ? 0 : 1);
      }),
    );

    expect(token.isCancelled).toBe(false);
    child.disconnect();
    expect(await endOf(child)).toEqual([0, null]);
    token.dispose();
  });

  test('a flood of cancels for tokens nobody has is bounded', () => {
    using pair = linkPair();

    for (let n = 0; n < 10_500; n++) pair.forge({ kind: 'cancel', id: `0-0-${n}`, cause: { reason: 'manual' } });

    expect(pair.near.counts.remembered).toBe(10_000);
  });

  test('a name too long to be an id is no id', () => {
    using pair = linkPair();

    pair.forge({ kind: 'cancel', id: 'x'.repeat(257), cause: {} });

    expect(pair.near.counts.remembered).toBe(0);
    expect(pair.sent).toEqual([]);
  });

  test('an answer that is none is not taken for one', async () => {
    using pair = linkPair();
    const token = new CancellationToken({ name: 'stop' });
    pair.near.share(token, 'gave');
    pair.fate = () => 'is lost';
    token.cancel();

    for (const result of [undefined, 'done', 7, {}]) pair.forge({ kind: 'ack', id: token.id, result });

    expect(pair.near.counts.unanswered).toBe(1);
  });

  test('a cause that is none still cancels, and says so', () => {
    using pair = linkPair();
    const token = new CancellationToken({ name: 'stop' });
    pair.near.share(token, 'gave');

    pair.forge({ kind: 'cancel', id: handleOf(token).id, cause: 'no cause' });

    expect(token.cause).toMatchObject({ reason: 'manual' });
  });
});
