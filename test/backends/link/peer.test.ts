import * as fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { type Message, Peer } from '../../../src/backends/link/index.ts';
import { everywhere, type RegistryQuestion, type ScopesEverywhere } from '../../../src/instrumentation/index.ts';
import type { Origin } from '../../../src/token/index.ts';
import { caught } from '../../support/caught.ts';
import { guardLeaks } from '../../support/guard-leaks.ts';
import { guardUnhandled } from '../../support/guard-unhandled.ts';
import { openerForTests } from '../../support/open-in-test.ts';

guardLeaks();
guardUnhandled();
const openInTest = openerForTests();

const THERE: Origin = { pid: 4711, threadId: 2, threadName: 'encoder' };

const peers: Peer[] = [];
afterEach(() => {
  for (const peer of peers.splice(0)) peer.close();
});

/** A peer, closed when the test is over, and what it sent. */
function peer(send: (message: Message) => void = () => {}): { readonly peer: Peer; readonly sent: Message[] } {
  const sent: Message[] = [];
  const made = new Peer(THERE, (message) => {
    send(message);
    sent.push(structuredClone(message));
  });
  peers.push(made);
  return { peer: made, sent };
}

function question(parts: object = { about: 'scopes' }): RegistryQuestion {
  return { withinMs: 1_000, key: `peer test ${Math.random()}`, ...parts } as never;
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a message', () => {
  test('goes to the handler of its kind, the last one set', () => {
    const heard: unknown[] = [];
    const { peer: made } = peer();
    made.on('note', () => heard.push('first'));
    made.on('note', (message, from) => heard.push(message['text'], from === made));

    made.receive({ kind: 'note', text: 'hello' });
    made.receive({ kind: 'other', text: 'unheard' });

    expect(heard).toEqual(['hello', true]);
  });

  test('is sent as it is; one the channel refuses is not, and that is said', () => {
    const refusal = peer(() => {
      throw new Error('cannot be cloned');
    });
    const { peer: made, sent } = peer();

    expect([made.send({ kind: 'note', text: 'hello' }), refusal.peer.send({ kind: 'note' })]).toEqual([true, false]);
    expect(sent).toEqual([{ kind: 'note', text: 'hello' }]);
  });
});

describe('L1: what makes no sense', () => {
  test('is dropped, whatever it is, and costs nobody else', async () => {
    const scope = openInTest();
    const { peer: made, sent } = peer();
    const odd = fc.anything();
    const message = fc.oneof(
      odd,
      fc.record({ kind: fc.oneof(fc.constantFrom('ask', 'answer', 'name', 'toString', '__proto__'), odd) }),
      fc.record({ kind: fc.constant('ask'), id: odd, question: odd }),
      fc.record({
        kind: fc.constant('ask'),
        id: odd,
        question: fc.record({ about: fc.constantFrom('scopes', 'cancel', 5), withinMs: odd, id: odd, reason: odd }),
      }),
      fc.record({ kind: fc.constant('answer'), to: odd, value: odd }),
    );

    fc.assert(
      fc.property(message, (each) => made.receive(each)),
      { numRuns: 2_000 },
    );
    await turn();
    sent.splice(0);
    made.receive({ kind: 'ask', id: 7, question: question() });
    await turn();

    expect(sent).toMatchObject([{ kind: 'answer', to: 7, value: { scopes: [{ id: scope.id }] } }]);
    expect(scope.isCancelled).toBe(false);
    expect(made.isGone).toBe(false);
  });

  test('is also a handler that throws: the channel does not hear of it', () => {
    const { peer: made } = peer();
    made.on('note', () => {
      throw new Error('broken');
    });

    expect(() => made.receive({ kind: 'note' })).not.toThrow();
  });

  test('is also a name that is none', () => {
    const { peer: made } = peer();

    for (const name of [undefined, 5, {}, null]) made.receive({ kind: 'name', name });

    expect(made.label).toBe('process 4711, thread 2 (encoder)');
  });
});

describe('a question', () => {
  test('is sent with a number, and resolves with the answer to that number, in whatever order', async () => {
    const { peer: made, sent } = peer();
    const first = made.ask(question());
    const second = made.ask(question());
    const [one, two] = sent.map(({ id }) => id);

    made.receive({ kind: 'answer', to: two, value: 'second' });
    made.receive({ kind: 'answer', to: one, value: 'first' });

    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
    expect(one).not.toBe(two);
  });

  test('is answered once: what comes again, or to nothing, changes nothing', async () => {
    const { peer: made, sent } = peer();
    const asked = made.ask(question());
    const to = sent[0]?.['id'];

    for (const value of ['first', 'second']) made.receive({ kind: 'answer', to, value });
    made.receive({ kind: 'answer', to: 99, value: 'nobody asked' });

    expect(await asked).toBe('first');
  });

  test('that cannot be sent rejects, with who is gone', async () => {
    const { peer: made } = peer(() => {
      throw new Error('closed just now');
    });

    expect(await caught(made.ask(question()))).toMatchObject({
      code: 'ERR_CANCELSCOPE_INVALID_STATE',
      message: expect.stringContaining('process 4711, thread 2 (encoder)'),
    });
  });

  test('from there is answered with what is open here', async () => {
    const scope = openInTest();
    const { peer: made, sent } = peer();

    made.receive({ kind: 'ask', id: 3, question: question() });
    await turn();

    expect(sent).toMatchObject([{ kind: 'answer', to: 3, value: { scopes: [{ id: scope.id }], unreachable: [] } }]);
  });

  test('from there that asks for a cancel is told what came of it', async () => {
    const scope = openInTest();
    const { peer: made, sent } = peer();

    made.receive({
      kind: 'ask',
      id: 3,
      question: question({ about: 'cancel', id: scope.id, reason: 'shutdown', message: 'from afar', origin: THERE }),
    });
    await turn();

    expect(sent).toMatchObject([{ kind: 'answer', to: 3, value: { result: 'cancelled' } }]);
    expect(scope.cause).toMatchObject({ reason: 'shutdown', message: 'from afar', origin: THERE });
  });

  test('of the registry goes to a peer that joined it, until that is gone', async () => {
    const { peer: made, sent } = peer();
    made.joinRegistry();
    made.joinRegistry();
    const asked = everywhere.snapshot({ withinMs: 60_000 });
    await turn();
    const [{ id }] = sent as unknown as [{ id: number }];
    made.receive({ kind: 'answer', to: id, value: { scopes: [{ id: 'there' }], unreachable: [] } });

    const found: ScopesEverywhere = await asked;
    made.close();
    const afterwards = await everywhere.snapshot({ withinMs: 60_000 });

    expect(found.scopes.map((scope) => scope.id)).toEqual(['there']);
    expect(afterwards).toEqual({ scopes: [], unreachable: [] });
    expect(sent).toHaveLength(1);
  });
});

describe('L2: a channel that closes', () => {
  test('ends the waiting of whoever asked', async () => {
    const { peer: made } = peer();
    const asked = [made.ask(question()), made.ask(question())].map(caught);

    made.close();

    for (const error of await Promise.all(asked)) {
      expect(error).toMatchObject({
        code: 'ERR_CANCELSCOPE_INVALID_STATE',
        message: expect.stringMatching(/is gone$/),
      });
    }
  });

  test('is told once to whoever wanted to hear of it; at once to whoever asks late', () => {
    const heard: string[] = [];
    const { peer: made } = peer();
    made.onGone(() => heard.push('first'));
    made.onGone(() => heard.push('second'));

    made.close();
    made.close();
    made.onGone(() => heard.push('late'));

    expect(heard).toEqual(['first', 'second', 'late']);
    expect(made.isGone).toBe(true);
  });

  test('sends nothing more, and says so', async () => {
    const { peer: made, sent } = peer();

    made.close();

    expect(made.send({ kind: 'note' })).toBe(false);
    expect(await caught(made.ask(question()))).toMatchObject({ code: 'ERR_CANCELSCOPE_INVALID_STATE' });
    expect(sent).toEqual([]);
  });

  test('is asked nothing by the registry, also when it is told to join late', async () => {
    const { peer: made, sent } = peer();
    made.close();

    made.joinRegistry();

    expect(await everywhere.snapshot({ withinMs: 60_000 })).toEqual({ scopes: [], unreachable: [] });
    expect(sent).toEqual([]);
  });

  test('while an answer is being made drops it', async () => {
    const { peer: made, sent } = peer();

    made.receive({ kind: 'ask', id: 1, question: question() });
    made.close();
    await turn();

    expect(sent).toEqual([]);
  });
});
